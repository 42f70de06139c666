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

var blocks = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 20;
var startsInBlock = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 500;
const int firstStarts = 20;
var tool = Environment.GetEnvironmentVariable("FORKLINT_TOOL") ?? throw new InvalidOperationException("FORKLINT_TOOL must name the folder of the built tool");
using var application = Start(Environment.ProcessPath!, ["start"]);
Starts(startsInBlock); // Compiled and warm before anything is timed.
var alone = new Cost[blocks];
var traced = new Cost[blocks];
double once = 0;
double watching = 0;
long seen = 0;
var missed = 0;
for (var block = 0; block < blocks; block++)
{
    // Alone, traced, traced, alone: what changes slowly on the machine cancels out.
    if (block % 2 == 0)
    {
        alone[block] = Block();
    }

    var printed = Path.GetTempFileName();
    using (var trace = Start("/bin/sh", ["-c", "exec \"$0\" trace \"$1\" > \"$2\"", Path.Combine(tool, "dotnet-forklint"), application.Id.ToString(CultureInfo.InvariantCulture), printed]))
    {
        WaitUntil(() => new FileInfo(printed).Length > 0); // The heading: the events are open.
        Starts(firstStarts); // Their stack is named, once in a trace.
        Settle(trace.Id);
        once += Watching(trace.Id);
        var before = Watching(trace.Id);
        traced[block] = Block();
        Settle(trace.Id);
        watching += Watching(trace.Id) - before;
        _ = Kill(trace.Id, 15); // Not SIGINT, which a shell has its background jobs ignore.
        trace.WaitForExit();
    }

    var summary = File.ReadLines(printed).First(static line => line.Contains(" started in ", StringComparison.Ordinal));
    File.Delete(printed);
    seen += long.Parse(summary[..summary.IndexOf(' ', StringComparison.Ordinal)], CultureInfo.InvariantCulture);
    missed += summary.EndsWith("none was missed", StringComparison.Ordinal) ? 0 : 1;
    if (block % 2 == 1)
    {
        alone[block] = Block();
    }

    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"block {block + 1}: {alone[block].Microseconds:0} µs alone, {traced[block].Microseconds:0} µs traced; {summary}"));
}

application.StandardInput.Close();
application.WaitForExit();
var differences = alone.Zip(traced, static (without, with) => with.Microseconds - without.Microseconds).Order().ToArray();

// A fifth at either end is left out: a block in which the machine did something else.
var usual = differences[(blocks / 5)..^(blocks / 5)];
var start = Median(alone.Select(static cost => cost.Microseconds));
var more = usual.Average();
var error = Math.Sqrt(usual.Sum(difference => (difference - more) * (difference - more)) / Math.Max(usual.Length - 1, 1) / usual.Length);
Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture,
    $"{blocks * startsInBlock} starts traced, {seen - (blocks * firstStarts)} seen, {missed} blocks with lost events; a start takes {start:0} µs alone and {more:0} ± {2 * error:0} µs more traced: {1 + (more / start):0.000} ± {2 * error / start:0.000}; ratio of the medians {Median(traced.Select(static cost => cost.Microseconds)) / start:0.000}, of the sums {traced.Sum(static cost => cost.Microseconds) / alone.Sum(static cost => cost.Microseconds):0.000}; processor time for each start: application and children {alone.Average(static cost => cost.ProcessorMicroseconds):0} µs alone, {traced.Average(static cost => cost.ProcessorMicroseconds):0} µs traced, watcher {watching * 1000 / (blocks * startsInBlock):0} µs; once in a trace, to begin and to name the stack: {once / blocks:0} ms"));
return seen == blocks * (long)(startsInBlock + firstStarts) && missed == 0 ? 0 : 1;

Cost Block()
{
    var before = Stat(application.Id)!.Value.FamilyMilliseconds;
    var microseconds = Starts(startsInBlock);
    return new Cost(microseconds / startsInBlock, (Stat(application.Id)!.Value.FamilyMilliseconds - before) * 1000 / startsInBlock);
}

// So many starts, and the microseconds that they took.
double Starts(int count)
{
    application.StandardInput.WriteLine(count);
    application.StandardInput.Flush();
    return double.Parse(application.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture);
}

// The processor time of the tool and of the process that names stacks for it, in milliseconds.
static double Watching(int pid) => Stat(pid)!.Value.Milliseconds
    + Directory.EnumerateDirectories("/proc").Select(static path => int.TryParse(Path.GetFileName(path), out var each) ? each : 0).Where(static each => each != 0).Sum(each => Stat(each) is { } stat && stat.Parent == pid ? stat.Milliseconds : 0);

// Waits until it has nothing more to do than to look.
static void Settle(int pid)
{
    for (var (last, quiet) = (Watching(pid), 0); quiet < 2; quiet++)
    {
        Thread.Sleep(400);
        var now = Watching(pid);
        if (now - last > 10)
        {
            quiet = -1;
        }

        last = now;
    }
}

static void WaitUntil(Func<bool> isSo)
{
    while (!isSo())
    {
        Thread.Sleep(20);
    }
}

static double Median(IEnumerable<double> values)
{
    double[] ordered = [.. values.Order()];
    return (ordered[(ordered.Length - 1) / 2] + ordered[ordered.Length / 2]) / 2;
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

// What a start took: by the clock, and of the processors' time, the application's and its children's.
internal readonly record struct Cost(double Microseconds, double ProcessorMicroseconds);
