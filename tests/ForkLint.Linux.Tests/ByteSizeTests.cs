namespace ForkLint.Linux.Tests;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("4096", 4096)]
    [InlineData("1B", 1)]
    [InlineData("1KB", 1000)]
    [InlineData("1KiB", 1024)]
    [InlineData("25MiB", 25L << 20)]
    [InlineData("25 mb", 25_000_000)]
    [InlineData("1.5GiB", 3L << 29)]
    [InlineData(" 2Gi ", 2L << 30)]
    [InlineData("0.5KB", 500)]
    [InlineData("1.9GB", 1_900_000_000)]
    [InlineData("3TiB", 3L << 40)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void Sizes_are_read(string text, long bytes)
    {
        Assert.True(ByteSize.TryParse(text, out var actual));
        Assert.Equal(bytes, actual);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("MiB")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1M")]
    [InlineData("1G")]
    [InlineData("1.")]
    [InlineData(".5GiB")]
    [InlineData("1.2.3")]
    [InlineData("1,5GiB")]
    [InlineData("1e3")]
    [InlineData("0x10")]
    [InlineData("1 Mi B")]
    [InlineData("٣MiB")]
    [InlineData("9223372036854775808")]
    [InlineData("9000000TiB")]
    [InlineData("99999999999999999999999999999999999999999")]
    public void Nonsense_is_refused(string? text)
    {
        Assert.False(ByteSize.TryParse(text, out var bytes));
        Assert.Equal(0, bytes);
    }

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1024, "1 KiB")]
    [InlineData(40960, "40 KiB")]
    [InlineData(1536L << 20, "1.5 GiB")]
    [InlineData((1L << 20) - 1, "1 MiB")]
    [InlineData(-3L << 20, "-3 MiB")]
    [InlineData(100269L << 10, "97.9 MiB")]
    [InlineData(long.MaxValue, "8 EiB")]
    [InlineData(long.MinValue, "-8 EiB")]
    public void Sizes_are_written_for_people(long bytes, string text) => Assert.Equal(text, ByteSize.Format(bytes));

    [Fact]
    public void What_is_written_can_be_read()
    {
        for (var bytes = 1L; bytes < 1L << 42; bytes *= 2)
        {
            Assert.True(ByteSize.TryParse(ByteSize.Format(bytes), out var read));
            Assert.Equal(bytes, read);
        }
    }
}
