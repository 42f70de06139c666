using System.Globalization;

namespace ForkLint.Linux;

/// <summary>Another machine to judge a fork for, as <c>--as-if</c> describes it: <c>ram=2GiB,swap=0,overcommit=2,ratio=50</c>. What is not set is as on this host.</summary>
public sealed record AsIf
{
    private const string Keys = "ram, swap, overcommit, ratio, kbytes, memory-limit, committed, privileged";

    // mm/mmap.c, init_admin_reserve and init_user_reserve: 1/32 of what is free at boot, at most 8 and 128 MiB.
    private const long LargestAdminReserveBytes = 8L << 20;
    private const long LargestUserReserveBytes = 128L << 20;
    private const long LargestSizeBytes = 1L << 60;

    private string _text = "";

    /// <summary>ram: all RAM.</summary>
    public long? RamBytes { get; init; }

    /// <summary>swap: all swap.</summary>
    public long? SwapBytes { get; init; }

    /// <summary>overcommit: <c>vm.overcommit_memory</c>.</summary>
    public int? OvercommitMode { get; init; }

    /// <summary>ratio: <c>vm.overcommit_ratio</c>.</summary>
    public long? OvercommitRatioPercent { get; init; }

    /// <summary>kbytes: <c>vm.overcommit_kbytes</c>.</summary>
    public long? OvercommitKbytes { get; init; }

    /// <summary>memory-limit: the limit of the memory cgroup.</summary>
    public long? MemoryLimitBytes { get; init; }

    /// <summary>committed: what all processes there, this one included, are charged for before the fork.</summary>
    public long? CommittedBytes { get; init; }

    /// <summary>privileged: whether the process has CAP_SYS_ADMIN there.</summary>
    public bool? Privileged { get; init; }

    /// <summary>Reads <c>key=value</c> pairs separated by commas.</summary>
    /// <param name="text">The pairs.</param>
    /// <param name="asIf">The machine; one without any setting where false is returned.</param>
    /// <param name="error">One line for people; empty where true is returned.</param>
    public static bool TryParse(string? text, out AsIf asIf, out string error)
    {
        asIf = new AsIf();
        if (string.IsNullOrWhiteSpace(text))
        {
            error = $"nothing is set: write for example ram=2GiB,swap=0,overcommit=2 ({Keys})";
            return false;
        }

        var result = new AsIf { _text = text.Trim() };
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var pair in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var parts = pair.Split('=', 2, StringSplitOptions.TrimEntries);
            if (parts.Length != 2)
            {
                error = $"'{pair}' is not key=value, such as ram=2GiB";
                return false;
            }

            if (!seen.Add(parts[0]))
            {
                error = $"'{parts[0]}' is set twice";
                return false;
            }

            if (!result.TryWith(parts[0], parts[1], out result, out error))
            {
                return false;
            }
        }

        if (result is { OvercommitRatioPercent: not null, OvercommitKbytes: not null })
        {
            error = "ratio and kbytes exclude each other: the kernel sets one to 0 when the other is written";
            return false;
        }

        asIf = result;
        error = "";
        return true;
    }

    /// <summary>
    /// The host changed accordingly, its commit limit computed again. With another RAM the reserves are those that a kernel chooses at
    /// boot, and no hugetlb pages are set aside; what is committed stays as here unless it is set.
    /// </summary>
    public HostMemory Apply(HostMemory host)
    {
        ArgumentNullException.ThrowIfNull(host);
        var there = host with
        {
            SwapTotalBytes = SwapBytes ?? host.SwapTotalBytes,
            SwapFreeBytes = SwapBytes ?? host.SwapFreeBytes,
            OvercommitMode = OvercommitMode ?? host.OvercommitMode,
            OvercommitRatioPercent = OvercommitRatioPercent ?? host.OvercommitRatioPercent,
            OvercommitKbytes = OvercommitKbytes ?? (OvercommitRatioPercent is null ? host.OvercommitKbytes : 0),
            CommittedBytes = CommittedBytes ?? host.CommittedBytes,
        };
        if (RamBytes is { } ram)
        {
            there = there with
            {
                TotalBytes = ram,
                FreeBytes = Math.Min(ram, host.FreeBytes),
                AvailableBytes = Math.Min(ram, host.AvailableBytes),
                HugeTlbBytes = 0,
                AdminReserveBytes = Math.Min(ram / 32, LargestAdminReserveBytes),
                UserReserveBytes = Math.Min(ram / 32, LargestUserReserveBytes),
            };
        }

        // A limit that none of its ingredients changes is kept as the kernel printed it.
        return RamBytes is null && SwapBytes is null && OvercommitRatioPercent is null && OvercommitKbytes is null
            ? there
            : there with { CommitLimitBytes = there.ComputeCommitLimitBytes() };
    }

    /// <summary>The pairs as they were written.</summary>
    public override string ToString() => _text;

    private bool TryWith(string key, string value, out AsIf result, out string error)
    {
        result = this;
        error = "";
        switch (key)
        {
            case "ram" when TryParseSize(value, out var bytes) && bytes > 0:
                result = this with { RamBytes = bytes };
                return true;
            case "swap" when TryParseSize(value, out var bytes):
                result = this with { SwapBytes = bytes };
                return true;
            case "memory-limit" when TryParseSize(value, out var bytes) && bytes > 0:
                result = this with { MemoryLimitBytes = bytes };
                return true;
            case "committed" when TryParseSize(value, out var bytes):
                result = this with { CommittedBytes = bytes };
                return true;
            case "overcommit" when value is "0" or "1" or "2":
                result = this with { OvercommitMode = value[0] - '0' };
                return true;
            case "ratio" when TryParseCount(value, out var percent):
                result = this with { OvercommitRatioPercent = percent };
                return true;
            case "kbytes" when TryParseCount(value, out var kbytes):
                result = this with { OvercommitKbytes = kbytes };
                return true;
            case "privileged" when bool.TryParse(value, out var privileged):
                result = this with { Privileged = privileged };
                return true;
            case "ram" or "swap" or "memory-limit" or "committed" when ByteSize.TryParse(value, out var plain) && plain is > 0 and <= LargestSizeBytes:
                error = $"{key}={value}: it has no unit; write {value}MiB or {value}MB, or {value}B for bytes";
                return false;
            case "ram" or "memory-limit":
                error = $"{key}={value}: not a size above zero and up to 1 EiB, such as 2GiB or 2GB";
                return false;
            case "swap" or "committed":
                error = $"{key}={value}: not a size up to 1 EiB, such as 512MiB or 0";
                return false;
            case "overcommit":
                error = $"overcommit={value}: it is 0 (heuristic), 1 (always) or 2 (strict)";
                return false;
            case "ratio":
                error = $"ratio={value}: not a whole number of percent, such as 50";
                return false;
            case "kbytes":
                error = $"kbytes={value}: not a whole number of kB, such as 1048576";
                return false;
            case "privileged":
                error = $"privileged={value}: it is true or false";
                return false;
            default:
                error = $"'{key}' is not known: use {Keys}";
                return false;
        }
    }

    // No machine has more, and the sum of a few of them stays within a long.
    private static bool TryParseSize(string text, out long bytes) => ByteSize.TryParseWithUnit(text, out bytes) && bytes <= LargestSizeBytes;

    // The kernel keeps the ratio in an int; kbytes × 1024 must not leave a long.
    private static bool TryParseCount(string text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= int.MaxValue * 1024L;
}
