using System.Reflection;
using ForkLint.Analyzers.Rules;

namespace ForkLint.Architecture;

/// <summary>The folders of the rules form a tree.</summary>
public sealed class FolderTests
{
    private static readonly string Repository = typeof(FolderTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "Repository").Value!;

    [Fact]
    public void No_two_folders_use_each_other() => Assert.Empty(FolderTree.Circles(typeof(HeldAllocationAnalyzer).Assembly, Path.Combine(Repository, "analyzer", "ForkLint.Analyzers")));
}
