using System.Diagnostics;
using ForkLint.Linux;
using ForkLint.Tool.Processes;

namespace ForkLint.Tool.Fleet;

/// <summary>Reads the .NET processes of a machine, once or repeatedly. It makes no trial and sends nothing to a process.</summary>
/// <param name="selection">Which of them.</param>
internal sealed class FleetReader(FleetSelection selection)
{
    private Dictionary<int, KnownProcess> _known = [];
    private long _looks;

    /// <summary>Reads them now. A process that ends meanwhile is left out.</summary>
    public FleetSnapshot Read()
    {
        var (start, processorTime) = (Stopwatch.GetTimestamp(), Posix.ProcessorTime());
        var stats = Stats();
        var all = DotNetProcesses(stats);
        List<KnownProcess> wanted = [.. all.OrderBy(static known => known.Stat.StartTimeTicks).ThenBy(static known => known.Stat.Pid).Take(selection.MostProcesses)];
        var host = HostLook.Read();
        var children = new ChildPeaks(stats);
        var looks = new (FleetProcess? Process, MemoryCgroup? Cgroup, bool IsRead)[wanted.Count];
        EveryCore.Run(wanted.Count, index => looks[index] = Describe(wanted[index], host, children));
        List<FleetProcess> processes = [.. looks.Select(static look => look.Process).OfType<FleetProcess>()];
        return new FleetSnapshot
        {
            Processes = processes,
            Cgroups = [.. looks.Select(static look => look.Cgroup).OfType<MemoryCgroup>().SelectMany(FleetCgroup.Of).DistinctBy(static cgroup => cgroup.Group).OrderBy(static cgroup => cgroup.Group, StringComparer.Ordinal).Take(selection.MostProcesses)],
            Machine = host?.Memory.Without(host.Tool),
            MachineOomKills = OomRecord.KilledProcesses(),
            Found = all.Count - (wanted.Count - processes.Count),
            Unreadable = selection.IsFast ? null : processes.Count(static process => process.ChargeBytes is null),
            MappingsRead = looks.Count(static look => look.IsRead),
            Elapsed = Stopwatch.GetElapsedTime(start),
            ProcessorTime = Posix.ProcessorTime() - processorTime,
            Looks = ++_looks,
            OwnResidentBytes = Environment.WorkingSet,
        };
    }

    private static List<ProcessStat> Stats()
    {
        List<ProcessStat> stats = [];
        foreach (var pid in ProcessDiscovery.Pids())
        {
            if (new ProcessFiles(pid).Stat().TryGet(out var stat) && !stat.IsKernelThread && !stat.IsZombie)
            {
                stats.Add(stat);
            }
        }

        return stats;
    }

    /// <summary>Those that were asked for. What has ended is forgotten.</summary>
    private List<KnownProcess> DotNetProcesses(List<ProcessStat> stats)
    {
        // This tool is a .NET process as well, and the only one that is left out.
        List<ProcessStat> candidates = [.. stats.Where(stat => stat.Pid != Environment.ProcessId && (selection.Pid is null || stat.Pid == selection.Pid))];
        var withSocket = RuntimeSight.WithSocket();
        var known = new KnownProcess[candidates.Count];
        EveryCore.Run(candidates.Count, index =>
        {
            var now = candidates[index];
            known[index] = _known.GetValueOrDefault(now.Pid) is { } before && before.Is(now) ? before : new KnownProcess(now);
            known[index].Look(new ProcessFiles(now.Pid), now, withSocket);
        });
        _known = known.ToDictionary(static process => process.Stat.Pid);
        List<KnownProcess> managed = [.. known.Where(static process => process.IsDotNet)];
        return selection.Name is { } name ? NameResolver.Matching(name, managed, static process => process.Name) : managed;
    }

    private (FleetProcess? Process, MemoryCgroup? Cgroup, bool IsRead) Describe(KnownProcess known, HostLook? host, ChildPeaks children)
    {
        var process = new ProcessFiles(known.Stat.Pid);
        if (!process.Status().TryGet(out var status) || status.VirtualBytes is null)
        {
            return default;
        }

        var (count, peak) = children.Of(known.Stat);
        var seen = new FleetProcess
        {
            Pid = process.Pid,
            Name = known.Name,
            Runtime = known.Runtime,
            ResidentBytes = status.ResidentBytes,
            VirtualBytes = status.VirtualBytes,
            Children = count,
            ChildPeakBytes = peak,
        };
        var wasRead = false;
        var memory = selection.IsFast ? default : known.ReadMemory(process, status, out wasRead);
        var candidate = selection.IsFast ? ForkCandidate.Read(process, []) : memory.Select(static read => read.Candidate);
        if (!candidate.TryGet(out var sizes) || host is null)
        {
            // Another user's process is listed with its size; one that has ended is not listed.
            return candidate.Failure == ReadFailure.ProcessGone ? default : (seen, null, wasRead);
        }

        var outlook = ForkOutlook.Of(process, sizes, host);
        var withRoom = WithRoom(seen, known, outlook, host);
        return (memory.TryGet(out var read) ? WithMappings(withRoom, read, outlook.Verdict) : withRoom, outlook.Situation.Cgroup, wasRead);
    }

    /// <summary>What needs no mappings: the limits over the process and over its collector.</summary>
    private static FleetProcess WithRoom(FleetProcess seen, KnownProcess known, ForkOutlook outlook, HostLook host)
    {
        var cgroup = outlook.Situation.Cgroup;
        var limiting = cgroup?.Limits.FirstOrDefault(limit => limit.Path == outlook.Tightest?.Path) ?? cgroup?.TightestLimit;
        var container = cgroup?.Limits.Where(static limit => limit.Kind == MemoryLimitKind.Kill).Min(static limit => (long?)limit.LimitBytes);
        return seen with
        {
            Group = limiting is null ? null : FleetCgroup.NameOf(limiting),
            Tightest = outlook.Tightest,
            CollectorCeilingBytes = known.Collector(new ProcessFiles(seen.Pid))?.CeilingBytes(container, host.Memory.TotalBytes),
        };
    }

    private static FleetProcess WithMappings(FleetProcess seen, FleetMemory memory, ForkVerdict verdict) => seen with
    {
        ProportionalBytes = memory.Sums.ProportionalBytes,
        UniqueBytes = memory.Sums.UniqueBytes,
        ChargeBytes = memory.ChargeBytes,
        ForkSucceeds = verdict.Succeeds,
        ForkMarginBytes = verdict.MarginBytes ?? -verdict.ShortfallBytes,
        CollectorResidentBytes = memory.CollectorResidentBytes,
    };
}
