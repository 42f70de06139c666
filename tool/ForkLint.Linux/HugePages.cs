using System.Globalization;

namespace ForkLint.Linux;

/// <summary>A pool of hugetlb pages of one size. Its pages are never part of commit charge, and a fork shares them.</summary>
/// <param name="PageSizeBytes">The size of a page.</param>
/// <param name="TotalPages">How many there are.</param>
/// <param name="FreePages">How many are unused.</param>
public sealed record HugePagePool(long PageSizeBytes, long TotalPages, long FreePages);

/// <summary>
/// How this machine uses huge pages. They change the latency of a fork by an order of magnitude, since one entry stands for 512 pages, so
/// a latency is worth little without them.
/// </summary>
public sealed record HugePages
{
    /// <summary>When transparent huge pages are used: <c>always</c>, <c>madvise</c> or <c>never</c>; null where the kernel has none.</summary>
    public required string? Transparent { get; init; }

    /// <summary>The size of a transparent huge page; null where the kernel has none.</summary>
    public required long? TransparentSizeBytes { get; init; }

    /// <summary>The pools of hugetlb pages, by size.</summary>
    public required IReadOnlyList<HugePagePool> Pools { get; init; }

    /// <summary>Reads them; what is missing is left out.</summary>
    /// <param name="sysRoot">Where sysfs is mounted.</param>
    public static HugePages Read(string sysRoot = "/sys")
    {
        var transparent = $"{sysRoot}/kernel/mm/transparent_hugepage";
        return new HugePages
        {
            Transparent = ProcFile.ReadTrimmed($"{transparent}/enabled").TryGet(out var enabled) ? ParseChoice(enabled) : null,
            TransparentSizeBytes = ProcFile.ReadLong($"{transparent}/hpage_pmd_size").TryGet(out var size) ? size : null,
            Pools = [.. ReadPools($"{sysRoot}/kernel/mm/hugepages").OrderBy(static pool => pool.PageSizeBytes)],
        };
    }

    /// <summary>The chosen word of a line such as <c>always [madvise] never</c>; null without one.</summary>
    public static string? ParseChoice(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var open = text.IndexOf('[', StringComparison.Ordinal);
        var close = text.IndexOf(']', StringComparison.Ordinal);
        return open >= 0 && close > open + 1 ? text[(open + 1)..close] : null;
    }

    private static IEnumerable<HugePagePool> ReadPools(string directory)
    {
        const string prefix = "hugepages-";
        if (!Directory.Exists(directory))
        {
            yield break;
        }

        foreach (var pool in Directory.EnumerateDirectories(directory, prefix + "*kB"))
        {
            if (long.TryParse(Path.GetFileName(pool.AsSpan())[prefix.Length..^2], NumberStyles.None, CultureInfo.InvariantCulture, out var kilobytes)
                && ProcFile.ReadLong($"{pool}/nr_hugepages").TryGet(out var total)
                && ProcFile.ReadLong($"{pool}/free_hugepages").TryGet(out var free))
            {
                yield return new HugePagePool(kilobytes * 1024, total, free);
            }
        }
    }
}
