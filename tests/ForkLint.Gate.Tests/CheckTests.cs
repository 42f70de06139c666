using System.Text.Json;
using ForkLint.Tool.Checking;
using ForkLint.Tool.Checking.Building;
using ForkLint.Tool.Checking.Sarif;
using ForkLint.Tool.Findings;

namespace ForkLint.Gate.Tests;

public sealed class CheckTests : IDisposable
{
    private const string AsErrors = "<TreatWarningsAsErrors>true</TreatWarningsAsErrors><MSBuildTreatWarningsAsErrors>true</MSBuildTreatWarningsAsErrors>";

    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    private static (string Path, string Frameworks)[] Unreadable(CliResult result)
    {
        using var document = JsonDocument.Parse(result.Output);
        return
        [
            .. document.RootElement.GetProperty("findings").EnumerateArray()
                .Where(finding => finding.GetProperty("rule").GetString() == "FORK000")
                .Select(finding => (
                    $"{finding.GetProperty("path").GetString()}:{finding.GetProperty("line").GetInt32()}",
                    string.Join(' ', finding.GetProperty("targetFrameworks").EnumerateArray().Select(framework => framework.GetString()).Order()))),
        ];
    }

    [Fact]
    public void A_solution_that_is_up_to_date_is_checked_and_left_as_it_is()
    {
        // All at once, because each build costs seconds: several frameworks, a reference, central versions, files of the
        // user's own around every project, warnings as errors, findings raised to errors, steps after the build.
        _workspace
            .Write("Directory.Build.props", $"<Project><PropertyGroup>{AsErrors}<Marker>seen</Marker></PropertyGroup></Project>")
            .Write("Directory.Build.targets", "<Project><Target Name=\"NeedsMarker\" BeforeTargets=\"CoreCompile\"><Error Condition=\"'$(Marker)' != 'seen'\" Text=\"the user's props were lost\" /></Target></Project>")
            .Write("Directory.Packages.props", "<Project><PropertyGroup><ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally></PropertyGroup><ItemGroup><PackageVersion Include=\"YamlDotNet\" Version=\"16.3.0\" /></ItemGroup></Project>")
            .Write(".editorconfig", "root = true\n[*]\ndotnet_diagnostic.FORK000.severity = error\n")
            .Write(".globalconfig", "is_global = true\ndotnet_diagnostic.FORK000.severity = error\n")
            .Project("Lib", "<TargetFrameworks>net10.0;netstandard2.0</TargetFrameworks><GeneratePackageOnBuild>true</GeneratePackageOnBuild>")
            .Project("App", "<TargetFramework>net10.0</TargetFramework><PostBuildEvent>echo built >> $(MSBuildProjectDirectory)/post-build.log</PostBuildEvent>", "<ProjectReference Include=\"../Lib/Lib.csproj\" /><PackageReference Include=\"YamlDotNet\" />")
            .Write("App/Use.cs", "class Use { int A = Lib.ShellLib.Run() + typeof(YamlDotNet.Serialization.Serializer).Name.Length; int Get() => A; }")
            .Write("All.slnx", "<Solution><Project Path=\"Lib/Lib.csproj\" /><Project Path=\"App/App.csproj\" /></Solution>");
        var build = _workspace.DotNet("build", "All.slnx", "-v:q", "-nologo", "-nodeReuse:false");
        Assert.True(build.ExitCode == 0, build.Output);
        var before = _workspace.Snapshot();

        var check = _workspace.Check("All.slnx", "--format", "json");

        Assert.True(check.ExitCode == 0, check.Error);
        Assert.Equal([("App/ForkLint.Spawns.txt:2", "net10.0"), ("Lib/ForkLint.Spawns.txt:2", "net10.0 netstandard2.0")], Unreadable(check));
        Assert.Equal(before, _workspace.Snapshot());
        Assert.Empty(new Tool.Tests.SchemaValidator(File.ReadAllText(Repository.PathOf("docs/check.schema.json")), refuseUndescribed: true).Validate(check.Output));
    }

    [Fact]
    public void A_file_based_app_and_a_project_of_projects_are_checked_and_left_as_they_are()
    {
        const string Spawns = "using System.Runtime.InteropServices;\nP.fork();\nstatic class P { [DllImport(\"libc\")] public static extern int fork(); }\n";
        _workspace.Write("Run.cs", "#:property TargetFramework=net10.0\n#:property PublishAot=false\n" + Spawns)
            .Project("App", "<TargetFramework>net10.0</TargetFramework>").Write("App/Use.cs", "class Use { }")
            .Write("dirs.proj", "<Project><ItemGroup><ProjectFile Include=\"App/App.csproj\" /></ItemGroup><Target Name=\"Build\"><MSBuild Projects=\"@(ProjectFile)\" /></Target><Target Name=\"Restore\"><MSBuild Projects=\"@(ProjectFile)\" Targets=\"Restore\" /></Target></Project>");
        var before = _workspace.Snapshot();

        var app = _workspace.Check("Run.cs", "--rule", "FORK007", "--severity", "warning");
        Assert.True(app.ExitCode == 0, app.Error);
        Assert.Contains("Run.cs:4:1: warning FORK007: ", app.Output, StringComparison.Ordinal);
        Assert.EndsWith("Run (net10.0): 1 warning\n", app.Output, StringComparison.Ordinal);

        var all = _workspace.Check("dirs.proj", "--format", "json");
        Assert.True(all.ExitCode == 0, all.Error);
        Assert.Equal([("App/ForkLint.Spawns.txt:2", "net10.0")], Unreadable(all));
        Assert.Equal(before, _workspace.Snapshot());
    }

    [Fact]
    public void A_project_that_was_never_restored_leaves_no_trace()
    {
        _workspace
            .Write("Directory.Build.props", "<Project><PropertyGroup><UseArtifactsOutput>true</UseArtifactsOutput><ArtifactsPath>$(MSBuildThisFileDirectory)artifacts</ArtifactsPath></PropertyGroup></Project>")
            .Project("App", "<TargetFramework>net10.0</TargetFramework><RestorePackagesWithLockFile>true</RestorePackagesWithLockFile><RunAnalyzers>false</RunAnalyzers><DocumentationFile>App.xml</DocumentationFile><EmitCompilerGeneratedFiles>true</EmitCompilerGeneratedFiles><CompilerGeneratedFilesOutputPath>Generated</CompilerGeneratedFilesOutputPath><ErrorLog>mine.sarif</ErrorLog>");
        var before = _workspace.Snapshot();

        var check = _workspace.Check("App", "--format", "json", "--fail-on", "warning");

        Assert.True(check.ExitCode == 2, check.Error);
        Assert.Equal([("App/ForkLint.Spawns.txt:2", "net10.0")], Unreadable(check));
        Assert.Equal(before, _workspace.Snapshot());
        Assert.Equal(["App"], Directory.GetDirectories(_workspace.Path).Select(Path.GetFileName).Where(name => name != ".git"));
    }

    [Fact]
    public void A_list_of_locked_versions_stays_as_it_is_and_a_path_may_hold_brackets()
    {
        // One list is not there yet, one is there and would be written again, because it names what nobody refers to.
        const string gone = "{\n  \"version\": 1,\n  \"dependencies\": {\n    \"net10.0\": {},\n    \".NETStandard,Version=v2.0\": { \"Gone\": { \"type\": \"Direct\", \"requested\": \"[1.0.0, )\", \"resolved\": \"1.0.0\" } }\n  }\n}";
        _workspace
            .Write(".editorconfig", "root = true\n[*]\ndotnet_diagnostic.FORK000.severity = error\n")
            .Project("app [1]", $"<TargetFrameworks>net10.0;netstandard2.0</TargetFrameworks><RootNamespace>App</RootNamespace><RestorePackagesWithLockFile>true</RestorePackagesWithLockFile>{AsErrors}")
            .Write("app [1]/app [1].cs", "class Empty { }")
            .Project("Lib", "<TargetFrameworks>net10.0;netstandard2.0</TargetFrameworks><RestorePackagesWithLockFile>true</RestorePackagesWithLockFile>")
            .Write("Lib/packages.lock.json", gone)
            .Write("All.slnx", "<Solution><Project Path=\"app [1]/app [1].csproj\" /><Project Path=\"Lib/Lib.csproj\" /></Solution>");
        var before = _workspace.Snapshot();

        var check = _workspace.Check("All.slnx", "--format", "json");

        Assert.True(check.ExitCode == 0, check.Error);
        Assert.Equal([("Lib/ForkLint.Spawns.txt:2", "net10.0 netstandard2.0"), ("app [1]/ForkLint.Spawns.txt:2", "net10.0 netstandard2.0")], Unreadable(check));
        Assert.Equal(before, _workspace.Snapshot());
    }

    [Fact]
    public void A_project_that_has_the_package_gives_the_same_findings_as_its_own_build()
    {
        // What a package reference comes down to: the analyzer, its fixes and its props in the project.
        var package = _workspace["package"];
        Directory.CreateDirectory(package);
        foreach (var name in new[] { "ForkLint.Analyzers.dll", "ForkLint.Analyzers.props", "ForkLint.Allocations.WellKnown.txt" })
        {
            File.Copy(Path.Combine(BuildRunner.InjectionFolder, name), Path.Combine(package, name));
        }

        _workspace.Project("App", "<TargetFrameworks>net10.0;netstandard2.0</TargetFrameworks><TreatWarningsAsErrors>true</TreatWarningsAsErrors><WarningsNotAsErrors>FORK001</WarningsNotAsErrors><ErrorLog>$(MSBuildProjectDirectory)/$(TargetFramework).sarif,version=2.1</ErrorLog>", $"<Analyzer Include=\"{package}/ForkLint.Analyzers.dll\" />")
            .Write("App/Directory.Build.props", $"<Project><Import Project=\"{package}/ForkLint.Analyzers.props\" /></Project>")
            .Write("App/Spawner.cs", "using System.Runtime.InteropServices;\nstatic class Spawner { [DllImport(\"libc\")] static extern int fork(); public static int Go() { var buffer = new byte[300000000]; fork(); return buffer.Length; } }");

        // Its own build fails, because it makes errors of most of the findings, and writes its logs all the same.
        var build = _workspace.DotNet("build", "App/App.csproj", "-v:q", "-nologo", "-nodeReuse:false");
        Assert.True(build.ExitCode == 1, build.Output);
        var root = new SourceRoot(_workspace.Path);
        var expected = new[] { "net10.0", "netstandard2.0" }.SelectMany(framework => SarifReader.Read(_workspace[$"App/{framework}.sarif"], root).Findings);

        var check = _workspace.Check("App/App.csproj", "--format", "sarif", "--output", "check.sarif", "--fail-on", "error");

        Assert.True(check.ExitCode == 2, check.Error);
        var actual = SarifReader.Read(_workspace["check.sarif"], root);
        Assert.Equal(Fingerprints.Assign(expected).Select(Essence), Fingerprints.Assign(actual.Findings).Select(Essence));
        Assert.All(actual.Findings, finding => Assert.Equal(["net10.0", "netstandard2.0"], finding.TargetFrameworks.Order(StringComparer.Ordinal)));
        Assert.Contains("FORK000", actual.Rules.Keys);
        Assert.Equal([FindingLevel.Warning, FindingLevel.Error], actual.Findings.Select(finding => finding.Level).Distinct().Order());
    }

    [Fact]
    public void A_build_that_fails_is_reported_with_its_errors()
    {
        _workspace.Project("App", "<TargetFramework>net10.0</TargetFramework>").Write("App/Broken.cs", "class Broken { int Number = \"text\"; }");
        var check = _workspace.Check("App");

        Assert.Equal((8, ""), (check.ExitCode, check.Output));
        Assert.Contains("Broken.cs(1,29): error CS0029", check.ErrorLines[0], StringComparison.Ordinal);
        Assert.Equal("forklint: App could not be built; see what 'dotnet build' says", check.ErrorLines[^1]);
        Assert.Equal(2, check.ErrorLines.Length);
    }

    [Fact]
    public void A_framework_without_a_result_is_an_error()
    {
        _workspace
            .Project("App", "<TargetFrameworks>net10.0;netstandard2.0</TargetFrameworks>")
            .Write("Directory.Build.targets", "<Project><Import Project=\"NoBuild.targets\" Condition=\"'$(TargetFramework)' == 'netstandard2.0'\" /></Project>")
            .Write("NoBuild.targets", "<Project><Target Name=\"Build\" /></Project>");
        var check = _workspace.Check("App");

        Assert.Equal((8, ""), (check.ExitCode, check.Output));
        Assert.Contains("App (netstandard2.0) has no result", Assert.Single(check.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_checked_is_one_line_and_exit_code_1()
    {
        _workspace.Write("a.txt", "").Write("empty.slnx", "<Solution />").Write("broken.slnx", "<Solution").Write("two/a.csproj", "").Write("two/b.csproj", "");
        foreach (var (arguments, expected) in new (string[], string)[]
        {
            (["nowhere"], "the project or solution nowhere does not exist"),
            (["a.txt"], "is not a C# project or a solution"),
            (["empty.slnx"], "holds no C# project"),
            (["broken.slnx"], "is not a valid solution"),
            (["two"], "contains several projects and solutions"),
            (["two/a.csproj", "--measured", "missing.txt"], "the file missing.txt does not exist"),
            (["two/a.csproj", "--format", "xml"], "'xml' is not"),
        })
        {
            var check = _workspace.Check(arguments);
            Assert.Equal((1, ""), (check.ExitCode, check.Output));
            Assert.Contains(expected, Assert.Single(check.ErrorLines), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_interruption_ends_the_build_and_leaves_nothing()
    {
        _workspace.Project("App", "<TargetFramework>net10.0</TargetFramework>").Write("temporary/keep", "");
        using var watcher = new FileSystemWatcher(_workspace["temporary"]) { IncludeSubdirectories = true };
        using var building = new SemaphoreSlim(0);
        watcher.Created += (_, created) =>
        {
            // Something below the folder of this check: the build has begun.
            if (created.Name!.Contains("/projects/", StringComparison.Ordinal))
            {
                building.Release();
            }
        };
        watcher.EnableRaisingEvents = true;
        using var process = Cli.Start(_workspace.Path, new Dictionary<string, string?> { ["TMPDIR"] = _workspace["temporary"] }, "dotnet", ["exec", Cli.ToolPath, "check", "App"]);
        Assert.True(building.Wait(TimeSpan.FromMinutes(5)));

        Assert.Equal(0, Cli.Run(_workspace.Path, null, "kill", ["-INT", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]).ExitCode);
        process.WaitForExit();

        Assert.Equal(130, process.ExitCode);
        Assert.Empty(Directory.GetDirectories(_workspace["temporary"], "forklint-check-*"));
        Assert.Equal(["App.cs", "App.csproj", "ForkLint.Spawns.txt"], Directory.GetFileSystemEntries(_workspace["App"]).Select(Path.GetFileName).Order());
    }

    private static (string, FindingLevel, string?, string) Essence(Finding finding) => (finding.RuleId, finding.Level, finding.Location?.ToString(), finding.Message);
}
