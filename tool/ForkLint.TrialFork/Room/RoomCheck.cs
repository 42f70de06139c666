using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>
/// Whether there is room for a measurement: in every memory cgroup over the application, and on the machine. At their limits the kernel does not refuse, it
/// kills, and the application may be what it chooses.
/// </summary>
/// <param name="Request">What is to be measured.</param>
/// <param name="Target">The application.</param>
/// <param name="Host">The machine with this tool on it.</param>
/// <param name="Tool">What this tool takes up already.</param>
/// <param name="Cgroup">The memory cgroups over the application, this tool included where it is in one of them; null without a limit.</param>
internal sealed record RoomCheck(MeasureRequest Request, Target Target, HostMemory Host, ToolFootprint Tool, MemoryCgroup? Cgroup)
{
    /// <summary>What loading the agent adds to the application: measured 1.5 to 1.8 MiB of anonymous memory, and its share of page tables.</summary>
    private const long AgentBytes = 4L << 20;

    /// <summary>What runs, from the most to the least.</summary>
    private enum Extent
    {
        Estimate,
        Trials,
        TrialsAndHeap,
    }

    /// <summary>
    /// Before anything of size is read or touched: whether what this tool is going to need fits beside the application, with the engine that takes least.
    /// </summary>
    /// <param name="engine">The engine that was chosen.</param>
    public Refusal? BeforeReading(EngineKind engine) => Request.IgnoreHeadRoom ? null : FirstShort(engine == EngineKind.Estimate ? Extent.Estimate : Asked, trialBytes: 0);

    /// <summary>Whether a trial fits, at the worst that the application may do meanwhile.</summary>
    /// <param name="neededBytes">As <see cref="NeededBytes"/> says.</param>
    public Refusal? BeforeTrials(long neededBytes) => Request.IgnoreHeadRoom ? null : FirstShort(Asked, neededBytes);

    /// <summary>
    /// What a trial needs in each memory cgroup over the application: the kernel memory of a fork, the agent, a reserve, and what the application itself
    /// allocates and writes while the child lives.
    /// </summary>
    /// <param name="kernelBytes">The kernel memory of a fork.</param>
    /// <param name="copyableBytes">The application's anonymous memory.</param>
    public long NeededBytes(long kernelBytes, long copyableBytes)
    {
        // An Aggressive collection compacts: what lives is copied before the old memory is given back.
        long quiet = kernelBytes + AgentBytes + ForkAdmission.HeadRoomReserveBytes + (Request.Verify ? copyableBytes : 0);
        if (Cgroup is not { } cgroup)
        {
            return quiet;
        }

        // Where everything could be copied, and the application have as much again for itself, there is nothing to look at.
        return cgroup.TightestLimit.HeadRoomBytes >= quiet + (2 * copyableBytes) + Plenty
            ? quiet
            : quiet + ApplicationGrowth.Observe(Target, cgroup, copyableBytes);
    }

    private static long Plenty => 256L << 20;

    private Extent Asked => Request.ReadHeap != null ? Extent.TrialsAndHeap : Extent.Trials;

    private Refusal? FirstShort(Extent extent, long trialBytes)
    {
        foreach (var place in Places())
        {
            long needed = NeedIn(place, extent, trialBytes);
            if (place.LeftBytes < needed)
            {
                string tool = place.HoldsTool ? $", {ByteSize.Format(ToolBytes(extent))} of it for this tool itself" : "";
                return new Refusal(
                    ExitReason.RefusedForSafety,
                    $"{place.Name} has {ByteSize.Format(Math.Max(0, place.LeftBytes))} left, and this measurement may need {ByteSize.Format(needed)} there{tool}: {place.Consequence}",
                    Advice(place, extent, trialBytes));
            }
        }

        return null;
    }

    /// <summary>What still fits, else how to make room.</summary>
    private string Advice(Place place, Extent extent, long trialBytes)
    {
        if (place.HoldsTool)
        {
            if (extent > Extent.Trials && place.LeftBytes >= NeedIn(place, Extent.Trials, trialBytes))
            {
                return "use --no-heap, which fits";
            }

            if (extent > Extent.Estimate && place.LeftBytes >= NeedIn(place, Extent.Estimate, 0))
            {
                return "use --engine estimate, which fits";
            }

            return place.IsMachine ? "free memory, or --force if a kill is acceptable" : "run the tool outside of that cgroup (on the host), raise the limit, or --force if a kill is acceptable";
        }

        return "raise the limit, use --engine estimate, or --force if a kill is acceptable";
    }

    private long NeedIn(Place place, Extent extent, long trialBytes) =>
        (extent == Extent.Estimate ? 0 : trialBytes) + (place.HoldsTool ? ToolBytes(extent) : 0);

    private long ToolBytes(Extent extent) =>
        ToolNeed.Bytes(extent == Extent.TrialsAndHeap, Target.Status.AnonymousBytes ?? 0, Target.MappingCount ?? 0);

    private IEnumerable<Place> Places()
    {
        foreach (var limit in Cgroup?.Limits ?? [])
        {
            yield return new Place
            {
                Name = $"its memory cgroup {limit.Name}{(limit.Kind == MemoryLimitKind.Throttle ? " (memory.high)" : "")}",
                LeftBytes = limit.HeadRoomBytes,
                HoldsTool = Tool.Contains(limit),
                Consequence = limit.Kind == MemoryLimitKind.Throttle
                    ? "the kernel would make each of its allocations wait"
                    : "the kernel would kill, not refuse",
            };
        }

        yield return new Place
        {
            Name = "this machine",
            LeftBytes = Host.AvailableBytes + Host.SwapFreeBytes,
            HoldsTool = true,
            IsMachine = true,
            Consequence = "the kernel would kill, not refuse",
        };
    }

    private sealed record Place
    {
        public required string Name { get; init; }

        public required long LeftBytes { get; init; }

        public required bool HoldsTool { get; init; }

        public bool IsMachine { get; init; }

        public required string Consequence { get; init; }
    }
}
