using System.Reflection;
using ForkLint.Dumps;
using ForkLint.Heap;
using ForkLint.Linux;
using ForkLint.Spawns;
using ForkLint.Tool.Tests;
using ForkLint.TrialFork;

namespace ForkLint.Architecture;

/// <summary>Arrows point one way: between the projects of the tool, and between the folders of each.</summary>
public sealed class FolderTests
{
    public static TheoryData<string> Projects => [.. Assemblies.Keys];

    internal static readonly Dictionary<string, Assembly> Assemblies = new[]
    {
        typeof(ByteSize).Assembly, typeof(Measurer).Assembly, typeof(HeapSnapshot).Assembly, typeof(SpawnKind).Assembly, typeof(CoreDump).Assembly, typeof(ForkLint.Tool.Application).Assembly,
    }.ToDictionary(assembly => assembly.GetName().Name is "dotnet-forklint" ? "ForkLint.Tool" : assembly.GetName().Name!, StringComparer.Ordinal);

    internal static string Folder(string project) => Path.Combine(Repository.Root, "tool", project);

    [Theory]
    [MemberData(nameof(Projects))]
    public void No_two_folders_use_each_other(string project)
    {
        var circles = FolderTree.Circles(Assemblies[project], Folder(project));
        Assert.True(circles.Count == 0, $"{project}: {string.Join(", ", circles)}");
    }

    [Fact]
    public void The_house_has_the_arrows_that_its_page_draws()
    {
        static string[] Uses(Type type) => [.. type.Assembly.GetReferencedAssemblies().Select(name => name.Name!).Where(name => name.StartsWith("ForkLint.", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        Assert.Empty(Uses(typeof(ByteSize)));
        Assert.Equal(["ForkLint.Linux"], Uses(typeof(Measurer)));
        Assert.Equal(["ForkLint.Linux"], Uses(typeof(HeapSnapshot)));
        Assert.Equal(["ForkLint.Linux"], Uses(typeof(SpawnKind)));
        Assert.Equal(["ForkLint.Linux"], Uses(typeof(CoreDump)));
    }
}
