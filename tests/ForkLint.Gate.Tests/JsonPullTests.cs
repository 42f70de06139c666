using System.Text;
using System.Text.Json;
using ForkLint.Tool.Checking.Sarif;

namespace ForkLint.Gate.Tests;

public sealed class JsonPullTests
{
    private const string Document = """
         { "plain": "text", "esc\u0061ped": "a\"b\\c\u00e9\n", "empty": "", "numbers": [0, -1, 1.5e3, 2147483648],
           "nested": { "deep": [[], {}, [true, false, null]] }, "ümläut": "žluťoučký 🐎" }
        """;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(1 << 16)]
    public void Tokens_are_the_same_wherever_the_stream_breaks(int chunkBytes)
    {
        var expected = new List<string>();
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(Document));
        while (reader.Read())
        {
            expected.Add($"{reader.CurrentDepth} {reader.TokenType} {(reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName ? reader.GetString() : Encoding.UTF8.GetString(reader.ValueSpan))}");
        }

        var actual = new List<string>();
        using var pull = new JsonPull(new ChunkedStream(Encoding.UTF8.GetBytes(Document), chunkBytes));
        while (pull.Read())
        {
            actual.Add($"{pull.Depth} {pull.TokenType} {pull.GetText()}");
        }

        Assert.Equal(expected, actual);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1 << 16)]
    public void A_byte_order_mark_is_passed_over(int chunkBytes)
    {
        using var pull = new JsonPull(new ChunkedStream([0xEF, 0xBB, 0xBF, .. "[1]"u8], chunkBytes));
        Assert.True(pull.Read());
        Assert.True(pull.NextElement());
        Assert.Equal(1, pull.GetNumberOrSkip());
    }

    [Fact]
    public void A_value_longer_than_the_buffer_is_read_whole()
    {
        var text = new string('x', 300_000) + "é";
        using var pull = new JsonPull(new ChunkedStream(Encoding.UTF8.GetBytes($"[\"{text}\"]"), 1000));
        pull.Read();
        pull.NextElement();
        Assert.Equal(text, pull.GetText());
    }

    [Fact]
    public void Skipping_leaves_the_reader_behind_the_value()
    {
        using var pull = new JsonPull(new ChunkedStream(Encoding.UTF8.GetBytes("""{"a":{"b":[1,{"c":2}]},"d":3}"""), 5));
        pull.Read();
        Assert.True(pull.NextProperty(out var first));
        pull.Skip();
        Assert.True(pull.NextProperty(out var second));
        Assert.Equal(("a", "d"), (first, second));
        Assert.Equal(3, pull.GetNumberOrSkip());
        Assert.False(pull.NextProperty(out _));
    }

    [Fact]
    public void A_document_that_is_cut_short_is_an_error_at_every_length()
    {
        var bytes = Encoding.UTF8.GetBytes(Document.Trim());
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.ThrowsAny<JsonException>(() =>
            {
                using var pull = new JsonPull(new ChunkedStream(bytes[..length], 16));
                while (pull.Read())
                {
                }
            });
        }
    }

    /// <summary>A stream that gives a few bytes at a time, as a pipe does.</summary>
    private sealed class ChunkedStream(byte[] bytes, int chunkBytes) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, chunkBytes));
    }
}
