using System.Globalization;
using ForkLint.Linux;
using ForkLint.Tool.Checking;
using ForkLint.Tool.Fleet;

namespace ForkLint.Tool.Export;

/// <summary>
/// Every metric that is exported. Names are those of OpenTelemetry's semantic conventions where it has one (process.*), and <c>forklint.*</c> else. What is not
/// known has no sample; nothing is ever guessed.
/// </summary>
internal static class Metrics
{
    private const string PidLabel = "process.pid";
    private const string NameLabel = "process.executable.name";
    private const string GroupLabel = "process.linux.cgroup";

    /// <summary>All of them, in the order in which they are written.</summary>
    public static IReadOnlyList<Metric> All { get; } =
    [
        new("process.memory.usage", MetricKind.Gauge, "By", "Memory of the process that is resident, shared pages included (RSS).", EachProcess(static process => process.ResidentBytes)),
        new("process.memory.virtual", MetricKind.Gauge, "By", "The size of the process's address space.", EachProcess(static process => process.VirtualBytes)),
        new("forklint.process.memory.proportional", MetricKind.Gauge, "By", "Resident memory, each page divided by the number of processes that map it (PSS).", EachProcess(static process => process.ProportionalBytes)),
        new("forklint.process.memory.unique", MetricKind.Gauge, "By", "Resident memory that no other process maps (USS).", EachProcess(static process => process.UniqueBytes)),
        new("forklint.process.info", MetricKind.Gauge, "1", "Always 1; says which runtime the process has, which memory cgroup leaves it least room, and what limits it.", Info),
        new("forklint.fork.charge", MetricKind.Gauge, "By", "The commit charge of the process's next fork.", EachProcess(static process => process.ChargeBytes)),
        new("forklint.fork.succeeds", MetricKind.Gauge, "1", "1 where the kernel would admit a fork of the process now, 0 where it would not; absent where that cannot be told.", EachProcess(static process => process.ForkSucceeds switch
        {
            Answer.Yes => 1,
            Answer.No => 0,
            _ => null,
        })),
        new("forklint.fork.unknown", MetricKind.Gauge, "1", "1 where it cannot be told whether a fork of the process would succeed, else 0.", Unknown),
        new("forklint.fork.margin", MetricKind.Gauge, "By", "Memory that a fork would leave below the limit that decides; negative if that much is missing.", EachProcess(static process => process.ForkMarginBytes)),
        new("forklint.child.room", MetricKind.Gauge, "By", "How much memory a child may have beside the process before the tightest limit is met, page cache not counted.", EachProcess(static process => process.Tightest?.Bytes)),
        new("forklint.child.peak", MetricKind.Gauge, "By", "The highest resident memory of a program that the process or a descendant has started and that still runs.", EachProcess(static process => process.ChildPeakBytes)),
        new("forklint.children", MetricKind.Gauge, "{process}", "Running processes that the process and its descendants have started.", EachProcess(static process => process.Children)),
        new("forklint.limit", MetricKind.Gauge, "By", "The limit that leaves a child of the process least room: of a memory cgroup, or the machine's memory.", EachProcess(static process => process.Tightest?.LimitBytes)),
        new("forklint.limit.usage", MetricKind.Gauge, "By", "How much of that limit is used, page cache included.", EachProcess(static process => process.Tightest?.UsedBytes)),
        new("forklint.limit.reclaimable", MetricKind.Gauge, "By", "Page cache in the usage of that limit, which the kernel gives up before it kills.", EachProcess(static process => process.Tightest?.ReclaimableBytes)),
        new("forklint.collector.ceiling", MetricKind.Gauge, "By", "How large the garbage collector lets the managed heap become.", EachProcess(static process => process.CollectorCeilingBytes)),
        new("forklint.collector.resident", MetricKind.Gauge, "By", "How much of the managed heap is resident.", EachProcess(static process => process.CollectorResidentBytes)),
        new("forklint.cgroup.limit", MetricKind.Gauge, "By", "The limit of a memory cgroup at which the kernel kills.", EachCgroup(static cgroup => cgroup.LimitBytes)),
        new("forklint.cgroup.high", MetricKind.Gauge, "By", "The limit of a memory cgroup at which the kernel makes allocations wait (memory.high).", EachCgroup(static cgroup => cgroup.HighBytes)),
        new("forklint.cgroup.usage", MetricKind.Gauge, "By", "What is charged to a memory cgroup, page cache included.", EachCgroup(static cgroup => cgroup.UsageBytes)),
        new("forklint.cgroup.reclaimable", MetricKind.Gauge, "By", "Page cache in the usage of a memory cgroup.", EachCgroup(static cgroup => cgroup.ReclaimableBytes)),
        new("forklint.cgroup.oom_kills", MetricKind.Counter, "{process}", "Processes of a memory cgroup that the kernel has killed because memory ran out.", EachCgroup(static cgroup => cgroup.OomKills)),
        new("forklint.cgroup.limit_hits", MetricKind.Counter, "{hit}", "How often a memory cgroup has met its limit.", EachCgroup(static cgroup => cgroup.LimitHits)),
        new("forklint.machine.oom_kills", MetricKind.Counter, "{process}", "Processes that the kernel has killed because memory ran out since the machine was started.", One(static look => look.MachineOomKills)),
        new("forklint.machine.overcommit_mode", MetricKind.Gauge, "1", "vm.overcommit_memory: 0 heuristic, 1 always, 2 strict.", One(static look => look.Machine?.OvercommitMode)),
        new("forklint.machine.commit_limit", MetricKind.Gauge, "By", "The commit limit of the machine, which mode 2 enforces.", One(static look => look.Machine?.CommitLimitBytes)),
        new("forklint.machine.committed", MetricKind.Gauge, "By", "Commit charge of all processes of the machine, without this exporter.", One(static look => look.Machine?.CommittedBytes)),
        new("forklint.processes", MetricKind.Gauge, "{process}", ".NET processes that were found.", One(static look => look.Found)),
        new("forklint.processes.unreadable", MetricKind.Gauge, "{process}", "Exported processes whose mappings may not be read.", One(static look => look.Unreadable)),
        new("forklint.processes.left_out", MetricKind.Gauge, "{process}", "Processes that are not exported because there are more than --max-processes.", One(static look => look.LeftOut)),
        new("forklint.scrapes", MetricKind.Counter, "{scrape}", "How often the exporter has looked at the processes since it was started.", One(static look => look.Looks)),
        new("forklint.scrape.duration", MetricKind.Gauge, "s", "How long this look at the processes took.", One(static look => look.Elapsed.TotalSeconds)),
        new("forklint.scrape.cpu", MetricKind.Gauge, "s", "The processor time of this look.", One(static look => look.ProcessorTime.TotalSeconds)),
        new("forklint.scrape.mappings_read", MetricKind.Gauge, "{process}", "Processes whose mappings this look has read; those of the others have not changed.", One(static look => look.MappingsRead)),
        new("forklint.exporter.memory.usage", MetricKind.Gauge, "By", "Resident memory of the exporter.", One(static look => look.OwnResidentBytes)),
        new("forklint.build.info", MetricKind.Gauge, "1", "Always 1; says which version exports.", static _ => [new MetricSample(1, ("version", ToolVersion.Current))]),
    ];

    private static Func<FleetSnapshot, IEnumerable<MetricSample>> One(Func<FleetSnapshot, double?> figure) =>
        look => figure(look) is { } value ? [new MetricSample(value)] : [];

    private static Func<FleetSnapshot, IEnumerable<MetricSample>> EachProcess(Func<FleetProcess, double?> figure) => look =>
        look.Processes.Where(process => figure(process) is not null).Select(process => new MetricSample(figure(process)!.Value, Identity(process)));

    private static Func<FleetSnapshot, IEnumerable<MetricSample>> EachCgroup(Func<FleetCgroup, double?> figure) => look =>
        look.Cgroups.Where(cgroup => figure(cgroup) is not null).Select(cgroup => new MetricSample(figure(cgroup)!.Value, (GroupLabel, cgroup.Group)));

    private static IEnumerable<MetricSample> Info(FleetSnapshot look) => look.Processes.Select(static process => new MetricSample(
        1,
        [.. Identity(process), ("process.runtime.version", process.Runtime ?? ""), (GroupLabel, process.Group ?? ""), ("forklint.limited_by", LimitedBy(process.Tightest))]));

    private static IEnumerable<MetricSample> Unknown(FleetSnapshot look) => look.Unreadable is null
        ? []
        : look.Processes.Select(static process => new MetricSample(process.ForkSucceeds is Answer.Yes or Answer.No ? 0 : 1, Identity(process)));

    private static string LimitedBy(MemoryRoom? room) => room?.Rule switch
    {
        AdmissionRule.MemoryCgroup => "memory_limit",
        AdmissionRule.MemoryHigh => "memory_high",
        AdmissionRule.AvailableMemory => "machine",
        _ => "",
    };

    private static (string Name, string Value)[] Identity(FleetProcess process) =>
        [(PidLabel, process.Pid.ToString(CultureInfo.InvariantCulture)), (NameLabel, process.Name)];
}
