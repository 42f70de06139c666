using System.Buffers.Text;
using System.Text;

namespace ForkLint.Linux.Text;

/// <summary>
/// The few primitives that the parsers of /proc share. They work on bytes, because smaps of a .NET process is megabytes long.
/// </summary>
internal static class Utf8Text
{
    /// <summary>Takes the next line (without its line feed) from the front of <paramref name="rest"/>; false at the end.</summary>
    public static bool NextLine(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> line)
    {
        if (rest.IsEmpty)
        {
            line = default;
            return false;
        }

        var end = rest.IndexOf((byte)'\n');
        if (end < 0)
        {
            line = rest;
            rest = default;
        }
        else
        {
            line = rest[..end];
            rest = rest[(end + 1)..];
        }

        return true;
    }

    /// <summary>Takes the next word, separated by blanks or tabs, from the front of <paramref name="rest"/>; empty at the end.</summary>
    public static ReadOnlySpan<byte> NextWord(ref ReadOnlySpan<byte> rest)
    {
        rest = TrimStart(rest);
        var end = rest.IndexOfAny((byte)' ', (byte)'\t');
        var word = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[end..];
        return word;
    }

    /// <summary>Splits <c>Key: value</c>; false without a colon.</summary>
    public static bool TrySplitKey(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value)
    {
        var colon = line.IndexOf((byte)':');
        if (colon <= 0)
        {
            key = value = default;
            return false;
        }

        key = line[..colon];
        value = Trim(line[(colon + 1)..]);
        return true;
    }

    /// <summary>Reads <c>123 kB</c> (the kernel's kB is 1024 bytes) as bytes.</summary>
    public static bool TryParseKilobytes(ReadOnlySpan<byte> text, out long bytes)
    {
        bytes = 0;
        var rest = text;
        if (!TryParseLong(NextWord(ref rest), out var number) || !Trim(rest).SequenceEqual("kB"u8) || number is < 0 or > long.MaxValue / 1024)
        {
            return false;
        }

        bytes = number * 1024;
        return true;
    }

    /// <summary>Reads a whole decimal number.</summary>
    public static bool TryParseLong(ReadOnlySpan<byte> text, out long number) =>
        Utf8Parser.TryParse(text, out number, out var used) && used == text.Length && used > 0;

    /// <summary>Reads a whole hexadecimal number without prefix.</summary>
    public static bool TryParseHex(ReadOnlySpan<byte> text, out ulong number) =>
        Utf8Parser.TryParse(text, out number, out var used, 'x') && used == text.Length && used > 0;

    /// <summary>Without white space at both ends.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text)
    {
        var start = 0;
        var end = text.Length;
        while (start < end && IsWhiteSpace(text[start]))
        {
            start++;
        }

        while (end > start && IsWhiteSpace(text[end - 1]))
        {
            end--;
        }

        return text[start..end];
    }

    /// <summary>Without blanks and tabs in front.</summary>
    public static ReadOnlySpan<byte> TrimStart(ReadOnlySpan<byte> text)
    {
        var start = 0;
        while (start < text.Length && (text[start] == ' ' || text[start] == '\t'))
        {
            start++;
        }

        return text[start..];
    }

    /// <summary>
    /// The text with the kernel's octal escapes undone: paths in maps escape the line feed, in mountinfo also blank, tab and
    /// backslash (fs/seq_file.c, mangle_path).
    /// </summary>
    public static string Unescape(ReadOnlySpan<byte> text)
    {
        if (text.IndexOf((byte)'\\') < 0)
        {
            return Encoding.UTF8.GetString(text);
        }

        var plain = new byte[text.Length];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 3 < text.Length && IsOctal(text[i + 1]) && IsOctal(text[i + 2]) && IsOctal(text[i + 3]))
            {
                plain[length++] = (byte)(((text[i + 1] - '0') << 6) | ((text[i + 2] - '0') << 3) | (text[i + 3] - '0'));
                i += 3;
            }
            else
            {
                plain[length++] = text[i];
            }
        }

        return Encoding.UTF8.GetString(plain, 0, length);
    }

    /// <summary>The start of a line, for an error message.</summary>
    public static string Excerpt(ReadOnlySpan<byte> line) => Encoding.UTF8.GetString(line.Length > 60 ? line[..60] : line);

    private static bool IsWhiteSpace(byte b) => b == ' ' || b == '\t' || b == '\r' || b == '\n';

    private static bool IsOctal(byte b) => b is >= (byte)'0' and <= (byte)'7';
}
