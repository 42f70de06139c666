using System.Globalization;
using System.Text;

namespace ForkLint.Tool.Checking.Sarif;

/// <summary>
/// The text of a JSON string with escapes. The framework's reader throws for half a pair of surrogates, which is JSON all the same
/// (RFC 8259, §8.2): here it becomes U+FFFD, as it does wherever UTF-16 is written as UTF-8.
/// </summary>
internal static class JsonEscapes
{
    /// <summary>Decodes what stands between the quotes.</summary>
    /// <param name="value">UTF-8 that a JSON reader has accepted.</param>
    public static string Decode(ReadOnlySpan<byte> value)
    {
        var source = Encoding.UTF8.GetString(value);
        var text = new StringBuilder(source.Length);
        for (var index = 0; index < source.Length; index++)
        {
            if (source[index] != '\\' || index + 1 == source.Length)
            {
                text.Append(source[index]);
                continue;
            }

            index++;
            if (source[index] == 'u' && index + 4 < source.Length
                && ushort.TryParse(source.AsSpan(index + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit))
            {
                text.Append((char)unit);
                index += 4;
                continue;
            }

            text.Append(source[index] switch { 'n' => '\n', 'r' => '\r', 't' => '\t', 'b' => '\b', 'f' => '\f', var other => other });
        }

        return string.Concat(text.ToString().EnumerateRunes());
    }
}
