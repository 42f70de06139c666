using System.IO.Compression;
using System.Text.Json;
using System.Xml.Linq;

namespace ForkLint.EndToEnd.Tests;

[Collection(InstalledToolGroup.Name)]
public sealed class PackageTests(InstalledTool tool)
{
    private const string ToolFolder = "tools/net8.0/any/";

    [Fact]
    public void The_package_holds_the_tool_the_agent_the_readme_and_the_icon()
    {
        using var package = OpenPackage();
        var entries = package.Entries.Select(entry => entry.FullName).ToHashSet();
        Assert.Contains("README.md", entries);
        Assert.Contains("icon.png", entries);
        foreach (var file in new[] { "dotnet-forklint.dll", "dotnet-forklint.runtimeconfig.json", "ForkLint.Linux.dll", "ForkLint.TrialFork.dll", "ForkLint.Heap.dll", "System.CommandLine.dll", "agent/ForkLint.Agent.dll", "injected/ForkLint.Analyzers.dll", "injected/ForkLint.Analyzers.props", "injected/ForkLint.Check.props" })
        {
            Assert.Contains(ToolFolder + file, entries);
        }

        // The shim's name carries the hash of its source, because a runtime never loads a second build under one name.
        Assert.Single(entries, entry => entry.StartsWith(ToolFolder + "agent/ForkLint.Shim", StringComparison.Ordinal) && entry.EndsWith(".dll", StringComparison.Ordinal));
        Assert.DoesNotContain(entries, entry => entry.EndsWith(".resources.dll", StringComparison.Ordinal));
    }

    [Fact]
    public void The_package_says_what_it_is()
    {
        using var package = OpenPackage();
        var metadata = XDocument.Load(package.GetEntry("ForkLint.Tool.nuspec")!.Open()).Root!.Elements().Single();
        string Value(string name) => metadata.Elements().Single(element => element.Name.LocalName == name).Value;
        Assert.Equal("ForkLint.Tool", Value("id"));
        Assert.Equal("MIT", Value("license"));
        Assert.Equal("README.md", Value("readme"));
        Assert.Equal("icon.png", Value("icon"));
        Assert.NotEmpty(Value("description"));

        var settings = XDocument.Load(package.GetEntry(ToolFolder + "DotnetToolSettings.xml")!.Open());
        Assert.Equal("dotnet-forklint", settings.Descendants("Command").Single().Attribute("Name")!.Value);
    }

    [Fact]
    public void It_runs_on_later_majors()
    {
        using var package = OpenPackage();
        using var document = JsonDocument.Parse(package.GetEntry(ToolFolder + "dotnet-forklint.runtimeconfig.json")!.Open());
        var options = document.RootElement.GetProperty("runtimeOptions");
        Assert.Equal("Major", options.GetProperty("rollForward").GetString());
        Assert.Equal("net8.0", options.GetProperty("tfm").GetString());
    }

    [Fact]
    public void The_installed_command_knows_its_version()
    {
        var result = tool.Run("--version");
        Assert.Equal(0, result.ExitCode);
        Assert.Matches(@"^\d+\.\d+\.\d+", result.Output);
    }

    private ZipArchive OpenPackage() => ZipFile.OpenRead(Path.Combine(tool.Packages, $"ForkLint.Tool.{tool.Version}.nupkg"));
}
