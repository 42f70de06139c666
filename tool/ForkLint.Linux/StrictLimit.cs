namespace ForkLint.Linux;

/// <summary>
/// What mode 2 allows one process, in bytes (Linux mm/util.c, __vm_enough_memory): the commit limit, less what is kept for
/// CAP_SYS_ADMIN, less min(total_vm / 32, user reserve). Whole pages, as the kernel counts.
/// </summary>
/// <param name="CommitLimitBytes">The limit before the reserves.</param>
/// <param name="AdminReserveBytes">What is kept from a process without CAP_SYS_ADMIN; 0 with it.</param>
/// <param name="UserReserveBytes">What is kept from a single process. .NET reserves so much address space that it always pays in full.</param>
public readonly record struct StrictLimit(long CommitLimitBytes, long AdminReserveBytes, long UserReserveBytes)
{
    /// <summary>What the sum of all commitments must stay below.</summary>
    public long AllowedBytes => CommitLimitBytes - AdminReserveBytes - UserReserveBytes;

    /// <summary>The limit for a process on a host.</summary>
    public static StrictLimit For(HostMemory host, long virtualBytes, bool privileged)
    {
        ArgumentNullException.ThrowIfNull(host);
        var page = host.PageSizeBytes;
        return new StrictLimit(
            host.CommitLimitBytes,
            privileged ? 0 : host.AdminReserveBytes / page * page,
            Math.Min(virtualBytes / page / 32, host.UserReserveBytes / page) * page);
    }
}
