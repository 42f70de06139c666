
namespace ForkLint.Linux;

/// <summary>The lines of <c>/proc/meminfo</c> that matter for a fork.</summary>
public sealed record Meminfo
{
    /// <summary>MemTotal.</summary>
    public required long TotalBytes { get; init; }

    /// <summary>MemFree.</summary>
    public required long FreeBytes { get; init; }

    /// <summary>MemAvailable (Linux 3.14).</summary>
    public required long? AvailableBytes { get; init; }

    /// <summary>Cached: page cache, shared memory included.</summary>
    public required long CachedBytes { get; init; }

    /// <summary>SwapTotal.</summary>
    public required long SwapTotalBytes { get; init; }

    /// <summary>SwapFree.</summary>
    public required long SwapFreeBytes { get; init; }

    /// <summary>CommitLimit.</summary>
    public required long CommitLimitBytes { get; init; }

    /// <summary>Committed_AS.</summary>
    public required long CommittedBytes { get; init; }

    /// <summary>Hugetlb (Linux 4.16), else HugePages_Total × Hugepagesize.</summary>
    public required long HugeTlbBytes { get; init; }
}

/// <summary>Parses <c>/proc/meminfo</c> (Linux fs/proc/meminfo.c).</summary>
public static class MeminfoParser
{
    /// <summary>The lines that matter; <see cref="ReadFailure.Malformed"/> where one is missing that every kernel prints.</summary>
    /// <param name="text">The whole file.</param>
    public static Reading<Meminfo> Parse(ReadOnlySpan<byte> text)
    {
        var fields = KilobyteFields.Parse(text);
        if (!fields.TryGet(out var values))
        {
            return fields.FailAs<Meminfo>();
        }

        if (values["MemTotal"] is not { } total || values["MemFree"] is not { } free || values["CommitLimit"] is not { } limit || values["Committed_AS"] is not { } committed)
        {
            return Reading<Meminfo>.Fail(ReadFailure.Malformed, "MemTotal, MemFree, CommitLimit or Committed_AS is missing");
        }

        return Reading<Meminfo>.Ok(new Meminfo
        {
            TotalBytes = total,
            FreeBytes = free,
            AvailableBytes = values["MemAvailable"],
            CachedBytes = values["Cached"] ?? 0,
            SwapTotalBytes = values["SwapTotal"] ?? 0,
            SwapFreeBytes = values["SwapFree"] ?? 0,
            CommitLimitBytes = limit,
            CommittedBytes = committed,
            HugeTlbBytes = values["Hugetlb"] ?? (values["HugePages_Total"] ?? 0) * (values["Hugepagesize"] ?? 0),
        });
    }
}
