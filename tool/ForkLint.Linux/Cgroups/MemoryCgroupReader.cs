using System.Globalization;
using ForkLint.Linux.Text;

namespace ForkLint.Linux;

/// <summary>Reads the limit, usage and statistics of memory cgroups, upwards from a process's own.</summary>
internal static class MemoryCgroupReader
{
    // "No limit" in version 1 is the largest multiple of a page in a signed 64-bit number (mm/memcontrol-v1.c, PAGE_COUNTER_MAX).
    private const long UnlimitedFrom = long.MaxValue - (1L << 20);

    public static Reading<MemoryCgroup?> ReadVersion1(CgroupLocator.Located located)
    {
        var limiting = new List<MemoryCgroup>();
        foreach (var (directory, group) in located.Places)
        {
            // Before Linux 5.11 an ancestor without use_hierarchy did not count what its children use.
            if (directory != located.Places[0].Directory && ProcFile.ReadLong($"{directory}/memory.use_hierarchy").ValueOr(1) == 0)
            {
                break;
            }

            var limit = ProcFile.ReadLong($"{directory}/memory.limit_in_bytes");
            if (!limit.TryGet(out var bytes))
            {
                return limit.FailAs<MemoryCgroup?>();
            }

            if (bytes >= UnlimitedFrom)
            {
                continue;
            }

            var cgroup = One(directory, bytes);
            if (!cgroup.TryGet(out var read))
            {
                return cgroup.FailAs<MemoryCgroup?>();
            }

            limiting.Add(read with { Group = group });
        }

        var hidden = HiddenLimit(located.Places);
        if (limiting.Count == 0)
        {
            return hidden;
        }

        if (hidden.ValueOr(null) is { } above && above.LimitBytes < limiting.Min(static limit => limit.LimitBytes))
        {
            limiting.Add(above);
        }

        return Chain(limiting);

        static Reading<MemoryCgroup> One(string directory, long limit) => Build(Accounts.Version1, directory, limit);
    }

    public static Reading<MemoryCgroup?> ReadVersion2(CgroupLocator.Located located)
    {
        var limiting = new List<MemoryCgroup>();
        foreach (var (directory, group) in located.Places)
        {
            foreach (var kind in new[] { MemoryLimitKind.Kill, MemoryLimitKind.Throttle })
            {
                var limit = Limit2($"{directory}/{(kind == MemoryLimitKind.Kill ? "memory.max" : "memory.high")}");
                if (!limit.TryGet(out var bytes))
                {
                    return limit.FailAs<MemoryCgroup?>();
                }

                if (bytes is not { } set)
                {
                    continue;
                }

                var cgroup = Build(Accounts.Version2, directory, set);
                if (!cgroup.TryGet(out var read))
                {
                    return cgroup.FailAs<MemoryCgroup?>();
                }

                limiting.Add(read with
                {
                    Group = group,
                    Kind = kind,
                    SwapLimitBytes = ProcFile.ReadLong($"{directory}/memory.swap.max") is { IsOk: true } swap ? swap.Value : null,
                    SwapLeftBytes = Left($"{directory}/memory.swap.max", $"{directory}/memory.swap.current"),
                    Pressure = ReadPressure($"{directory}/memory.pressure"),
                    OomGroup = ProcFile.ReadLong($"{directory}/memory.oom.group") is { IsOk: true } whole ? whole.Value != 0 : null,
                });
            }
        }

        return limiting.Count > 0 ? Chain(limiting) : Reading<MemoryCgroup?>.Ok(null);
    }

    /// <summary>What is charged to a cgroup; null where it cannot be read.</summary>
    public static long? UsageBytes(int version, string directory) =>
        ProcFile.ReadLong($"{directory}/{(version == 1 ? "memory.usage_in_bytes" : "memory.current")}") is { IsOk: true } usage ? usage.Value : null;

    /// <summary>Lines of the form <c>key number</c>, as memory.stat and memory.events have them.</summary>
    internal static Reading<IReadOnlyDictionary<string, long>> ParseFlatKeyed(ReadOnlySpan<byte> text)
    {
        var values = new Dictionary<string, long>(StringComparer.Ordinal);
        while (Utf8Text.NextLine(ref text, out var line))
        {
            var rest = line;
            var key = Utf8Text.NextWord(ref rest);
            if (!Utf8Text.TryParseLong(Utf8Text.Trim(rest), out var value))
            {
                return Reading<IReadOnlyDictionary<string, long>>.Fail(ReadFailure.Malformed, $"not understood: {Utf8Text.Excerpt(line)}");
            }

            values[System.Text.Encoding.UTF8.GetString(key)] = value;
        }

        return Reading<IReadOnlyDictionary<string, long>>.Ok(values);
    }

    // The file is missing at the root, and wherever the parent does not hand the controller down.
    private static Reading<long?> Limit2(string path)
    {
        var limit = ProcFile.ReadTrimmed(path);
        if (!limit.TryGet(out var text))
        {
            return limit.Failure == ReadFailure.NotAvailable ? Reading<long?>.Ok(null) : limit.FailAs<long?>();
        }

        return text == "max" ? Reading<long?>.Ok(null)
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? Reading<long?>.Ok(bytes)
            : Reading<long?>.Fail(ReadFailure.Malformed, $"{path}: not a number: {text}");
    }

    // "max" is no number, and means no limit of its own.
    private static long? Left(string limitPath, string usagePath) =>
        !ProcFile.ReadLong(usagePath).TryGet(out var used) ? null
            : ProcFile.ReadLong(limitPath).TryGet(out var limit) ? Math.Max(0, limit - used) : long.MaxValue;

    private static Reading<MemoryCgroup?> Chain(List<MemoryCgroup> limiting) =>
        Reading<MemoryCgroup?>.Ok(limiting[0] with { OuterLimits = limiting[1..] });

    private static Reading<MemoryCgroup> Build(Accounts accounts, string directory, long limit)
    {
        var version = accounts.Version;
        var usage = ProcFile.ReadLong($"{directory}/{accounts.UsageFile}");
        if (!usage.TryGet(out var usageBytes))
        {
            return usage.FailAs<MemoryCgroup>();
        }

        var statistics = ProcFile.Parse($"{directory}/memory.stat", ParseFlatKeyed);
        if (!statistics.TryGet(out var values))
        {
            return statistics.FailAs<MemoryCgroup>();
        }

        var memsw = version == 1 ? ProcFile.ReadLong($"{directory}/memory.memsw.limit_in_bytes") : default;
        var events = ProcFile.Parse($"{directory}/{(version == 1 ? "memory.oom_control" : "memory.events")}", ParseFlatKeyed);
        return Reading<MemoryCgroup>.Ok(new MemoryCgroup
        {
            Version = version,
            Path = directory,
            LimitBytes = limit,
            UsageBytes = usageBytes,
            InactiveFileBytes = values.GetValueOrDefault(accounts.InactiveKey),
            ActiveFileBytes = values.GetValueOrDefault(accounts.ActiveKey),
            PageTableBytes = values.TryGetValue("pagetables", out var pageTables) ? pageTables : null,
            SwapLeftBytes = version == 1 ? Left($"{directory}/memory.memsw.limit_in_bytes", $"{directory}/memory.memsw.usage_in_bytes") : null,
            SwapLimitBytes = memsw is { IsOk: true, Value: < UnlimitedFrom } ? Math.Max(0, memsw.Value - limit) : null,
            OomKills = Count(events, "oom_kill"),
            OomKillDisabled = Count(events, "oom_kill_disable") is { } disabled ? disabled != 0 : null,
            LimitHits = version == 1 ? ProcFile.ReadLong($"{directory}/memory.failcnt") is { IsOk: true } hits ? hits.Value : null : Count(events, "max"),
            PeakBytes = ProcFile.ReadLong($"{directory}/{(version == 1 ? "memory.max_usage_in_bytes" : "memory.peak")}") is { IsOk: true } peak ? peak.Value : null,
        });
    }

    private static long? Count(Reading<IReadOnlyDictionary<string, long>> events, string key) =>
        events.TryGet(out var counts) && counts.TryGetValue(key, out var count) ? count : null;

    // In a container without a cgroup namespace the limit may sit above the mount point, out of sight. Version 1 still tells the smallest
    // limit of all ancestors; the usage that counts against it is at least what is visible.
    private static Reading<MemoryCgroup?> HiddenLimit(IReadOnlyList<CgroupLocator.Place> places)
    {
        var statistics = ProcFile.Parse($"{places[0].Directory}/memory.stat", ParseFlatKeyed);
        if (!statistics.TryGet(out var values) || !values.TryGetValue("hierarchical_memory_limit", out var limit) || limit >= UnlimitedFrom)
        {
            return Reading<MemoryCgroup?>.Ok(null);
        }

        return Build(Accounts.Version1, places[^1].Directory, limit)
            .Select(cgroup => (MemoryCgroup?)(cgroup with { Group = places[^1].Group }));
    }

    // "some avg10=0.00 avg60=0.00 avg300=0.00 total=0" on the first line.
    private static double? ReadPressure(string path)
    {
        if (!ProcFile.ReadTrimmed(path).TryGet(out var text))
        {
            return null;
        }

        const string key = "some avg10=";
        var rest = text.StartsWith(key, StringComparison.Ordinal) ? text[key.Length..].Split(' ', 2)[0] : "";
        return double.TryParse(rest, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) ? percent : null;
    }

    /// <summary>Where a version of cgroups keeps what is charged: a file, and two lines of memory.stat for what the page cache has of it.</summary>
    private sealed record Accounts(int Version, string UsageFile, string InactiveKey, string ActiveKey)
    {
        public static readonly Accounts Version1 = new(1, "memory.usage_in_bytes", "total_inactive_file", "total_active_file");
        public static readonly Accounts Version2 = new(2, "memory.current", "inactive_file", "active_file");
    }
}
