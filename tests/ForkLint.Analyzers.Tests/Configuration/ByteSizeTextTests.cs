namespace ForkLint.Analyzers.Configuration;

/// <summary>Sizes as people write and read them.</summary>
public class ByteSizeTextTests
{
    [Theory]
    [InlineData("1048576", 1048576)]
    [InlineData("1 MiB", 1048576)]
    [InlineData("1MiB", 1048576)]
    [InlineData(" 1 mib ", 1048576)]
    [InlineData("1.5 MiB", 1572864)]
    [InlineData("500KB", 500_000)]
    [InlineData("500 KiB", 512_000)]
    [InlineData("16 MB", 16_000_000)]
    [InlineData("2GB", 2_000_000_000)]
    [InlineData("2 GiB", 2_147_483_648)]
    [InlineData("1TB", 1_000_000_000_000)]
    [InlineData("1 TiB", 1_099_511_627_776)]
    [InlineData("100 B", 100)]
    [InlineData("0", 0)]
    public void Powers_of_1000_and_of_1024_are_told_apart(string text, long expected)
    {
        Assert.True(ByteSizeText.TryParse(text, out var bytes));
        Assert.Equal(expected, bytes);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("MiB")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1e6")]
    [InlineData("1,000")]
    [InlineData("0x10")]
    [InlineData("1 PB")]
    [InlineData("1 M")]
    [InlineData("1 MiB MiB")]
    [InlineData("9223372036854775808")]
    [InlineData("9999999999 TB")]
    public void What_is_no_size_is_refused(string? text) => Assert.False(ByteSizeText.TryParse(text, out _));

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1_048_576, "1 MiB")]
    [InlineData(209_715_200, "200 MiB")]
    [InlineData(200_000_000, "200 MB")]
    [InlineData(1_500_000, "1.5 MB")]
    [InlineData(3_000_000_000, "3 GB")]
    [InlineData(2_147_483_648, "2 GiB")]
    [InlineData(2_048, "2 KiB")]
    public void A_message_says_it_in_the_unit_it_was_written_in(long bytes, string expected) => Assert.Equal(expected, ByteSizeText.Format(bytes));
}
