using ForkLint.Heap.GcDump;

namespace ForkLint.Heap.Tests;

/// <summary>The parts of a gcdump's stream, against the bytes that its readers take apart.</summary>
public sealed class SerializedStreamTests
{
    /// <summary>The sign is the seventh bit of the first byte: 63 takes one byte, 64 two.</summary>
    [Theory]
    [InlineData(0, "00")]
    [InlineData(63, "3F")]
    [InlineData(64, "8040")]
    [InlineData(-1, "7F")]
    [InlineData(-64, "40")]
    [InlineData(-65, "FF3F")]
    [InlineData(8191, "BF7F")]
    [InlineData(8192, "80C000")]
    [InlineData(1 << 27, "80C0808000")]
    [InlineData(int.MaxValue, "87FFFFFF7F")]
    [InlineData(int.MinValue, "F880808000")]
    public void A_number_takes_as_few_bytes_as_hold_it(int value, string bytes)
    {
        Assert.Equal(bytes, Bytes(stream => stream.WriteCompressed(value))[..bytes.Length]);
        Assert.Equal(bytes.Length / 2, SerializedStream.CompressedBytes(value));
        Assert.Equal(value, Read(Convert.FromHexString(bytes)));
    }

    [Theory]
    [InlineData(null, "FFFFFFFF")]
    [InlineData("", "00000000")]
    [InlineData("ab", "020000006162")]
    [InlineData("é", "01000000C3A9")]
    [InlineData("€", "01000000E282AC")]
    [InlineData("😀", "02000000EDA0BDEDB880")]
    public void A_text_is_counted_in_its_units_and_written_in_UTF8(string? text, string bytes) => Assert.Equal(bytes, Bytes(stream => stream.Write(text))[..bytes.Length]);

    /// <summary>The end of all objects, no promised places, where that table is, and where that is said.</summary>
    [Fact]
    public void A_stream_ends_with_the_place_of_its_table() => Assert.Equal("06" + "00000000" + "01000000" + "05000000", Bytes(static _ => { }));

    [Fact]
    public void A_type_is_described_once_and_then_referred_to() => Assert.StartsWith(
        "04" + "0401" + "01000000" + "00000000" + "0100000041" + "06" + "06" + "04" + "0201000000" + "06",
        Bytes(static stream =>
        {
            stream.BeginObject("A", 1, 0);
            stream.EndObject();
            stream.BeginObject("A", 1, 0);
            stream.EndObject();
        }),
        StringComparison.Ordinal);

    private static string Bytes(Action<SerializedStream> write)
    {
        using MemoryStream output = new();
        SerializedStream stream = new(output);
        write(stream);
        stream.Complete();
        return Convert.ToHexString(output.ToArray());
    }

    // As the readers do it: the first byte's seventh bit is the sign.
    private static int Read(byte[] bytes)
    {
        int value = bytes[0] << 25 >> 25;
        for (int index = 0; (bytes[index] & 0x80) != 0; index++)
        {
            value = (value << 7) | (bytes[index + 1] & 0x7F);
        }

        return value;
    }
}
