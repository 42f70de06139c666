using System.Diagnostics;
using ForkLint.Spawns;
using ForkLint.Tool.Processes;
using ForkLint.Tool.Report;

namespace ForkLint.Tool.Tracing;

/// <summary>Watches one process and puts together what <c>trace</c> reports.</summary>
internal sealed class Tracer : IDisposable
{
    /// <summary>So long the rows of processes may wait, where so many start that the watcher looks no sooner by itself.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    /// <summary>So often, at most, the tree is looked at.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan ExitRecordPatience = TimeSpan.FromMilliseconds(500);

    /// <summary>A stack takes some 0.3 s to be named, and the first one the start of a reader.</summary>
    private static readonly TimeSpan NamingPatience = TimeSpan.FromSeconds(10);

    private readonly ISpawnWatcher _watcher;
    private readonly TreeSizes _tree = new();
    private readonly List<(SpawnEntry Entry, SpawnCaller Caller)> _spawns = [];
    private readonly Action<IReadOnlyList<SpawnEntry>> _seen;

    /// <summary>Opens the kernel's events; nothing is followed yet.</summary>
    /// <param name="startsProcess">Whether this process is about to start the one that is watched.</param>
    /// <param name="seen">Told of the spawns as they end, of those that are seen at once together; their stacks are not named by then.</param>
    public Tracer(bool startsProcess, Action<IReadOnlyList<SpawnEntry>> seen) => (_watcher, _seen) = (SpawnWatch.Open(startsProcess), seen);

    /// <summary>Whether stacks can be seen.</summary>
    public bool ShowsStacks => _watcher.ShowsStacks;

    /// <summary>What cannot be seen, and what would allow it.</summary>
    public IReadOnlyList<string> Limits => _watcher.Limits;

    /// <summary>Watches until the time is over, the process ends, or the user interrupts.</summary>
    /// <param name="process">The process.</param>
    /// <param name="alreadyThere">Its descendants that were there before: they are followed, and are no spawns of this watch.</param>
    /// <param name="stacks">Names the stacks; null where they are not named.</param>
    /// <param name="duration">How long; null for as long as the process lives.</param>
    /// <param name="cancellation">The user's interruption, which is an ordinary end.</param>
    public TraceReport Watch(TracedProcess process, IEnumerable<int> alreadyThere, StackNames? stacks, TimeSpan? duration, CancellationToken cancellation)
    {
        var (at, start) = (DateTimeOffset.Now, Stopwatch.GetTimestamp());
        var identity = ProcessIdentity.Of(process.Pid);
        foreach (var pid in alreadyThere.Prepend(process.Pid))
        {
            _watcher.Follow(pid);
        }

        var looked = 0L;
        var isRunning = identity?.IsRunning() == true;
        while (isRunning && !cancellation.IsCancellationRequested && (duration is null || Stopwatch.GetElapsedTime(start) < duration))
        {
            Take(_watcher.Poll(Patience), stacks);

            // Not at each event: where there are thousands a second, the looks would cost more than the watch.
            if (looked == 0 || Stopwatch.GetElapsedTime(looked) >= Tick)
            {
                _tree.Look(_watcher.Living);
                looked = Stopwatch.GetTimestamp();
                isRunning = identity!.IsRunning();
            }
        }

        // Exit records come a moment after the exits.
        var ending = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(ending) < ExitRecordPatience && _watcher.Awaits)
        {
            Take(_watcher.Poll(Patience), stacks);
        }

        Take(_watcher.Finish(), stacks);
        var watched = Stopwatch.GetElapsedTime(start);
        stacks?.Finish(NamingPatience);
        return new TraceReport
        {
            At = at,
            WatchedMilliseconds = watched.TotalMilliseconds,
            Process = process,
            Spawns = [.. _spawns.Select(spawn => WithStack(spawn.Entry, stacks?.Of(spawn.Caller))).OrderBy(static spawn => spawn.At)],
            Lost = _watcher.Lost,
            Complete = _watcher.SeesAll && _watcher.Lost == 0,
            Tree = _tree.Peak,
            Warnings = Warnings(stacks),
        };
    }

    /// <inheritdoc/>
    public void Dispose() => _watcher.Dispose();

    private static SpawnEntry WithStack(SpawnEntry entry, NamedStack? stack) =>
        stack is null ? entry : entry with { Stack = stack.Frames, Caller = stack.Caller, Members = stack.Members };

    private void Take(IReadOnlyList<Spawn> spawns, StackNames? stacks)
    {
        foreach (var caller in _watcher.TakeCallers())
        {
            stacks?.See(caller);
        }

        if (spawns.Count == 0)
        {
            return;
        }

        var entries = new List<SpawnEntry>(spawns.Count);
        foreach (var spawn in spawns)
        {
            var entry = new SpawnEntry
            {
                At = spawn.At,
                Kind = spawn.Kind,
                Duplicates = spawn.Duplicates,
                WaitMicroseconds = spawn.WaitMicroseconds,
                Program = spawn.Program,
                Arguments = spawn.Arguments,
                Pid = spawn.Pid,
                ParentPid = spawn.ParentPid,
                PeakResidentBytes = spawn.PeakResidentBytes,
                LivedMilliseconds = spawn.LivedMilliseconds,
                ExitCode = spawn.ExitCode,
                Signal = spawn.Signal,
                Stack = [],
                Caller = null,
            };
            _spawns.Add((entry, new SpawnCaller(spawn.ParentPid, spawn.CallChain)));
            entries.Add(entry);
        }

        _seen(entries);
    }

    private List<string> Warnings(StackNames? stacks)
    {
        var warnings = new List<string>(_watcher.Limits);
        if (_watcher.Lost > 0)
        {
            warnings.Add($"{_watcher.Lost} events were lost because the kernel's buffers were full: some spawns are missing or incomplete");
        }

        if (stacks?.Failure is { } failure)
        {
            warnings.Add(failure);
        }

        return warnings;
    }
}
