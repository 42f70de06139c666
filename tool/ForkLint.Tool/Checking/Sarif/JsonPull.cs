using System.Buffers;
using System.Text.Json;

namespace ForkLint.Tool.Checking.Sarif;

/// <summary>
/// Reads JSON token by token from a stream, with a buffer that is as large as the longest single token.
/// <see cref="Utf8JsonReader"/> is a ref struct over a span: this class keeps its state from one buffer to the next.
/// </summary>
/// <param name="stream">The stream; it stays open.</param>
internal sealed class JsonPull(Stream stream) : IDisposable
{
    /// <summary>The longest single string or number that is accepted, in bytes.</summary>
    public const int MaximumTokenBytes = 64 << 20;

    private const int InitialBufferBytes = 1 << 16;
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 128 };

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(InitialBufferBytes);
    private int _start;
    private int _end;
    private int _valueStart;
    private int _valueLength;
    private bool _isEscaped;
    private bool _isFinal;
    private bool _isAtStart = true;
    private JsonReaderState _state = new(Options);

    /// <summary>What was read last.</summary>
    public JsonTokenType TokenType { get; private set; }

    /// <summary>How deep the last token lies.</summary>
    public int Depth { get; private set; }

    private ReadOnlySpan<byte> Value => _buffer.AsSpan(_valueStart, _valueLength);

    /// <summary>Reads the next token. False at the end of the document.</summary>
    /// <exception cref="JsonException">Not JSON, cut short, nested too deeply, or one value is too long.</exception>
    public bool Read()
    {
        while (true)
        {
            var reader = new Utf8JsonReader(_buffer.AsSpan(_start, _end - _start), _isFinal, _state);
            if (reader.Read())
            {
                TokenType = reader.TokenType;
                Depth = reader.CurrentDepth;
                _isEscaped = reader.ValueIsEscaped;
                // A string's span leaves its quotes out, its start index does not.
                var isQuoted = TokenType is JsonTokenType.String or JsonTokenType.PropertyName;
                _valueStart = _start + checked((int)reader.TokenStartIndex) + (isQuoted ? 1 : 0);
                _valueLength = reader.ValueSpan.Length;
                _start += checked((int)reader.BytesConsumed);
                _state = reader.CurrentState;
                return true;
            }

            // Whatever was consumed (white space) need not be looked at again.
            _start += checked((int)reader.BytesConsumed);
            _state = reader.CurrentState;
            if (_isFinal)
            {
                return false;
            }

            Refill();
        }
    }

    /// <summary>The text of the last token: a string without its escapes, a number, <c>true</c>, <c>false</c>, <c>null</c>.</summary>
    public string GetText() =>
        _isEscaped ? JsonEscapes.Decode(Value) : System.Text.Encoding.UTF8.GetString(Value);

    /// <summary>The text of the last token if it is a string; otherwise null, and what the token begins is skipped.</summary>
    public string? GetStringOrSkip()
    {
        if (TokenType == JsonTokenType.String)
        {
            return GetText();
        }

        Skip();
        return null;
    }

    /// <summary>The last token as a number; 0 when it is none that fits. What the token begins is skipped.</summary>
    public int GetNumberOrSkip()
    {
        if (TokenType == JsonTokenType.Number && System.Buffers.Text.Utf8Parser.TryParse(Value, out int number, out var used) && used == _valueLength)
        {
            return number;
        }

        Skip();
        return 0;
    }

    /// <summary>If the last token begins an object or an array, reads on to its end.</summary>
    public void Skip()
    {
        if (TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            var depth = Depth;
            while (Read() && Depth > depth)
            {
            }
        }
    }

    /// <summary>Moves to the next property of the object that is being read, and on to its value. False at the object's end.</summary>
    /// <param name="name">The property's name; a value of it must be consumed before the next call.</param>
    public bool NextProperty(out string name)
    {
        if (!Read() || TokenType != JsonTokenType.PropertyName)
        {
            name = "";
            return false;
        }

        name = Names.Intern(this, Value, _isEscaped);
        Read();
        return true;
    }

    /// <summary>Moves to the next element of the array that is being read. False at the array's end.</summary>
    public bool NextElement() => Read() && TokenType != JsonTokenType.EndArray;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }

    private void Refill()
    {
        var length = _end - _start;
        if (_start > 0)
        {
            _buffer.AsSpan(_start, length).CopyTo(_buffer);
        }
        else if (length == _buffer.Length)
        {
            if (length >= MaximumTokenBytes)
            {
                throw new JsonException($"A single value is longer than {MaximumTokenBytes >> 20} MiB.");
            }

            var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
            _buffer.AsSpan(0, length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        _start = 0;
        _end = length;
        var read = stream.Read(_buffer, _end, _buffer.Length - _end);
        _isFinal = read == 0;
        _end += read;

        // A byte order mark is not JSON, but editors and PowerShell write one.
        if (_isAtStart)
        {
            _isAtStart = false;
            while (_end < 3 && !_isFinal)
            {
                read = stream.Read(_buffer, _end, _buffer.Length - _end);
                _isFinal = read == 0;
                _end += read;
            }

            if (_buffer.AsSpan(0, _end).StartsWith("\uFEFF"u8))
            {
                _start = 3;
            }
        }
    }

    /// <summary>The names that occur again and again are made once.</summary>
    private static class Names
    {
        private static readonly (byte[] Utf8, string Text)[] Known = new[]
        {
            "ruleId", "ruleIndex", "level", "message", "text", "locations", "relatedLocations", "physicalLocation", "artifactLocation",
            "uri", "uriBaseId", "region", "startLine", "startColumn", "endLine", "endColumn", "properties", "suppressions", "kind",
            "justification", "partialFingerprints", "warningLevel", "customProperties", "id", "index", "rule", "targetFrameworks",
        }.Select(text => (System.Text.Encoding.UTF8.GetBytes(text), text)).ToArray();

        public static string Intern(JsonPull pull, ReadOnlySpan<byte> utf8, bool isEscaped)
        {
            if (!isEscaped)
            {
                foreach (var (bytes, text) in Known)
                {
                    if (utf8.SequenceEqual(bytes))
                    {
                        return text;
                    }
                }
            }

            return pull.GetText();
        }
    }
}
