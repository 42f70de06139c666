using System.Text;
using ForkLint.Linux.Text;

namespace ForkLint.Linux;

/// <summary>Lines of the form <c>Key: 123 kB</c> or <c>Key: 123</c>: meminfo and smaps_rollup.</summary>
internal sealed class KilobyteFields
{
    private readonly Dictionary<string, long> _values = new(StringComparer.Ordinal);

    /// <summary>The value in bytes (a plain number where the line has no unit); null where the kernel has no such line.</summary>
    public long? this[string key] => _values.TryGetValue(key, out var value) ? value : null;

    public static Reading<KilobyteFields> Parse(ReadOnlySpan<byte> text)
    {
        var fields = new KilobyteFields();
        var number = 0;
        while (Utf8Text.NextLine(ref text, out var line))
        {
            number++;
            if (!Utf8Text.TrySplitKey(line, out var key, out var value))
            {
                return Reading<KilobyteFields>.Fail(ReadFailure.Malformed, $"line {number} is not understood: {Utf8Text.Excerpt(line)}");
            }

            // A value of another form belongs to a line that is not asked for, or counts as missing.
            if (Utf8Text.TryParseKilobytes(value, out var bytes) || Utf8Text.TryParseLong(value, out bytes))
            {
                fields._values[Encoding.UTF8.GetString(key)] = bytes;
            }
        }

        return Reading<KilobyteFields>.Ok(fields);
    }
}
