using ForkLint.Tests.Shared;

namespace ForkLint.Linux.Tests;

public sealed class ByteSizeTests
{
    public static TheoryData<string, long> Sizes => SizeTable.Sizes;

    public static TheoryData<string?> Nonsense => SizeTable.Nonsense;

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Sizes_are_read(string text, long bytes)
    {
        Assert.True(ByteSize.TryParse(text, out var actual));
        Assert.Equal(bytes, actual);
    }

    [Theory]
    [MemberData(nameof(Nonsense))]
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

    [Theory]
    [InlineData(500_000_000, "500 MB")]
    [InlineData(512L << 20, "512 MiB")]
    [InlineData(1_500_000_000, "1.5 GB")]
    [InlineData(3L << 29, "1.5 GiB")]
    [InlineData(200, "200 B")]
    [InlineData(4096, "4 KiB")]
    [InlineData(0, "0 B")]
    public void A_size_that_was_given_is_written_in_its_unit(long bytes, string text) => Assert.Equal(text, ByteSize.FormatGiven(bytes));

    [Theory]
    [InlineData("512", false)]
    [InlineData(" 512 ", false)]
    [InlineData("1.5", false)]
    [InlineData("0", true)]
    [InlineData("512B", true)]
    [InlineData("512 MiB", true)]
    [InlineData("lots", false)]
    public void A_number_without_a_unit_is_no_size_to_those_who_ask_for_one(string text, bool isSize) => Assert.Equal(isSize, ByteSize.TryParseWithUnit(text, out _));

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
