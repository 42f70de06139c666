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
}
