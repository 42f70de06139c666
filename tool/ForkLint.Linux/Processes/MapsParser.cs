using System.Text;
using ForkLint.Linux.Text;

namespace ForkLint.Linux;

/// <summary>Parses <c>/proc/PID/maps</c> (Linux fs/proc/task_mmu.c, show_map_vma).</summary>
public static class MapsParser
{
    /// <summary>The regions in address order.</summary>
    /// <param name="text">The whole file.</param>
    public static Reading<IReadOnlyList<MapRegion>> Parse(ReadOnlySpan<byte> text)
    {
        var regions = new List<MapRegion>();
        var strings = new StringCache();
        var number = 0;
        while (Utf8Text.NextLine(ref text, out var line))
        {
            number++;
            if (!TryParseHeader(line, ref strings, out var header))
            {
                return Reading<IReadOnlyList<MapRegion>>.Fail(ReadFailure.Malformed, $"line {number} is not a mapping: {Utf8Text.Excerpt(line)}");
            }

            regions.Add(new MapRegion
            {
                Start = header.Start,
                End = header.End,
                Permissions = header.Permissions,
                OffsetBytes = header.Offset,
                Inode = header.Inode,
                Path = header.Path,
            });
        }

        return Reading<IReadOnlyList<MapRegion>>.Ok(regions);
    }

    /// <summary>Reads <c>start-end perms offset device inode path</c>.</summary>
    internal static bool TryParseHeader(ReadOnlySpan<byte> line, ref StringCache strings, out Header header)
    {
        header = default;
        var rest = line;
        var range = Utf8Text.NextWord(ref rest);
        var permissions = Utf8Text.NextWord(ref rest);
        var offset = Utf8Text.NextWord(ref rest);
        var device = Utf8Text.NextWord(ref rest);
        var inode = Utf8Text.NextWord(ref rest);
        var dash = range.IndexOf((byte)'-');
        if (dash <= 0
            || !Utf8Text.TryParseHex(range[..dash], out var start)
            || !Utf8Text.TryParseHex(range[(dash + 1)..], out var end)
            || end <= start
            || permissions.Length != 4
            || !Utf8Text.TryParseHex(offset, out var offsetBytes)
            || device.IsEmpty
            || !Utf8Text.TryParseLong(inode, out var inodeNumber))
        {
            return false;
        }

        // Only the padding in front is not part of the path: a file's name may end in a blank.
        header = new Header(start, end, StringCache.Permissions(permissions), offsetBytes, (ulong)inodeNumber, strings.Path(Utf8Text.TrimStart(rest)));
        return true;
    }

    internal readonly record struct Header(ulong Start, ulong End, string Permissions, ulong Offset, ulong Inode, string Path);

    /// <summary>Keeps the strings that repeat: a library has four mappings in a row, and permissions have a dozen values.</summary>
    internal struct StringCache
    {
        private byte[]? _lastPathBytes;
        private string? _lastPath;

        public string Path(ReadOnlySpan<byte> path)
        {
            if (path.IsEmpty)
            {
                return "";
            }

            if (_lastPath is null || !path.SequenceEqual(_lastPathBytes))
            {
                _lastPathBytes = path.ToArray();
                _lastPath = Utf8Text.Unescape(path);
            }

            return _lastPath;
        }

        public static string Permissions(ReadOnlySpan<byte> permissions) => permissions switch
        {
            _ when permissions.SequenceEqual("rw-p"u8) => "rw-p",
            _ when permissions.SequenceEqual("---p"u8) => "---p",
            _ when permissions.SequenceEqual("r--p"u8) => "r--p",
            _ when permissions.SequenceEqual("r-xp"u8) => "r-xp",
            _ when permissions.SequenceEqual("rw-s"u8) => "rw-s",
            _ when permissions.SequenceEqual("r-xs"u8) => "r-xs",
            _ when permissions.SequenceEqual("r--s"u8) => "r--s",
            _ => Encoding.UTF8.GetString(permissions),
        };
    }
}
