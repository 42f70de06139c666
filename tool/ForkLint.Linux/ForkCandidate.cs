namespace ForkLint.Linux;

/// <summary>What the admission rules need to know of the process that would fork.</summary>
public sealed record ForkCandidate
{
    /// <summary>Its mappings.</summary>
    public required IReadOnlyList<Mapping> Mappings { get; init; }

    /// <summary>The size of its address space (VmSize): mode 2 takes the user's reserve from it.</summary>
    public required long VirtualBytes { get; init; }

    /// <summary>Whether it has CAP_SYS_ADMIN in the initial user namespace; null where that could not be read.</summary>
    public required bool? Privileged { get; init; }

    /// <summary>Its page tables (VmPTE): what the child needs at once.</summary>
    public required long PageTableBytes { get; init; }

    /// <summary>Its resident anonymous memory (RssAnon): what a memory limit holds against it whatever happens.</summary>
    public required long AnonymousBytes { get; init; }

    /// <summary>Its resident shared memory (RssShmem): charged to it where it touched the pages first.</summary>
    public long SharedMemoryBytes { get; init; }

    /// <summary>What a fork of it needs in the kernel at once (<see cref="ForkKernelMemory"/>).</summary>
    public long KernelBytes => ForkKernelMemory.Bytes(Mappings, PageTableBytes);

    /// <summary>How many of its mappings a fork copies.</summary>
    public int CopiedMappings => ForkKernelMemory.CopiedMappings(Mappings);

    /// <summary>What it has in memory and no page cache can be reclaimed from: anonymous and shared memory, and page tables.</summary>
    public long OwnMemoryBytes => AnonymousBytes + SharedMemoryBytes + PageTableBytes;

    /// <summary>Reads the rest from a process whose mappings have been read.</summary>
    public static Reading<ForkCandidate> Read(ProcessFiles process, IReadOnlyList<Mapping> mappings)
    {
        ArgumentNullException.ThrowIfNull(process);
        ArgumentNullException.ThrowIfNull(mappings);
        return process.Status().Then(status => status.VirtualBytes is { } virtualBytes
            ? Reading<ForkCandidate>.Ok(new ForkCandidate
            {
                Mappings = mappings,
                VirtualBytes = virtualBytes,
                Privileged = Capabilities.InInitialNamespace(process, Capability.SysAdmin) is { IsOk: true } admin ? admin.Value : null,
                PageTableBytes = status.PageTableBytes ?? 0,
                AnonymousBytes = status.AnonymousBytes ?? mappings.Sum(static m => m.AnonymousBytes),
                SharedMemoryBytes = status.SharedMemoryBytes ?? 0,
            })
            : NoMemory(process));
    }

    // Without memory is a kernel thread from the start, and any other process from some point of its exit on.
    private static Reading<ForkCandidate> NoMemory(ProcessFiles process) =>
        process.Stat() is { IsOk: true, Value.IsKernelThread: true }
            ? Reading<ForkCandidate>.Fail(ReadFailure.NotAvailable, $"{process.PathOf("status")}: a kernel thread has no memory of its own")
            : Reading<ForkCandidate>.Fail(ReadFailure.ProcessGone, $"{process.PathOf("status")}: the process has ended");
}
