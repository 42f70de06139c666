namespace ForkLint.UsersChair;

/// <summary>Which of the two images of the rules a build uses, and that both say the same.</summary>
[Collection(nameof(PackedPackage))]
public sealed class PrecompiledRulesTests(PackedPackage package)
{
    // What the compiler was given, as its task says it.
    private const string WritesCommandLine =
        """
        <Project>
          <PropertyGroup>
            <ProvideCommandLineArgs>true</ProvideCommandLineArgs>
          </PropertyGroup>
          <Target Name="WriteCommandLine" AfterTargets="CoreCompile">
            <WriteLinesToFile File="obj/compiler.txt" Lines="@(CscCommandLineArgs)" Overwrite="true" />
          </Target>
        </Project>
        """;

    [Fact]
    public async Task A_build_on_x64_Linux_uses_the_precompiled_rules_and_says_what_it_says_without_them()
    {
        var fast = await SampleBuild.Copy(package).With("Directory.Build.targets", WritesCommandLine).Build();
        var plain = await SampleBuild.Copy(package).With("Directory.Build.targets", WritesCommandLine).Build("UsePrecompiledForkLint=false");

        Assert.Equal(PackageContentTests.IsPrecompiled ? "tools/precompiled/linux-x64" : "analyzers/dotnet/cs", FolderOfRules(fast));
        Assert.Equal("analyzers/dotnet/cs", FolderOfRules(plain));
        Assert.NotEmpty(plain.Logged);

        // The compiler's threads decide what comes first.
        Assert.Equal(plain.Printed.Select(printed => printed.ToString()).Order(StringComparer.Ordinal), fast.Printed.Select(printed => printed.ToString()).Order(StringComparer.Ordinal));
        Assert.Equal(plain.Logged.Select(AsText).Order(StringComparer.Ordinal), fast.Logged.Select(AsText).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_editor_gets_the_rules_as_they_are()
    {
        var build = await SampleBuild.Copy(package).With("Directory.Build.targets", WritesCommandLine).Build("DesignTimeBuild=true");

        Assert.Equal("analyzers/dotnet/cs", FolderOfRules(build));
    }

    /// <summary>The folder of the package from which the compiler takes the rules. The fixes always come with them, from where NuGet finds them.</summary>
    private static string FolderOfRules(SampleBuild build)
    {
        var given = File.ReadAllLines(Path.Combine(build.Folder, "obj", "compiler.txt"))
            .Where(line => line.StartsWith("/analyzer:", StringComparison.Ordinal))
            .Select(line => Path.GetFullPath(line["/analyzer:".Length..].Trim('"')))
            .ToList();
        Assert.Single(given, path => Path.GetFileName(path) == "ForkLint.CodeFixes.dll");
        var rules = Assert.Single(given, path => Path.GetFileName(path) == "ForkLint.Analyzers.dll");
        return Path.GetRelativePath(build.PackageFolder, Path.GetDirectoryName(rules)!).Replace('\\', '/');
    }

    private static string AsText(Logged logged) => $"{logged.Id} {logged.Level} {logged.File} {logged.Line} {string.Join(',', logged.AdditionalLines)} {logged.Json.GetProperty("message")}";
}
