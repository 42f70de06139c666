using ForkLint.Linux;
using ForkLint.Spawns.Accounting;
using ForkLint.Spawns.Events;
using ForkLint.Spawns.Interop;
using ForkLint.Spawns.Tracing;
using ForkLint.Spawns.Watching;

namespace ForkLint.Spawns;

/// <summary>
/// Watches every process that a process and its descendants start: the kernel's tracepoints say how and when, its exit records say with
/// which peak. It runs no code in the application and stops nothing; when this process dies, the kernel takes the events back.
/// </summary>
public sealed unsafe class SpawnWatcher : ISpawnWatcher
{
    /// <summary>An event of another processor may come this much later than its time says: newer ones wait for it.</summary>
    private const long ReorderNanoseconds = 2_000_000;

    /// <summary>So often it looks where it waits for something.</summary>
    private static readonly TimeSpan ShortLook = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// So often where programs start now and then. Where they start all the time and end before a look, it looks when its caller wants to know:
    /// each look delays the application's starts a little, and one every 20 ms took 4 % of their time.
    /// </summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    /// <summary>The kernel keeps some thousands of exit records, so that with more than these events in one look, the next is due sooner.</summary>
    private const int MostEventsOfRareLook = 2000;

    private readonly PerfEvents _events;
    private readonly ExitRecords? _exits;
    private readonly SpawnTracker _tracker;
    private readonly AlarmRate _alarm = new();

    /// <summary>What came and is not taken yet; the first of them are in the order of their times.</summary>
    private readonly List<KernelEvent> _happened = [];
    private readonly List<string> _limits = [];
    private readonly List<SpawnCaller> _callers = [];

    /// <summary>Whether the last look came in time for something, or found so much that the buffers may not hold the next.</summary>
    private bool _isOftenUseful;

    private SpawnWatcher(PerfEvents events, ExitRecords? exits)
    {
        _events = events;
        _exits = exits;
        var (now, monotonic) = (DateTimeOffset.Now, SpawnClock.NowNanoseconds());
        _tracker = new SpawnTracker(time => now.AddTicks((time - monotonic) / 100));
        _events.SetAlarm(_alarm.IsOn);
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
            // The tracepoints' raw fields hold ids of the initial namespace, also for a reader in another one.
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
            var events = PerfEvents.Open(found.All, found.Program);
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
    public bool Awaits => _happened.Count > 0 || _tracker.HasEnded;

    /// <inheritdoc/>
    public void Follow(int pid) => _tracker.Follow(pid);

    /// <inheritdoc/>
    public IReadOnlyList<Spawn> Poll(TimeSpan patience)
    {
        var look = (_alarm.IsOn ? _happened.Count > 0 : _isOftenUseful) ? ShortLook : _alarm.IsOn ? Look : patience;
        Wait(look < patience ? look : patience);
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
        int known = _happened.Count;
        _events.Drain(_happened);
        CompletePrograms(known);
        _happened.Sort(static (left, right) => left.TimeNanoseconds.CompareTo(right.TimeNanoseconds));
        int taken = 0;
        while (taken < _happened.Count && _happened[taken].TimeNanoseconds <= upTo)
        {
            if (_tracker.Add(_happened[taken++]) is { } caller)
            {
                _callers.Add(caller);
            }
        }

        _happened.RemoveRange(0, taken);
        _exits?.Drain(_tracker.Add);
        return _tracker.TakeEnded(SpawnClock.NowNanoseconds());
    }

    /// <summary>Reads the arguments of programs whose events do not have them: at once, before it is known whether they are of the tree, because they may end.</summary>
    private void CompletePrograms(int from)
    {
        int programs = 0;
        _isOftenUseful = _happened.Count - from > MostEventsOfRareLook;
        for (int index = from; index < _happened.Count; index++)
        {
            if (_happened[index] is { Kind: KernelEventKind.ProgramStarted } happened)
            {
                programs++;
                if (happened.Arguments is null && CommandLines.Of(happened.CallerPid) is { } line)
                {
                    _happened[index] = happened with { Arguments = line.Arguments };
                    _isOftenUseful = true;
                }
            }
        }

        if (_alarm.Add(programs, SpawnClock.NowNanoseconds()))
        {
            _events.SetAlarm(_alarm.IsOn);
        }
    }
}
