using ForkLint.Linux;
using ForkLint.Spawns;
using ForkLint.Tool.Report;

namespace ForkLint.Tool.Tests;

/// <summary>Traces of every shape that a watch can have.</summary>
internal static class SampleTraces
{
    public const long MiB = 1024 * 1024;

    private static readonly DateTimeOffset Begin = new(2026, 11, 29, 13, 30, 5, TimeSpan.FromHours(1));

    /// <summary>Three programs in ten seconds, two of them at one time, one of them still alive at the end.</summary>
    public static TraceReport Shop { get; } = Of(
        new TraceRoom(AdmissionRule.MemoryCgroup, 400 * MiB, 214 * MiB, 14 * MiB, 200 * MiB),
        Spawn(1000, 4000, "/usr/bin/ffmpeg", 180 * MiB) with { Arguments = ["-i", "in.mkv", "out.mp4"], Caller = "Shop.Encoder.Run()", Stack = ["System.Diagnostics.Process.Start()", "Shop.Encoder.Run()"] },
        Spawn(2000, 1000, "/usr/bin/git", 9 * MiB) with { ExitCode = 128 },
        Spawn(2500, 500, null, 2 * MiB) with { Kind = SpawnKind.Fork, Duplicates = true, ExitCode = null, Signal = 9 },
        Spawn(6000, null, "/usr/bin/ffmpeg", 60 * MiB));

    /// <summary>Nothing was started, and no room could be read.</summary>
    public static TraceReport Empty { get; } = Of(null) with { Warnings = ["the stacks cannot be seen"], Complete = false };

    /// <summary>As another user sees it: no kind, no peak, no exit.</summary>
    public static TraceReport Unprivileged { get; } = Of(
        null,
        Spawn(10, 20, "/bin/true", null) with { Kind = null, Duplicates = null, WaitMicroseconds = null, ExitCode = null, Arguments = null });

    /// <summary>More than can be drawn.</summary>
    public static TraceReport Many { get; } = Of(
        new TraceRoom(AdmissionRule.AvailableMemory, 24L * 1024 * MiB, 2048 * MiB, 1024 * MiB, 23L * 1024 * MiB),
        [.. Enumerable.Range(0, 2500).Select(number => Spawn(number * 4, 30 + (number % 7 * 40), $"/usr/bin/program{number % 12}", (1 + (number % 50)) * MiB))]);

    public static IReadOnlyDictionary<string, TraceReport> All { get; } = new Dictionary<string, TraceReport>
    {
        [nameof(Shop)] = Shop,
        [nameof(Empty)] = Empty,
        [nameof(Unprivileged)] = Unprivileged,
        [nameof(Many)] = Many,
    };

    public static SpawnEntry Spawn(double atMilliseconds, double? livedMilliseconds, string? program, long? peakBytes) => new()
    {
        At = Begin.AddMilliseconds(atMilliseconds),
        Kind = SpawnKind.Vfork,
        Duplicates = false,
        WaitMicroseconds = 420,
        Program = program,
        Arguments = [],
        Pid = 5000 + (int)atMilliseconds,
        ParentPid = 4242,
        PeakResidentBytes = peakBytes,
        LivedMilliseconds = livedMilliseconds,
        ExitCode = livedMilliseconds is null ? null : 0,
        Signal = null,
        Stack = [],
        Caller = null,
    };

    public static TraceReport Of(TraceRoom? room, params IReadOnlyList<SpawnEntry> spawns) => new()
    {
        At = Begin,
        WatchedMilliseconds = 10_500,
        Process = new TracedProcess(4242, "Shop.Api"),
        Spawns = spawns,
        Lost = 0,
        Complete = true,
        Tree = new TreePeak(spawns.Count == 0 ? null : 460 * MiB, spawns.Count == 0 ? [] : [new TreeMember(4242, "Shop.Api", 280 * MiB), new TreeMember(6000, "ffmpeg", 180 * MiB)]),
        Room = room,
        Warnings = [],
    };
}
