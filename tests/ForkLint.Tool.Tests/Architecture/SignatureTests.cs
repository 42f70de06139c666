using System.Reflection;

namespace ForkLint.Architecture;

/// <summary>Calls can be read: few parameters, no row of true and false, and each native function in one place.</summary>
public sealed class SignatureTests
{
    /// <summary>It is a program of its own: the demo compiles it, and shows its source.</summary>
    private const string DemoProgram = "DemoProgram";

    public static TheoryData<string> Assemblies => [.. FolderTests.Assemblies.Keys, .. AgentFiles];

    private static IEnumerable<string> AgentFiles => Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "agent"), "*.dll").Select(static path => Path.GetFileName(path));

    [Fact]
    public void The_agent_is_looked_at() => Assert.Contains("ForkLint.Agent.dll", AgentFiles);

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void No_method_has_more_than_five_parameters(string name) => AssertNone(Signatures.TooLong(TypesOf(name)));

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void No_method_has_several_parameters_that_are_true_or_false(string name) => AssertNone(Signatures.WithSeveralBooleans(TypesOf(name)));

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Native_functions_are_declared_once_and_in_one_place(string name)
    {
        AssertNone(Signatures.ImportedTwice(TypesOf(name)));
        var places = Signatures.ImportingTypes(TypesOf(name).Where(static type => type.Name != DemoProgram));
        Assert.True(places.Count <= 1, string.Join(", ", places));
    }

    private static Type[] TypesOf(string name) =>
        (FolderTests.Assemblies.TryGetValue(name, out var assembly) ? assembly : Assembly.LoadFrom(Path.Combine(AppContext.BaseDirectory, "agent", name))).GetTypes();

    private static void AssertNone(List<string> found) => Assert.True(found.Count == 0, string.Join(", ", found));
}
