using ForkLint.Linux;
using ForkLint.Spawns.Events;

namespace ForkLint.Spawns.Tasks;

/// <summary>
/// Looks at /proc again and again: the last resort, which needs no right, and misses what is shorter than a look. What it finds it tells as the
/// events that the kernel would have sent.
/// </summary>
internal sealed class ProcessPolling : ITaskSource
{
    private readonly Dictionary<int, Seen> _seen = [];

    /// <summary>What this way does not see, as a sentence.</summary>
    /// <param name="why">Why there is no better one.</param>
    public static string Misses(string why) => $"processes that live for less than about 20 ms are missed: {why}";

    /// <inheritdoc/>
    public long Lost => 0;

    /// <inheritdoc/>
    public string? Attach(int pid)
    {
        if (new ProcessFiles(pid).Stat().TryGet(out var stat))
        {
            _seen[pid] = new Seen(stat.StartTimeTicks, stat.Comm);
        }

        return null;
    }

    /// <inheritdoc/>
    public void Wait(TimeSpan patience) => Thread.Sleep(patience);

    /// <inheritdoc/>
    public void Drain(ICollection<KernelEvent> events)
    {
        var now = SpawnClock.NowNanoseconds();
        var stats = new Dictionary<int, ProcessStat>();
        foreach (var pid in ProcessDiscovery.Pids())
        {
            if (new ProcessFiles(pid).Stat().TryGet(out var stat))
            {
                stats[pid] = stat;
            }
        }

        foreach (var (pid, known) in _seen.ToList())
        {
            if (!stats.TryGetValue(pid, out var stat) || stat.IsZombie || stat.StartTimeTicks != known.StartTimeTicks)
            {
                _seen.Remove(pid);
                events.Add(new KernelEvent { Kind = KernelEventKind.TaskEnded, TimeNanoseconds = now, CallerPid = pid, CallerThread = pid, IsLastThread = true });
            }
            else if (stat.Comm != known.Name)
            {
                known.Name = stat.Comm;
                events.Add(Program(pid, stat, now));
            }
        }

        // A child may have a lower id than its parent: until nothing new is found.
        for (var isNew = true; isNew;)
        {
            isNew = false;
            foreach (var (pid, stat) in stats)
            {
                if (!stat.IsZombie && !_seen.ContainsKey(pid) && _seen.TryGetValue(stat.ParentPid, out var parent))
                {
                    isNew = true;
                    _seen[pid] = new Seen(stat.StartTimeTicks, stat.Comm);
                    events.Add(new KernelEvent { Kind = KernelEventKind.Forked, TimeNanoseconds = now, CallerPid = stat.ParentPid, CallerThread = stat.ParentPid, NewTask = pid, IsMannerUnknown = true });

                    // Until it starts its program it has its parent's name.
                    if (stat.Comm != parent.Name)
                    {
                        events.Add(Program(pid, stat, now));
                    }
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _seen.Clear();

    private static KernelEvent Program(int pid, ProcessStat stat, long now) =>
        new() { Kind = KernelEventKind.ProgramStarted, TimeNanoseconds = now, CallerPid = pid, CallerThread = pid, Program = stat.Comm };

    private sealed class Seen(long startTimeTicks, string name)
    {
        public long StartTimeTicks { get; } = startTimeTicks;

        public string Name { get; set; } = name;
    }
}
