namespace ForkLint.Linux;

/// <summary>The figures by which the kernel chooses a process when memory runs out, and its name.</summary>
public sealed record ProcessMemory
{
    /// <summary>Its id.</summary>
    public required int Pid { get; init; }

    /// <summary>Its parent's id.</summary>
    public int ParentPid { get; init; }

    /// <summary>What the kernel calls it.</summary>
    public required string Name { get; init; }

    /// <summary>Its command line; empty where it may not be read.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Its resident anonymous memory.</summary>
    public required long AnonymousBytes { get; init; }

    /// <summary>Its resident shared memory.</summary>
    public long SharedMemoryBytes { get; init; }

    /// <summary>Its resident file pages, which the kernel gives up before it kills.</summary>
    public long FileBytes { get; init; }

    /// <summary>What of it is in swap.</summary>
    public long SwapBytes { get; init; }

    /// <summary>Its page tables.</summary>
    public long PageTableBytes { get; init; }

    /// <summary>The highest resident set since its program was started; null where the kernel does not say.</summary>
    public long? PeakResidentBytes { get; init; }

    /// <summary>oom_score_adj: from -1000, never killed, to 1000, killed first.</summary>
    public int ScoreAdjustment { get; init; }

    /// <summary>Where its stack starts: a fork has its parent's until it starts another program.</summary>
    public ulong StackStart { get; init; }

    /// <summary>Everything that it has in memory.</summary>
    public long ResidentBytes => AnonymousBytes + SharedMemoryBytes + FileBytes;

    /// <summary>Reads it; a kernel thread and a zombie have no memory.</summary>
    public static Reading<ProcessMemory> Read(ProcessFiles process)
    {
        ArgumentNullException.ThrowIfNull(process);
        if (!process.Stat().TryGet(out var stat) || !process.Status().TryGet(out var status))
        {
            return Reading<ProcessMemory>.Fail(ReadFailure.ProcessGone, $"{process.PathOf("status")}: no such process");
        }

        if (stat.IsKernelThread || stat.IsZombie || status.ResidentBytes is not { } resident)
        {
            return Reading<ProcessMemory>.Fail(ReadFailure.NotAvailable, $"{process.PathOf("status")}: it has no memory");
        }

        // Linux before 4.5 does not tell the kinds apart.
        var anonymous = status.AnonymousBytes ?? resident;
        return Reading<ProcessMemory>.Ok(new ProcessMemory
        {
            Pid = process.Pid,
            ParentPid = stat.ParentPid,
            Name = stat.Comm,
            Arguments = process.CommandLine().ValueOr([]),
            AnonymousBytes = anonymous,
            SharedMemoryBytes = status.SharedMemoryBytes ?? 0,
            FileBytes = status.FileBytes ?? 0,
            SwapBytes = status.SwapBytes ?? 0,
            PageTableBytes = status.PageTableBytes ?? 0,
            PeakResidentBytes = status.PeakResidentBytes,
            ScoreAdjustment = (int)ProcFile.ReadLong(process.PathOf("oom_score_adj")).ValueOr(0),
            StackStart = stat.StackStart,
        });
    }
}
