using System.Text.Json;

namespace ForkLint.WholeLoop;

/// <summary>Every sample, checked without the package, gives what the package gives in its build.</summary>
public sealed class SweepTests : IDisposable
{
    /// <summary>All but the one that is about the package itself, and has it.</summary>
    private static readonly string[] Samples =
    [
        .. Directory.GetFiles(UsersTree.SamplesFolder, "*.csproj", SearchOption.AllDirectories).Select(Path.GetFileNameWithoutExtension).OfType<string>().Where(sample => sample != "PackagedAnalyzer"),
    ];

    // The pty host for two target frameworks; in the service every warning is an error, unless the findings are to be seen as warnings.
    private readonly UsersTree _tree = new(
        """
        <PropertyGroup Condition="'$(MSBuildProjectName)' == 'PtyHost'">
          <TargetFramework />
          <TargetFrameworks>net10.0;net8.0</TargetFrameworks>
          <UseAppHost>false</UseAppHost>
        </PropertyGroup>
        <PropertyGroup Condition="'$(MSBuildProjectName)' == 'FrameBufferService' and '$(WithPackage)' != 'true'">
          <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
        </PropertyGroup>
        <PropertyGroup Condition="'$(WithPackage)' == 'true'">
          <RestoreAdditionalProjectSources>$(MSBuildThisFileDirectory)source</RestoreAdditionalProjectSources>
          <RestorePackagesPath>$(MSBuildThisFileDirectory)cache</RestorePackagesPath>
          <RestoreAdditionalProjectFallbackFolders>$([System.Environment]::GetFolderPath(SpecialFolder.UserProfile))/.nuget/packages</RestoreAdditionalProjectFallbackFolders>
          <ErrorLog Condition="'$(MSBuildProjectName)' != 'PtyHost' or '$(TargetFramework)' != ''">$(MSBuildThisFileDirectory)logs/$(MSBuildProjectName).$(TargetFramework).sarif,version=2.1</ErrorLog>
        </PropertyGroup>
        <ItemGroup Condition="'$(WithPackage)' == 'true'">
          <PackageReference Include="ForkLint.Analyzers" Version="0.0.0-sweep" PrivateAssets="all" />
        </ItemGroup>
        """,
        [.. Samples, "Shared"]);

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Check_finds_what_the_package_finds()
    {
        File.WriteAllText(_tree["All.slnx"], $"<Solution>{string.Concat(Samples.Select(sample => $"<Project Path=\"{sample}/{sample}.csproj\" />"))}</Solution>");
        Directory.CreateDirectory(_tree["logs"]);
        _tree.Pack(_tree["source"], "0.0.0-sweep");
        _tree.Build("All.slnx", "-p:WithPackage=true");
        var expected = Directory.GetFiles(_tree["logs"]).SelectMany(SarifResults.Read).Select(Describe).Distinct().Order(StringComparer.Ordinal).ToArray();

        // Now everything is up to date, and knows nothing of the package.
        _tree.Build("All.slnx");
        _tree.Tool("check", "All.slnx", "--format", "sarif", "--output", "check.sarif");

        Assert.Equal(Samples.Length + 1, Directory.GetFiles(_tree["logs"]).Length);

        // The service's own build makes errors of its warnings, and so does 'check'; with the package they were left as they are.
        Assert.Equal(expected, SarifResults.Read(_tree["check.sarif"]).Select(Describe).Select(static finding => finding.Replace(" error FORK", " warning FORK", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Contains(expected, finding => finding.StartsWith("FrameBufferService/", StringComparison.Ordinal));
        Assert.Contains(expected, finding => finding.StartsWith("PtyHost/", StringComparison.Ordinal));
    }

    private string Describe(JsonElement result) => SarifResults.Describe(result, _tree.Folder);
}
