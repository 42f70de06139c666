namespace ForkLint.EndToEnd.Tests;

/// <summary>A release can be built again from its sources, by anybody and in any folder, to the same bytes.</summary>
public sealed class ReproducibleBuildTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("forklint-build-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Two_builds_in_two_folders_give_the_same_assemblies()
    {
        // Shipped as they are: the tool with all of its own assemblies, and the rules among them.
        string first = Build("one"), second = Build("another/place");

        string[] OwnAssemblies(string folder) =>
            [.. Directory.GetFiles(folder, "*.dll", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file)).Where(name => name.Contains("forklint", StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal)];
        var assemblies = OwnAssemblies(first);
        Assert.Equal(9, assemblies.Length);
        Assert.Equal(assemblies, OwnAssemblies(second));
        Assert.All(assemblies, assembly => Assert.True(
            File.ReadAllBytes(Path.Combine(first, assembly)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(second, assembly))), $"{assembly} differs"));
    }

    /// <summary>Builds the tool from a copy of the sources, as a release is built. Returns the folder of the result.</summary>
    private string Build(string name)
    {
        var copy = Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;

        // One commit of fixed time and author, so that the revision that is built in is the same one.
        Run("bash", "-ec", $"""
            cd '{Repository.Root}'
            git ls-files -z tool analyzer Directory.* ':(glob)*.targets' .editorconfig global.json nuget.config LICENSE THIRD-PARTY-NOTICES.md docs/icon.png | xargs -0 cp --parents -t '{copy}'
            cd '{copy}'
            mkdir -p artifacts/packages
            export GIT_AUTHOR_DATE='2026-01-01T00:00:00Z' GIT_COMMITTER_DATE='2026-01-01T00:00:00Z'
            git -c init.defaultBranch=main init -q && git add -A
            git -c user.name=test -c user.email=test@example.org commit -qm 'The sources'
            """);
        Run("dotnet", "build", Path.Combine(copy, "tool", "ForkLint.Tool"), "-c", "Release", "--nologo", "-v", "q", "-nodeReuse:false", "-p:ContinuousIntegrationBuild=true");
        return Path.Combine(copy, "tool", "ForkLint.Tool", "bin", "Release", "net8.0");
    }

    private static void Run(string program, params string[] arguments)
    {
        var result = Command.Run(program, arguments);
        Assert.True(result.ExitCode == 0, result.ToString());
    }
}
