using System.Text;
using ForkLint.Linux.Text;

namespace ForkLint.Linux;

/// <summary>The cgroup of a process in one hierarchy.</summary>
/// <param name="Hierarchy">The hierarchy's number; 0 is cgroup v2.</param>
/// <param name="Controllers">The controllers, or <c>name=…</c>; empty for cgroup v2.</param>
/// <param name="Path">The path from the root of the reader's cgroup namespace; it starts with <c>/..</c> where the cgroup lies outside of it.</param>
public sealed record CgroupMembership(int Hierarchy, IReadOnlyList<string> Controllers, string Path)
{
    /// <summary>Whether this is the one hierarchy of cgroup v2.</summary>
    public bool IsVersion2 => Hierarchy == 0 && Controllers.Count == 0;
}

/// <summary>Parses <c>/proc/PID/cgroup</c> (Linux kernel/cgroup/cgroup.c, proc_cgroup_show).</summary>
public static class CgroupParser
{
    // Printed behind the path of a zombie whose cgroup was removed.
    private const string DeletedSuffix = " (deleted)";

    /// <summary>The cgroups, one for each hierarchy.</summary>
    /// <param name="text">The whole file.</param>
    public static Reading<IReadOnlyList<CgroupMembership>> Parse(ReadOnlySpan<byte> text)
    {
        var memberships = new List<CgroupMembership>();
        while (Utf8Text.NextLine(ref text, out var line))
        {
            var first = line.IndexOf((byte)':');
            var second = first < 0 ? -1 : first + 1 + line[(first + 1)..].IndexOf((byte)':');
            if (first <= 0 || second <= first || !Utf8Text.TryParseLong(line[..first], out var hierarchy))
            {
                return Reading<IReadOnlyList<CgroupMembership>>.Fail(ReadFailure.Malformed, $"not understood: {Utf8Text.Excerpt(line)}");
            }

            var path = Encoding.UTF8.GetString(line[(second + 1)..]);
            if (path.EndsWith(DeletedSuffix, StringComparison.Ordinal))
            {
                path = path[..^DeletedSuffix.Length];
            }

            if (path.Length == 0 || path[0] != '/')
            {
                return Reading<IReadOnlyList<CgroupMembership>>.Fail(ReadFailure.Malformed, $"no path: {Utf8Text.Excerpt(line)}");
            }

            var controllers = Encoding.UTF8.GetString(line[(first + 1)..second]);
            memberships.Add(new CgroupMembership((int)hierarchy, controllers.Length == 0 ? [] : controllers.Split(','), path));
        }

        return Reading<IReadOnlyList<CgroupMembership>>.Ok(memberships);
    }
}
