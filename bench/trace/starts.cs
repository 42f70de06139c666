// Process.Start with and without `trace`, in turns, in one process. See README.md.
#:property PublishAot=false
#:property GenerateDocumentationFile=true
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

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

var blocks = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 10;
var startsInBlock = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1000;
var tool = Environment.GetEnvironmentVariable("FORKLINT_TOOL") ?? throw new InvalidOperationException("FORKLINT_TOOL must name the folder of the built tool");
using var application = Start(Environment.ProcessPath!, ["start"]);
Block(); // Compiled and warm before anything is timed.
double[] alone = new double[blocks];
double[] traced = new double[blocks];
long seen = 0;
var missed = 0;
double watching = 0;
double naming = 0;
double workAlone = 0;
double workTraced = 0;
for (var block = 0; block < blocks; block++)
{
    var before = Work();
    alone[block] = Block();
    workAlone += Work() - before;
    using var trace = Start(Path.Combine(tool, "dotnet-forklint"), ["trace", application.Id.ToString(CultureInfo.InvariantCulture)]);
    _ = trace.StandardOutput.ReadLine(); // The heading: the events are open.
    Thread.Sleep(500);
    var output = trace.StandardOutput.ReadToEndAsync();
    before = Work();
    traced[block] = Block();
    workTraced += Work() - before;
    Thread.Sleep(500);
    var reader = Directory.EnumerateDirectories("/proc").Select(path => int.TryParse(Path.GetFileName(path), out var pid) ? pid : 0).Where(pid => pid != 0 && Stat(pid) is { } stat && stat.Parent == trace.Id).Sum(pid => Stat(pid)?.Milliseconds ?? 0);
    var watcher = Stat(trace.Id)!.Value.Milliseconds;
    watching += watcher;
    naming += reader;
    _ = Kill(trace.Id, 15); // Not SIGINT, which a shell has its background jobs ignore.
    var text = await output;
    trace.WaitForExit();
    var summary = text.Split('\n').First(line => line.Contains(" started in ", StringComparison.Ordinal));
    seen += long.Parse(summary[..summary.IndexOf(' ', StringComparison.Ordinal)], CultureInfo.InvariantCulture);
    missed += summary.EndsWith("none was missed", StringComparison.Ordinal) ? 0 : 1;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"block {block + 1}: {alone[block] / startsInBlock:0} µs alone, {traced[block] / startsInBlock:0} µs traced, {watcher} ms of the watcher, {reader} ms of its reader; {summary}"));
}

application.StandardInput.Close();
application.WaitForExit();
var ratios = alone.Zip(traced, static (without, with) => with / without).Order().ToArray();
Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture,
    $"{blocks * startsInBlock} starts traced, {seen} seen, {missed} blocks with lost events; traced/alone: median {(ratios[(blocks - 1) / 2] + ratios[blocks / 2]) / 2:0.000}, sums {traced.Sum() / alone.Sum():0.000}; processor time for each start: application and children {workAlone * 1000 / (blocks * startsInBlock):0} µs alone, {workTraced * 1000 / (blocks * startsInBlock):0} µs traced; watcher {watching * 1000 / (blocks * startsInBlock):0} µs, reader {naming * 1000 / (blocks * startsInBlock):0} µs"));
return seen == blocks * startsInBlock && missed == 0 ? 0 : 1;

double Work() => Stat(application.Id)!.Value.FamilyMilliseconds;

double Block()
{
    application.StandardInput.WriteLine(startsInBlock);
    application.StandardInput.Flush();
    return double.Parse(application.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture);
}

// The parent and the processor time of a process, without and with the children that it has waited for; null where it has ended.
static (int Parent, double Milliseconds, double FamilyMilliseconds)? Stat(int pid)
{
    try
    {
        var text = File.ReadAllText($"/proc/{pid}/stat");
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        double[] times = [.. fields[11..15].Select(static field => double.Parse(field, CultureInfo.InvariantCulture) * 10)];
        return (int.Parse(fields[1], CultureInfo.InvariantCulture), times[0] + times[1], times.Sum());
    }
    catch (IOException)
    {
        return null;
    }
}

static Process Start(string program, string[] arguments) =>
    Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false })!;

[DllImport("libc", EntryPoint = "kill")]
static extern int Kill(int pid, int signal);
