using System.Globalization;
using System.Text;

namespace ForkLint.Spawns.Tracing;

/// <summary>Where a field lies in the raw bytes of a tracepoint.</summary>
/// <param name="OffsetBytes">From the first raw byte.</param>
/// <param name="LengthBytes">Its length; of a string, that of the word that says where the string lies. 0 where the tracepoint has no such field.</param>
internal readonly record struct TracepointField(int OffsetBytes, int LengthBytes)
{
    /// <summary>Whether this kernel's tracepoint has the field.</summary>
    public bool Exists => LengthBytes > 0;

    /// <summary>The field as a number, sign-extended from its own length; 0 where the field or its bytes are missing.</summary>
    public long Number(ReadOnlySpan<byte> raw)
    {
        if (OffsetBytes + LengthBytes > raw.Length)
        {
            return 0;
        }

        var bytes = raw.Slice(OffsetBytes, LengthBytes);
        return LengthBytes switch
        {
            1 => bytes[0],
            2 => BitConverter.ToInt16(bytes),
            4 => BitConverter.ToInt32(bytes),
            8 => BitConverter.ToInt64(bytes),
            _ => 0,
        };
    }

    /// <summary>A <c>__data_loc</c> string: its word holds the offset in the lower and the length in the upper half. Empty where it is missing.</summary>
    public string Text(ReadOnlySpan<byte> raw)
    {
        var word = (uint)Number(raw);
        var (offset, length) = ((int)(word & 0xFFFF), (int)(word >> 16));
        if (length == 0 || offset + length > raw.Length)
        {
            return "";
        }

        var bytes = raw.Slice(offset, length);
        var end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }
}

/// <summary>
/// What tracefs says of a tracepoint (<c>events/…/format</c>): the id by which perf opens it, and where its fields lie. The layout differs
/// between kernels, so no offset is assumed (Documentation/trace/events.rst).
/// </summary>
internal sealed class TracepointFormat
{
    private readonly Dictionary<string, TracepointField> _fields;

    private TracepointFormat(int id, Dictionary<string, TracepointField> fields)
    {
        Id = id;
        _fields = fields;
    }

    /// <summary>The number for <c>perf_event_attr.config</c>.</summary>
    public int Id { get; }

    /// <summary>Parses the file's text; null where it is not such a file.</summary>
    public static TracepointFormat? Parse(string text)
    {
        int? id = null;
        var fields = new Dictionary<string, TracepointField>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("ID:", StringComparison.Ordinal) && int.TryParse(line.AsSpan(3).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                id = number;
            }
            else if (line.StartsWith("field:", StringComparison.Ordinal))
            {
                AddField(line, fields);
            }
        }

        return id is { } found && fields.Count > 0 ? new TracepointFormat(found, fields) : null;
    }

    /// <summary>Where the field lies; a field that does not exist where this kernel's tracepoint has none of that name.</summary>
    public TracepointField Field(string name) => _fields.GetValueOrDefault(name);

    // field:__data_loc char[] filename;	offset:8;	size:4;	signed:0;
    private static void AddField(string line, Dictionary<string, TracepointField> fields)
    {
        string? name = null;
        int offset = -1;
        int size = -1;
        foreach (var part in line.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = part.IndexOf(':', StringComparison.Ordinal);
            var value = part[(colon + 1)..];
            switch (part[..Math.Max(0, colon)])
            {
                case "field":
                    var word = value[(value.LastIndexOfAny([' ', '*']) + 1)..];
                    var bracket = word.IndexOf('[', StringComparison.Ordinal);
                    name = bracket < 0 ? word : word[..bracket];
                    break;
                case "offset":
                    offset = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var at) ? at : -1;
                    break;
                case "size":
                    size = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var length) ? length : -1;
                    break;
            }
        }

        if (!string.IsNullOrEmpty(name) && offset >= 0 && size > 0)
        {
            fields[name] = new TracepointField(offset, size);
        }
    }
}
