using System.Text;
using ForkLint.Linux.Text;

namespace ForkLint.Linux;

/// <summary>One mount, as <c>/proc/self/mountinfo</c> names it.</summary>
/// <param name="Root">Which directory of the file system is mounted: for a cgroup, where in its hierarchy.</param>
/// <param name="MountPoint">Where it is mounted.</param>
/// <param name="FileSystem">The type, such as <c>cgroup2</c>.</param>
/// <param name="SuperOptions">The file system's own options: for cgroup v1 its controllers.</param>
public sealed record Mount(string Root, string MountPoint, string FileSystem, IReadOnlyList<string> SuperOptions)
{
    /// <summary>The mount's number, which <c>/proc/PID/fdinfo</c> names of each open file (mnt_id).</summary>
    public long Id { get; init; }
}

/// <summary>Parses <c>/proc/self/mountinfo</c> (Linux fs/proc_namespace.c, show_mountinfo).</summary>
public static class MountInfoParser
{
    /// <summary>The mounts, in the order in which they were made: a later one covers an earlier one.</summary>
    /// <param name="text">The whole file.</param>
    public static Reading<IReadOnlyList<Mount>> Parse(ReadOnlySpan<byte> text)
    {
        var mounts = new List<Mount>();
        while (Utf8Text.NextLine(ref text, out var line))
        {
            // ID PARENT MAJOR:MINOR ROOT MOUNTPOINT OPTIONS [OPTIONAL…] - TYPE SOURCE SUPEROPTIONS; the paths are escaped, so a
            // separator can be nothing else.
            var rest = line;
            bool hasId = Utf8Text.TryParseLong(Utf8Text.NextWord(ref rest), out long id);
            Utf8Text.NextWord(ref rest);
            Utf8Text.NextWord(ref rest);
            var root = Utf8Text.NextWord(ref rest);
            var mountPoint = Utf8Text.NextWord(ref rest);
            var separator = rest.IndexOf(" - "u8);
            if (!hasId || mountPoint.IsEmpty || separator < 0)
            {
                return Reading<IReadOnlyList<Mount>>.Fail(ReadFailure.Malformed, $"not understood: {Utf8Text.Excerpt(line)}");
            }

            rest = rest[(separator + 3)..];
            var type = Utf8Text.NextWord(ref rest);
            Utf8Text.NextWord(ref rest);
            var options = Utf8Text.NextWord(ref rest);
            mounts.Add(new Mount(
                Utf8Text.Unescape(root),
                Utf8Text.Unescape(mountPoint),
                Encoding.UTF8.GetString(type),
                Encoding.UTF8.GetString(options).Split(','))
            {
                Id = id,
            });
        }

        return Reading<IReadOnlyList<Mount>>.Ok(mounts);
    }
}
