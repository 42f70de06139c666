using System.Diagnostics;
using System.Diagnostics.Tracing;
using System.Globalization;
using ForkLint.Heap;
using ForkLint.Heap.Child;
using ForkLint.Heap.Isolation;
using ForkLint.HeapSpeed;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Runtime;

// One process, three readers, in one run: this tool's whole read (objects, references, who retains what), ClrMD's own enumeration of objects
// and references, and the EventPipe heap dump that dotnet-gcdump takes.
int objects = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 5_000_000;
bool isAlone = args.Contains("--alone");
using Target target = new(objects);
_ = target.LongestStallMilliseconds();

// As the tool does while there is no copy yet.
HeapReaderService.Prepare();
int copy = target.Fork();
try
{
    double forkStall = target.LongestStallMilliseconds();
    long fixedBytes = PeakBytes();
    Step step = new();
    HeapReport? report = null;
    Measured ours = Measured.Of(() => report = HeapSnapshot.Read(new FrozenProcess(copy, target.Pid), new HeapReadOptions(), step));
    long peak = PeakBytes();
    double stall = Math.Max(forkStall, target.LongestStallMilliseconds());
    long found = report!.Objects;
    Print("this tool", found, ours, stall);
    double copied = report.ReadMilliseconds / 1000;
    Console.WriteLine($"  the copy was read after {copied:F2} s (objects, references and roots); the rest is who retains what");
    Console.WriteLine($"  peak memory {peak / 1e6:F0} MB ({fixedBytes / 1e6:F0} MB of it before the read began): {peak / (double)found:F0} MB a million objects; {step}");
    if (isAlone)
    {
        return;
    }

    (long Objects, long References) seen = default;
    Measured theirs = Measured.Of(() => seen = WithClrMd(copy));
    Print("ClrMD", seen.Objects, theirs, null);
    Console.WriteLine($"  {seen.References} references");

    _ = target.LongestStallMilliseconds();
    (double Seconds, long Bytes) dump = WithEventPipe(target.Pid);
    double dumpStall = target.LongestStallMilliseconds();
    Print("EventPipe heap dump", found, new Measured(dump.Seconds, null), dumpStall);
    Console.WriteLine($"  {dump.Bytes / 1e6:F0} MB of events");

    double speed = found / ours.Seconds / (seen.Objects / theirs.Seconds);
    double processor = found / ours.ProcessorSeconds!.Value / (seen.Objects / theirs.ProcessorSeconds!.Value);
    Console.WriteLine($"objects a second against ClrMD: {speed:F1} times by the clock, {processor:F1} times by processor time (goal: 5)");
    Console.WriteLine($"against the EventPipe dump: {dumpStall / stall:F0} times less stall (goal: 50), {ours.Seconds / dump.Seconds:F2} of its time (goal: at most 1), {copied / dump.Seconds:F2} for what a dump holds");
}
finally
{
    target.Reap(copy);
}

static (long Objects, long References) WithClrMd(int pid)
{
    // Without a locator of symbol servers, which needs libraries that are not shipped: see NoFiles.
    _ = ClrMdDependencies.AreFound();
    using DataTarget data = DataTarget.AttachToProcess(pid, suspend: false, new DataTargetOptions { FileLocator = new NoFiles() });
    using ClrRuntime runtime = data.ClrVersions[0].CreateRuntime();
    long objects = 0;
    long references = 0;
    foreach (ClrObject item in runtime.Heap.EnumerateObjects())
    {
        objects++;
        foreach (ulong reference in item.EnumerateReferenceAddresses(carefully: false, considerDependantHandles: false))
        {
            references += reference != 0 ? 1 : 0;
        }
    }

    return (objects, references);
}

// What `dotnet-trace collect --providers Microsoft-Windows-DotNETRuntime:0x1980001:5` asks for. The session's start induces one blocking
// collection that writes the events; the dump is over with the last of them, before a second that brings next to none.
static (double Seconds, long Bytes) WithEventPipe(int pid)
{
    long begun = Stopwatch.GetTimestamp();
    using EventPipeSession session = new DiagnosticsClient(pid).StartEventPipeSession(
        new EventPipeProvider("Microsoft-Windows-DotNETRuntime", EventLevel.Verbose, 0x1980001), requestRundown: false, circularBufferMB: 1024);
    using CountingStream sink = new();
    Task copying = session.EventStream.CopyToAsync(sink);
    long before;
    double seconds;
    do
    {
        before = sink.Length;
        seconds = Stopwatch.GetElapsedTime(begun, sink.LastWriteTimestamp).TotalSeconds;
        Thread.Sleep(1000);
    }
    while (sink.Length < 1_000_000 || sink.Length - before > 10_000);

    session.Stop();
    copying.Wait();
    return (seconds, sink.Length);
}

static long PeakBytes()
{
    using Process self = Process.GetCurrentProcess();
    return self.PeakWorkingSet64;
}

static void Print(string who, long count, Measured measured, double? stallMilliseconds)
{
    string processor = measured.ProcessorSeconds is { } seconds ? $", {seconds:F2} s of processor time" : "";
    string stall = stallMilliseconds is { } milliseconds ? $", longest stall of the application {milliseconds:F1} ms" : "";
    Console.WriteLine($"{who}: {count} objects in {measured.Seconds:F2} s{processor}: {count / measured.Seconds / 1e6:F2} million a second{stall}");
}
