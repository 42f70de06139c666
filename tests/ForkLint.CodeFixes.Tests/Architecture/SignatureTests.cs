using ForkLint.CodeFixes;

namespace ForkLint.Architecture;

/// <summary>The calls of the fixes can be read.</summary>
public sealed class SignatureTests
{
    [Fact]
    public void No_method_has_more_than_five_parameters() => Assert.Empty(Signatures.TooLong(typeof(CollectBeforeSpawnCodeFixProvider).Assembly.GetTypes()));

    [Fact]
    public void No_method_has_several_parameters_that_are_true_or_false() => Assert.Empty(Signatures.WithSeveralBooleans(typeof(CollectBeforeSpawnCodeFixProvider).Assembly.GetTypes()));
}
