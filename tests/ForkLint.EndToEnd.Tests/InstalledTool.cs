using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace ForkLint.EndToEnd.Tests;

/// <summary>
/// Packs the tool and installs it from a local folder as a user would, once for all tests: with a package cache and a
/// version of its own, so that no earlier build can be what is tested.
/// </summary>
public sealed class InstalledTool : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("forklint-e2e-").FullName;

    public InstalledTool()
    {
        // Another user must be able to run it: the tests do that.
        Assert.Equal(0, Command.Run("chmod", ["755", _folder]).ExitCode);
        Version = string.Create(CultureInfo.InvariantCulture, $"0.1.0-e2e.{Environment.ProcessId}.{Stopwatch.GetTimestamp()}");
        Packages = Path.Combine(_folder, "packages");
        var tool = Path.Combine(_folder, "tool");
        Dotnet("pack", Path.Combine(Repository.Root, "tool", "ForkLint.Tool"), "-c", "Release", "--nologo", "-v", "q", "-nodeReuse:false", $"-p:PackageVersion={Version}", "-o", Packages);
        File.WriteAllText(Path.Combine(_folder, "nuget.config"), $"""<configuration><packageSources><clear /><add key="packed" value="{Packages}" /></packageSources></configuration>""");
        Dotnet("tool", "install", "ForkLint.Tool", "--tool-path", tool, "--version", Version, "--configfile", Path.Combine(_folder, "nuget.config"));
        Executable = Path.Combine(tool, "dotnet-forklint");
    }

    /// <summary>Whether the package holds what is compiled ahead of time: the build does that on x64 Linux only.</summary>
    public static bool IsPrecompiled => RuntimeInformation.OSArchitecture == Architecture.X64;

    /// <summary>The version that was packed.</summary>
    public string Version { get; }

    /// <summary>The folder of the package.</summary>
    public string Packages { get; }

    /// <summary>The installed command.</summary>
    public string Executable { get; }

    /// <summary>A folder for a test's files.</summary>
    public string NewFolder() => Directory.CreateDirectory(Path.Combine(_folder, Path.GetRandomFileName())).FullName;

    /// <summary>Runs the tool to its end.</summary>
    public CommandResult Run(params string[] arguments) => Command.Run(Executable, arguments);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Dotnet(params string[] arguments)
    {
        var result = Command.Run("dotnet", arguments, new Dictionary<string, string?>
        {
            ["NUGET_PACKAGES"] = arguments[0] == "tool" ? Path.Combine(_folder, "cache") : null,
            ["DOTNET_CLI_HOME"] = arguments[0] == "tool" ? Path.Combine(_folder, "home") : null,
            ["DOTNET_NOLOGO"] = "1",
            ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
            ["MSBUILDDISABLENODEREUSE"] = "1",
        });
        Assert.True(result.ExitCode == 0, $"dotnet {string.Join(' ', arguments)}\n{result.Output}\n{result.Error}");
    }
}

/// <summary>The tests that use the installed tool. They share it, and run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class InstalledToolGroup : ICollectionFixture<InstalledTool>
{
    public const string Name = "installed tool";
}
