using ForkLint.Tests.Shared;

namespace ForkLint.Analyzers.Configuration;

/// <summary>Sizes as people write and read them.</summary>
public class ByteSizeTextTests
{
    public static TheoryData<string, long> Sizes => SizeTable.Sizes;

    public static TheoryData<string?> Nonsense => SizeTable.Nonsense;

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Powers_of_1000_and_of_1024_are_told_apart(string text, long expected)
    {
        Assert.True(ByteSizeText.TryParse(text, out var bytes));
        Assert.Equal(expected, bytes);
    }

    [Theory]
    [MemberData(nameof(Nonsense))]
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
