using ForkLint.Linux;
using ForkLint.Spawns.Accounting;
using ForkLint.Spawns.Events;
using ForkLint.Spawns.Interop;
using ForkLint.Spawns.Tracing;

namespace ForkLint.Spawns;

/// <summary>
/// Watches every process that a process and its descendants start: the kernel's tracepoints say how and when, its exit records say with
/// which peak. It runs no code in the application and stops nothing; when this process dies, the kernel takes the events back.
/// </summary>
public sealed unsafe class SpawnWatcher : ISpawnWatcher
{
    /// <summary>An event of another processor may come this much later than its time says: newer ones wait for it.</summary>
    private const long ReorderNanoseconds = 2_000_000;

    private readonly PerfEvents _events;
    private readonly ExitRecords? _exits;
    private readonly SpawnTracker _tracker;
    private readonly List<(Tracepoint Tracepoint, PerfSample Sample)> _samples = [];
    private readonly List<string> _limits = [];
    private readonly List<SpawnCaller> _callers = [];

    private SpawnWatcher(PerfEvents events, ExitRecords? exits)
    {
        _events = events;
        _exits = exits;
        var (now, monotonic) = (DateTimeOffset.Now, SpawnClock.NowNanoseconds());
        _tracker = new SpawnTracker(time => now.AddTicks((time - monotonic) / 100));
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Limits => _limits;

    /// <inheritdoc/>
    public bool ShowsStacks => true;

    /// <inheritdoc/>
    public bool SeesAll => true;

    /// <inheritdoc/>
    public long Lost => _events.Lost + (_exits?.Overruns ?? 0);

    /// <inheritdoc/>
    public IEnumerable<int> Living => _tracker.Living;

    /// <summary>Begins to watch. Name the process with <see cref="Follow"/>: events wait in the buffers until then.</summary>
    /// <returns>The watcher, or what the kernel refuses and why.</returns>
    public static Reading<SpawnWatcher> Open()
    {
        if (!Namespaces.Inode(new ProcessFiles(Environment.ProcessId), NamespaceKind.Pid).TryGet(out var space) || space != Namespaces.InitialPidInode)
        {
            // The tracepoints' raw fields hold ids of the initial namespace, whoever reads them.
            return Reading<SpawnWatcher>.Fail(ReadFailure.NotPermitted, "this process is not in the initial pid namespace, and tracepoints name processes by their ids there");
        }

        var files = TraceFileSystem.Open();
        if (!files.TryGet(out var open))
        {
            return files.FailAs<SpawnWatcher>();
        }

        using (open)
        {
            var tracepoints = SpawnTracepoints.Find(open);
            if (!tracepoints.TryGet(out var found))
            {
                return tracepoints.FailAs<SpawnWatcher>();
            }

            var exits = ExitRecords.Open(PossibleProcessors());
            var events = PerfEvents.Open(found.All);
            if (!events.TryGet(out var running))
            {
                exits.ValueOr(null!)?.Dispose();
                return events.FailAs<SpawnWatcher>();
            }

            var watcher = new SpawnWatcher(running, exits.ValueOr(null!));
            if (!exits.IsOk)
            {
                watcher._limits.Add($"a process that ended before it could be read has no peak and no exit status: {exits.Detail}");
            }

            if (!found.ShowsCalls)
            {
                watcher._limits.Add("how long callers waited is unknown: this kernel has no tracepoints for system calls (CONFIG_FTRACE_SYSCALLS)");
            }

            return Reading<SpawnWatcher>.Ok(watcher);
        }
    }

    /// <inheritdoc/>
    public bool Awaits => _samples.Count > 0 || _tracker.HasEnded;

    /// <inheritdoc/>
    public void Follow(int pid) => _tracker.Follow(pid);

    /// <inheritdoc/>
    public IReadOnlyList<Spawn> Poll(TimeSpan patience)
    {
        Wait(patience);
        return Take(SpawnClock.NowNanoseconds() - ReorderNanoseconds);
    }

    /// <inheritdoc/>
    public IReadOnlyList<SpawnCaller> TakeCallers()
    {
        SpawnCaller[] callers = [.. _callers];
        _callers.Clear();
        return callers;
    }

    /// <inheritdoc/>
    public IReadOnlyList<Spawn> Finish()
    {
        var ended = Take(long.MaxValue);
        return [.. ended, .. _tracker.TakeRest().Select(WithLivePeak)];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _events.Dispose();
        _exits?.Dispose();
    }

    private static Spawn WithLivePeak(Spawn spawn) => spawn.LivedMilliseconds is null && spawn.Program is not null
        && new ProcessFiles(spawn.Pid).Status().TryGet(out var status)
            ? spawn with { PeakResidentBytes = status.PeakResidentBytes }
            : spawn;

    private static string PossibleProcessors()
    {
        try
        {
            return File.ReadAllText("/sys/devices/system/cpu/possible").Trim();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return $"0-{Environment.ProcessorCount - 1}";
        }
    }

    // Exit records do not wake the reader: the kernel keeps thousands of them until the next look, and waking for each would double what a watch costs.
    private void Wait(TimeSpan patience)
    {
        var entries = stackalloc PollEntry[_events.Readable.Count];
        for (int index = 0; index < _events.Readable.Count; index++)
        {
            entries[index] = new PollEntry { Descriptor = _events.Readable[index], Wanted = Libc.Readable };
        }

        _ = Libc.Poll(entries, _events.Readable.Count, (int)patience.TotalMilliseconds);
    }

    private IReadOnlyList<Spawn> Take(long upTo)
    {
        _events.Drain(_samples);
        _samples.Sort(static (left, right) => left.Sample.TimeNanoseconds.CompareTo(right.Sample.TimeNanoseconds));
        int taken = 0;
        while (taken < _samples.Count && _samples[taken].Sample.TimeNanoseconds <= upTo)
        {
            var (tracepoint, sample) = _samples[taken++];
            var happened = SpawnTracepoints.Translate(tracepoint, sample);
            if (_tracker.Add(happened) is { } caller)
            {
                _callers.Add(caller);
            }

            if (happened.Kind == KernelEventKind.ProgramStarted && _tracker.Follows(happened.CallerPid)
                && new ProcessFiles(happened.CallerPid).CommandLine().TryGet(out var arguments) && arguments.Count > 0)
            {
                _tracker.SetArguments(happened.CallerPid, [.. arguments.Skip(1)]);
            }
        }

        _samples.RemoveRange(0, taken);
        _exits?.Drain(_tracker.Add);
        return _tracker.TakeEnded(SpawnClock.NowNanoseconds());
    }
}
