using System.Reflection;
using ForkLint.Analyzers.Rules;

namespace ForkLint.Architecture;

/// <summary>The folders of the rules form a tree, and their calls can be read.</summary>
public sealed class FolderTests
{
    private static readonly string Repository = typeof(FolderTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "Repository").Value!;

    [Fact]
    public void No_two_folders_use_each_other() => Assert.Empty(FolderTree.Circles(typeof(HeldAllocationAnalyzer).Assembly, Path.Combine(Repository, "analyzer", "ForkLint.Analyzers")));

    [Fact]
    public void No_method_has_more_than_five_parameters() => Assert.Empty(Signatures.TooLong(typeof(HeldAllocationAnalyzer).Assembly.GetTypes()));

    [Fact]
    public void No_method_has_several_parameters_that_are_true_or_false() => Assert.Empty(Signatures.WithSeveralBooleans(typeof(HeldAllocationAnalyzer).Assembly.GetTypes()));
}
