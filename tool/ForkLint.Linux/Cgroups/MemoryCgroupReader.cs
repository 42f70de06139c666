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
        foreach (var directory in located.Directories)
        {
            // Before Linux 5.11 an ancestor without use_hierarchy did not count what its children use.
            if (directory != located.Directories[0] && ProcFile.ReadLong($"{directory}/memory.use_hierarchy").ValueOr(1) == 0)
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

            limiting.Add(read);
        }

        var hidden = HiddenLimit(located.Directories);
        if (limiting.Count == 0)
        {
            return hidden;
        }

        if (hidden.ValueOr(null) is { } above && above.LimitBytes < limiting.Min(static cgroup => cgroup.LimitBytes))
        {
            limiting.Add(above);
        }

        return Chain(limiting);

        static Reading<MemoryCgroup> One(string directory, long limit) => Build(
            1, directory, limit, "memory.usage_in_bytes", "total_inactive_file", "total_active_file");
    }

    public static Reading<MemoryCgroup?> ReadVersion2(CgroupLocator.Located located)
    {
        var limiting = new List<MemoryCgroup>();
        foreach (var directory in located.Directories)
        {
            // The file is missing at the root, and wherever the parent does not hand the controller down.
            var limit = ProcFile.ReadTrimmed($"{directory}/memory.max");
            if (!limit.TryGet(out var text))
            {
                if (limit.Failure == ReadFailure.NotAvailable)
                {
                    continue;
                }

                return limit.FailAs<MemoryCgroup?>();
            }

            if (text == "max")
            {
                continue;
            }

            if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes))
            {
                return Reading<MemoryCgroup?>.Fail(ReadFailure.Malformed, $"{directory}/memory.max: not a number: {text}");
            }

            var cgroup = Build(2, directory, bytes, "memory.current", "inactive_file", "active_file");
            if (!cgroup.TryGet(out var read))
            {
                return cgroup.FailAs<MemoryCgroup?>();
            }

            limiting.Add(read with
            {
                HighBytes = ProcFile.ReadLong($"{directory}/memory.high") is { IsOk: true } high ? high.Value : null,
                Pressure = ReadPressure($"{directory}/memory.pressure"),
                OomGroup = ProcFile.ReadLong($"{directory}/memory.oom.group") is { IsOk: true } group ? group.Value != 0 : null,
            });
        }

        return limiting.Count > 0 ? Chain(limiting) : Reading<MemoryCgroup?>.Ok(null);
    }

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

    private static Reading<MemoryCgroup?> Chain(List<MemoryCgroup> limiting) =>
        Reading<MemoryCgroup?>.Ok(limiting[0] with { OuterLimits = limiting[1..] });

    private static Reading<MemoryCgroup> Build(int version, string directory, long limit, string usageFile, string inactiveKey, string activeKey)
    {
        var usage = ProcFile.ReadLong($"{directory}/{usageFile}");
        if (!usage.TryGet(out var usageBytes))
        {
            return usage.FailAs<MemoryCgroup>();
        }

        var statistics = ProcFile.Parse($"{directory}/memory.stat", ParseFlatKeyed);
        if (!statistics.TryGet(out var values))
        {
            return statistics.FailAs<MemoryCgroup>();
        }

        var events = ProcFile.Parse($"{directory}/{(version == 1 ? "memory.oom_control" : "memory.events")}", ParseFlatKeyed);
        return Reading<MemoryCgroup>.Ok(new MemoryCgroup
        {
            Version = version,
            Path = directory,
            LimitBytes = limit,
            UsageBytes = usageBytes,
            InactiveFileBytes = values.GetValueOrDefault(inactiveKey),
            ActiveFileBytes = values.GetValueOrDefault(activeKey),
            PageTableBytes = values.TryGetValue("pagetables", out var pageTables) ? pageTables : null,
            OomKills = events.TryGet(out var counts) && counts.TryGetValue("oom_kill", out var kills) ? kills : null,
        });
    }

    // In a container without a cgroup namespace the limit may sit above the mount point, out of sight. Version 1 still tells the smallest
    // limit of all ancestors; the usage that counts against it is at least what is visible.
    private static Reading<MemoryCgroup?> HiddenLimit(IReadOnlyList<string> directories)
    {
        var statistics = ProcFile.Parse($"{directories[0]}/memory.stat", ParseFlatKeyed);
        if (!statistics.TryGet(out var values) || !values.TryGetValue("hierarchical_memory_limit", out var limit) || limit >= UnlimitedFrom)
        {
            return Reading<MemoryCgroup?>.Ok(null);
        }

        return Build(1, directories[^1], limit, "memory.usage_in_bytes", "total_inactive_file", "total_active_file")
            .Select(static cgroup => (MemoryCgroup?)cgroup);
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
}
