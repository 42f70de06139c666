using System.Globalization;
using ForkLint.Linux;
using ForkLint.Spawns.Events;
using ForkLint.Spawns.Interop;

namespace ForkLint.Spawns.Tasks;

/// <summary>
/// Watches without the rights of a <see cref="SpawnWatcher"/>: a source tells of births and ends, and /proc of programs, peaks and exit codes, as
/// far as they are there when it is looked at.
/// </summary>
internal sealed class TaskWatcher : ISpawnWatcher
{
    /// <summary>How often the peaks of living processes are read, at least.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    private readonly HashSet<int> _attached = [];
    private ITaskSource _source;
    private readonly List<KernelEvent> _events = [];

    /// <summary>Programs whose arguments were not there yet: the kernel tells of a program before it has laid out its arguments (fs/exec.c, begin_new_exec).</summary>
    private readonly HashSet<int> _withoutArguments = [];

    private readonly List<string> _limits;
    private readonly SpawnTracker _tracker;

    /// <param name="source">Where births and ends come from.</param>
    /// <param name="seesAll">Whether the source misses nothing.</param>
    /// <param name="limits">What cannot be seen.</param>
    public TaskWatcher(ITaskSource source, bool seesAll, IEnumerable<string> limits)
    {
        _source = source;
        _limits = [.. limits];
        SeesAll = seesAll;
        var (now, monotonic) = (DateTimeOffset.Now, SpawnClock.NowNanoseconds());
        _tracker = new SpawnTracker(time => now.AddTicks((time - monotonic) / 100));
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Limits => _limits;

    /// <inheritdoc/>
    public bool ShowsStacks => false;

    /// <inheritdoc/>
    public long Lost => _source.Lost;

    /// <inheritdoc/>
    public bool SeesAll { get; private set; }

    /// <inheritdoc/>
    public IEnumerable<int> Living => _tracker.Living;

    /// <inheritdoc/>
    public bool Awaits => _tracker.HasEnded;

    /// <inheritdoc/>
    public void Follow(int pid)
    {
        _tracker.Follow(pid);
        Attach(pid);
    }

    /// <summary>
    /// Has the source watch a process, which is not one of those that are reported. Where it may not, as with a process of another user,
    /// /proc is read from then on: it shows every process to every user.
    /// </summary>
    public void Attach(int pid)
    {
        _attached.Add(pid);
        if (_source.Attach(pid) is not { } reason)
        {
            return;
        }

        _source.Dispose();
        _source = new ProcessPolling();
        foreach (var other in _attached)
        {
            _source.Attach(other);
        }

        SeesAll = false;
        _limits.Add(ProcessPolling.Misses(string.Create(CultureInfo.InvariantCulture, $"the kernel's records of process {pid} cannot be read by this user ({reason})")));
    }

    /// <inheritdoc/>
    public IReadOnlyList<Spawn> Poll(TimeSpan patience)
    {
        _source.Wait(patience < Look ? patience : Look);
        Take();
        return _tracker.TakeEnded(SpawnClock.NowNanoseconds());
    }

    /// <inheritdoc/>
    public IReadOnlyList<SpawnCaller> TakeCallers() => [];

    /// <inheritdoc/>
    public IReadOnlyList<Spawn> Finish()
    {
        Take();
        return [.. _tracker.TakeEnded(long.MaxValue), .. _tracker.TakeRest()];
    }

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();

    private void Take()
    {
        _events.Clear();
        _source.Drain(_events);

        // In the order of their times over all processors: a fork comes before what its child does.
        foreach (var happened in _events.OrderBy(static happened => happened.TimeNanoseconds))
        {
            if (happened.Kind == KernelEventKind.TaskEnded && happened.IsLastThread && _tracker.Follows(happened.CallerPid) && WaitStatusOf(happened.CallerPid) is { } status)
            {
                _tracker.SetWaitStatus(happened.CallerPid, status);
            }

            _ = _tracker.Add(happened.Kind == KernelEventKind.ProgramStarted && _tracker.Follows(happened.CallerPid) ? Completed(happened) : happened);
        }

        _withoutArguments.IntersectWith(_tracker.Living);
        foreach (var pid in _withoutArguments.ToList())
        {
            if (CommandLines.Of(pid) is { } line)
            {
                _tracker.SetArguments(pid, line.Arguments);
                _withoutArguments.Remove(pid);
            }
        }

        // At the start of a program its peak is that of a few pages: what is over before the second look has none.
        foreach (var pid in _tracker.LivingPrograms(SpawnClock.NowNanoseconds() - Look.Ticks * 100))
        {
            if (new ProcessFiles(pid).Status().TryGet(out var status) && status.PeakResidentBytes is { } peak)
            {
                _tracker.SetPeak(pid, peak);
            }
        }
    }

    /// <summary>The kernel's name of the program is cut after 15 bytes: the path and the arguments, where the process still is there.</summary>
    private KernelEvent Completed(KernelEvent happened)
    {
        var files = new ProcessFiles(happened.CallerPid);
        var line = CommandLines.Of(happened.CallerPid);
        if (line is null)
        {
            // To be read again: some programs have none for good.
            _withoutArguments.Add(happened.CallerPid);
        }
        else
        {
            _withoutArguments.Remove(happened.CallerPid);
        }

        // A name such as sh may be a link to another one's file, or a script, whose file is the interpreter.
        var name = happened.Program ?? "";
        return happened with
        {
            Arguments = line?.Arguments,
            Program = files.ExecutablePath().TryGet(out var path) && Path.GetFileName(path).StartsWith(name, StringComparison.Ordinal) ? path
                : line is { Name: var own } && Path.GetFileName(own).StartsWith(name, StringComparison.Ordinal) ? own
                : happened.Program,
        };
    }

    // Of a process that this user may not trace the kernel says 0 (proc(5), exit_code).
    private static int? WaitStatusOf(int pid) =>
        new ProcessFiles(pid).Status().TryGet(out var owner) && (Environment.IsPrivilegedProcess ? 0 : owner.RealUid) == Libc.EffectiveUserId()
            && new ProcessFiles(pid).Stat().TryGet(out var stat)
                ? stat.WaitStatus
                : null;
}
