namespace ForkLint.Linux;

/// <summary>Everything that decides whether the next fork of a process succeeds: the machine, the process, and the limits over it.</summary>
public sealed record ForkSituation
{
    /// <summary>The machine, as it is without this tool.</summary>
    public required HostMemory Host { get; init; }

    /// <summary>The process that would fork.</summary>
    public required ForkCandidate Candidate { get; init; }

    /// <summary>The memory cgroups that limit it, as they are without this tool; null without a limit.</summary>
    public MemoryCgroup? Cgroup { get; init; }

    /// <summary>Whether its memory cgroup lies outside of what can be seen from here, so that its limits are unknown; null where they are known.</summary>
    public string? HiddenCgroup { get; init; }

    /// <summary>The limits on tasks; null where they could not be read.</summary>
    public PidLimits? Pids { get; init; }

    /// <summary>The situation once the process has given memory back.</summary>
    /// <param name="mappings">The mappings it then has.</param>
    /// <param name="chargeBytes">The commit charge that is gone.</param>
    /// <param name="residentBytes">The resident memory that is gone.</param>
    public ForkSituation Freed(IReadOnlyList<Mapping> mappings, long chargeBytes, long residentBytes) => this with
    {
        Host = Host with
        {
            CommittedBytes = Host.CommittedBytes - chargeBytes,
            FreeBytes = Host.FreeBytes + residentBytes,
            AvailableBytes = Host.AvailableBytes + residentBytes,
        },
        Candidate = Candidate with
        {
            Mappings = mappings,
            AnonymousBytes = Math.Max(0, Candidate.AnonymousBytes - residentBytes),

            // A page table of 4 KiB maps 512 pages.
            PageTableBytes = Math.Max(0, Candidate.PageTableBytes - (residentBytes / 512)),
        },
        Cgroup = Cgroup?.Without(residentBytes),
    };
}
