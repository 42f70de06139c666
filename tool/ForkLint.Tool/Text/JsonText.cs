using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ForkLint.Linux.Text;

namespace ForkLint.Tool.Text;

/// <summary>How the tool writes JSON for its users: indented, readable, and harmless where a terminal shows it.</summary>
internal static class JsonText
{
    private static readonly JsonWriterOptions WriterOptions = new() { Indented = true, Encoder = Encoder };

    /// <summary>For a serializer.</summary>
    public static JavaScriptEncoder Encoder => VisibleEncoder.Instance;

    /// <summary>A whole document as text. It ends in a line feed.</summary>
    /// <param name="write">Writes its one value.</param>
    public static string Document(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        WriteTo(stream, write);
        return Encoding.UTF8.GetString(stream.GetBuffer().AsSpan(0, (int)stream.Length));
    }

    /// <summary>Writes a whole document to a stream, which stays open. The document ends in a line feed.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="write">Writes its one value. It may flush in between.</param>
    public static void WriteTo(Stream stream, Action<Utf8JsonWriter> write)
    {
        using (var json = new Utf8JsonWriter(stream, WriterOptions))
        {
            write(json);
        }

        stream.WriteByte((byte)'\n');
    }

    /// <summary>
    /// Escapes what JSON demands and what is acted upon instead of shown. The documents are read by people and programs, never
    /// embedded in HTML: 'x' stays 'x' instead of \u0027x\u0027. The encoder of the framework that does the same leaves
    /// bidirectional controls and line separators as they are.
    /// </summary>
    private sealed class VisibleEncoder : JavaScriptEncoder
    {
        // \u0000 twice, for a pair of surrogates.
        private const int LongestEscape = 12;

        public static readonly VisibleEncoder Instance = new();

        private static readonly SearchValues<char> Plain = SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c).Where(c => c is not ('"' or '\\'))]);

        public override int MaxOutputCharactersPerInputCharacter => LongestEscape;

        public override unsafe int FindFirstCharacterToEncode(char* text, int textLength)
        {
            var rest = new ReadOnlySpan<char>(text, textLength);
            var index = 0;
            while (index < rest.Length)
            {
                var plain = rest[index..].IndexOfAnyExcept(Plain);
                if (plain < 0)
                {
                    return -1;
                }

                index += plain;
                if (Rune.DecodeFromUtf16(rest[index..], out var rune, out var length) != OperationStatus.Done || WillEncode(rune.Value))
                {
                    return index;
                }

                index += length;
            }

            return -1;
        }

        public override unsafe bool TryEncodeUnicodeScalar(int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten)
        {
            var rune = new Rune(unicodeScalar);
            var output = new Span<char>(buffer, bufferLength);
            if (!WillEncode(unicodeScalar))
            {
                return rune.TryEncodeToUtf16(output, out numberOfCharactersWritten);
            }

            Span<char> units = stackalloc char[2];
            var count = rune.EncodeToUtf16(units);
            numberOfCharactersWritten = 0;
            foreach (var unit in units[..count])
            {
                var isWritten = unicodeScalar switch
                {
                    '"' => "\\\"".TryCopyTo(output) ? 2 : 0,
                    '\\' => "\\\\".TryCopyTo(output) ? 2 : 0,
                    '\n' => "\\n".TryCopyTo(output) ? 2 : 0,
                    '\r' => "\\r".TryCopyTo(output) ? 2 : 0,
                    '\t' => "\\t".TryCopyTo(output) ? 2 : 0,
                    _ => output.TryWrite(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}", out var written) ? written : 0,
                };
                if (isWritten == 0)
                {
                    numberOfCharactersWritten = 0;
                    return false;
                }

                output = output[isWritten..];
                numberOfCharactersWritten += isWritten;
            }

            return true;
        }

        public override bool WillEncode(int unicodeScalar) =>
            unicodeScalar is '"' or '\\' || (unicodeScalar is < ' ' or > '~' && VisibleText.IsUnsafe(new Rune(unicodeScalar)));
    }
}
