namespace ForkLint.UsersChair;

/// <summary>The package as a user meets it: referenced by a project, in <c>dotnet build</c>.</summary>
[Collection(nameof(PackedPackage))]
public sealed class UsersChairTests(PackedPackage package)
{
    // Android's own targets come with a workload, which not every machine has: this sets what they would have set, as late as they can.
    private const string AsIfForAndroid =
        """
        <Project>
          <Target Name="AsIfForAndroid" BeforeTargets="GenerateMSBuildEditorConfigFileCore">
            <PropertyGroup>
              <TargetPlatformIdentifier>android</TargetPlatformIdentifier>
              <UseMonoRuntime>true</UseMonoRuntime>
            </PropertyGroup>
          </Target>
        </Project>
        """;

    [Fact]
    public async Task The_warnings_are_shown_by_dotnet_build_and_suppressions_obeyed()
    {
        var build = await SampleBuild.Copy(package).Build();

        Assert.Equal(["FORK004"], build.PrintedFor("Converter.cs"));
        Assert.Equal(["FORK001", "FORK007"], build.PrintedFor("Forking.cs"));
        Assert.Equal(["FORK005"], build.PrintedFor("Cache.cs"));
        Assert.Empty(build.PrintedFor("Suppressed.cs"));
        Assert.Empty(build.PrintedFor("Configured.cs"));
        Assert.Equal(4, build.Printed.Count);
        Assert.All(build.Printed, printed => Assert.Equal("warning", printed.Severity));
    }

    [Fact]
    public async Task The_log_carries_places_and_properties()
    {
        var build = await SampleBuild.Copy(package).Build();
        var forking = await File.ReadAllLinesAsync(Path.Combine(build.Folder, "Forking.cs"));

        var held = Assert.Single(build.Logged, logged => logged.Id == "FORK001");
        Assert.Equal("warning", held.Level);
        Assert.Equal("Forking.cs", held.File);
        Assert.Equal(LineOf(forking, "        Launch();"), held.Line);
        Assert.Equal(LineOf(forking, "new byte[100_000_000]"), held.AdditionalLines[0]);
        Assert.Equal("100000000", held.Property("bytes"));
        Assert.Equal("Duplicates", held.Property("spawnKind"), ignoreCase: true);
        Assert.Contains("Launch", held.Property("callPath")!, StringComparison.Ordinal);
        Assert.Contains("fork", held.Property("callPath")!, StringComparison.Ordinal);

        var beside = Assert.Single(build.Logged, logged => logged.File == "UnderAnotherName.cs");
        Assert.Equal(("FORK003", "note"), (beside.Id, beside.Level));
        Assert.Equal("200000000", beside.Property("bytes"));
        Assert.Equal("Shares", beside.Property("spawnKind"), ignoreCase: true);

        // What is suppressed in the source is logged as such; what the .editorconfig turns off is not there.
        Assert.Equal(2, build.Logged.Count(logged => logged.File == "Suppressed.cs" && logged.IsSuppressed));
        Assert.Empty(build.LoggedFor("Configured.cs"));
    }

    [Fact]
    public async Task Thresholds_of_the_editorconfig_are_obeyed()
    {
        var build = await SampleBuild.Copy(package).With(".editorconfig", """
            root = true
            [*.cs]
            forklint.fork_threshold = 100MB
            forklint.process_start_threshold = 1GB
            """).Build();

        Assert.Equal(["FORK001", "FORK007"], build.LoggedFor("Forking.cs"));
        Assert.Empty(build.LoggedFor("Converter.cs"));
        Assert.Empty(build.LoggedFor("Cache.cs"));
    }

    [Fact]
    public async Task Severities_of_a_globalconfig_are_obeyed()
    {
        var build = await SampleBuild.Copy(package).With(".globalconfig", """
            is_global = true
            dotnet_diagnostic.FORK003.severity = warning
            dotnet_diagnostic.FORK005.severity = none
            dotnet_diagnostic.FORK007.severity = suggestion
            """).Build();

        Assert.Equal(["FORK003"], build.PrintedFor("UnderAnotherName.cs"));
        Assert.Equal(["FORK001"], build.PrintedFor("Forking.cs"));
        Assert.Empty(build.LoggedFor("Cache.cs"));
    }

    /// <summary>Ready-made severities, which the project's own win over.</summary>
    [Fact]
    public async Task A_mode_sets_the_severities_of_all_rules()
    {
        var build = await SampleBuild.Copy(package).With(".globalconfig", "is_global = true\ndotnet_diagnostic.FORK001.severity = none\n").Build("ForkLintAnalysisMode=all");

        Assert.Equal(["FORK003"], build.PrintedFor("UnderAnotherName.cs"));
        Assert.Equal(["FORK004"], build.PrintedFor("Converter.cs"));
        Assert.Equal(["FORK007"], build.PrintedFor("Forking.cs"));
    }

    [Fact]
    public async Task A_severity_of_error_fails_the_build()
    {
        var sample = SampleBuild.Copy(package).With(".globalconfig", "is_global = true\ndotnet_diagnostic.FORK004.severity = error\n");
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => sample.Build());
        Assert.Contains("error FORK004", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>The properties of the project arrive, so that the platform decides (here seen by its effect).</summary>
    [Theory]
    [InlineData("", "FORK003")]
    [InlineData("RuntimeIdentifier=linux-musl-x64", "FORK001")]
    [InlineData("RuntimeIdentifier=osx-arm64", "FORK001")]
    [InlineData("RuntimeIdentifier=android-arm64", "FORK001")]
    [InlineData("RuntimeIdentifier=win-x64", "FORK003")]
    [InlineData("RuntimeIdentifiers=linux-x64;linux-musl-x64", "FORK001")]
    public async Task The_platform_decides_what_a_start_under_another_name_is(string property, string expected)
    {
        var build = await SampleBuild.Copy(package).Build(property.Length == 0 ? [] : [property]);

        Assert.Equal([expected], build.LoggedFor("UnderAnotherName.cs"));
    }

    [Fact]
    public async Task Every_property_the_rules_read_is_handed_to_the_compiler()
    {
        var sample = SampleBuild.Copy(package).With("Directory.Build.targets", AsIfForAndroid);
        var build = await sample.Build("RuntimeIdentifiers=linux-musl-x64;osx-x64");

        foreach (var line in new[]
        {
            "build_property.ForkLintRuntimeIdentifiers = linux-musl-x64,osx-x64",
            "build_property.RuntimeIdentifier = ",
            "build_property.TargetFramework = net10.0",
            "build_property.TargetFrameworkIdentifier = .NETCoreApp",
            "build_property.TargetFrameworkVersion = v10.0",
            "build_property.TargetPlatformIdentifier = android",
            "build_property.UseMonoRuntime = true",
        })
        {
            Assert.Contains(line, build.CompilerProperties, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Android_as_the_platform_duplicates()
    {
        var build = await SampleBuild.Copy(package).With("Directory.Build.targets", AsIfForAndroid).Build();

        Assert.Equal(["FORK001"], build.LoggedFor("UnderAnotherName.cs"));
    }

    [Fact]
    public async Task Additional_files_beside_the_project_are_read_by_themselves()
    {
        var build = await SampleBuild.Copy(package)
            .With("ForkLint.Measured.txt", "F:PackagedAnalyzer.Sizes._unknown; 209715200\n")
            .With("ForkLint.Spawns.Vendor.txt", "M:PackagedAnalyzer.Program.NotThere\n")
            .With("Sizes.cs", """
                namespace PackagedAnalyzer;

                internal static class Sizes
                {
                    private static byte[]? _unknown;

                    public static int Fill(string path)
                    {
                        _unknown = File.ReadAllBytes(path);
                        return _unknown.Length;
                    }
                }
                """)
            .Build();

        Assert.Equal(["FORK005"], build.PrintedFor("Sizes.cs"));
        Assert.Equal("209715200", Assert.Single(build.Logged, logged => logged.File == "Sizes.cs").Property("bytes"));
    }

    [Fact]
    public async Task An_option_that_cannot_be_read_is_reported()
    {
        var build = await SampleBuild.Copy(package).With(".editorconfig", "root = true\n[*.cs]\nforklint.fork_threshold = plenty\n").Build();

        Assert.Contains(build.Logged, logged => logged.Id == "FORK000");
    }

    private static int LineOf(string[] lines, string part) => Array.FindIndex(lines, line => line.Contains(part, StringComparison.Ordinal)) + 1;
}
