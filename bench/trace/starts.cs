// Process.Start with and without `trace`, in turns, in one process. See README.md.
#:property PublishAot=false
#:property GenerateDocumentationFile=true
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

const int blocks = 10;
const int startsInBlock = 1000;

if (args is ["start"])
{
    // The application: for each line, so many starts, answered by the microseconds that they took.
    while (Console.In.ReadLine() is { } line)
    {
        var begin = Stopwatch.GetTimestamp();
        for (var count = int.Parse(line, CultureInfo.InvariantCulture); count > 0; count--)
        {
            using var child = Process.Start("/bin/true");
            child.WaitForExit();
        }

        Console.WriteLine(Stopwatch.GetElapsedTime(begin).TotalMicroseconds.ToString("0", CultureInfo.InvariantCulture));
    }

    return 0;
}

var tool = Environment.GetEnvironmentVariable("FORKLINT_TOOL") ?? throw new InvalidOperationException("FORKLINT_TOOL must name the folder of the built tool");
using var application = Start(Environment.ProcessPath!, ["start"]);
Block(); // Compiled and warm before anything is timed.
double[] alone = new double[blocks];
double[] traced = new double[blocks];
long seen = 0;
var missed = 0;
for (var block = 0; block < blocks; block++)
{
    alone[block] = Block();
    using var trace = Start(Path.Combine(tool, "dotnet-forklint"), ["trace", application.Id.ToString(CultureInfo.InvariantCulture)]);
    _ = trace.StandardOutput.ReadLine(); // The heading: the events are open.
    Thread.Sleep(500);
    var output = trace.StandardOutput.ReadToEndAsync();
    traced[block] = Block();
    Thread.Sleep(500);
    _ = Kill(trace.Id, 15); // Not SIGINT, which a shell has its background jobs ignore.
    var text = await output;
    trace.WaitForExit();
    var summary = text.Split('\n').First(line => line.Contains(" started in ", StringComparison.Ordinal));
    seen += long.Parse(summary[..summary.IndexOf(' ', StringComparison.Ordinal)], CultureInfo.InvariantCulture);
    missed += summary.EndsWith("none was missed", StringComparison.Ordinal) ? 0 : 1;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"block {block + 1}: {alone[block] / startsInBlock:0} µs alone, {traced[block] / startsInBlock:0} µs traced; {summary}"));
}

application.StandardInput.Close();
application.WaitForExit();
var ratios = alone.Zip(traced, static (without, with) => with / without).Order().ToArray();
Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture,
    $"{blocks * startsInBlock} starts traced, {seen} seen, {missed} blocks with lost events; traced/alone: median {(ratios[(blocks - 1) / 2] + ratios[blocks / 2]) / 2:0.000}, sums {traced.Sum() / alone.Sum():0.000}"));
return seen == blocks * startsInBlock && missed == 0 ? 0 : 1;

double Block()
{
    application.StandardInput.WriteLine(startsInBlock);
    application.StandardInput.Flush();
    return double.Parse(application.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture);
}

static Process Start(string program, string[] arguments) =>
    Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false })!;

[DllImport("libc", EntryPoint = "kill")]
static extern int Kill(int pid, int signal);
