using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;

namespace ForkLint.EndToEnd.Tests;

[Collection(InstalledToolGroup.Name)]
public sealed class PackageTests(InstalledTool tool)
{
    private const string ToolFolder = "tools/net8.0/any/";
    private const string PrecompiledFolder = "tools/net10.0/linux-x64/";

    /// <summary>The build compiles ahead of time on x64 Linux only.</summary>
    private static bool IsPrecompiled => RuntimeInformation.OSArchitecture == Architecture.X64;

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

    [Theory]
    [InlineData(ToolFolder, "net8.0", "8.0.0")]
    [InlineData(PrecompiledFolder, "net10.0", "10.0.0")]
    public void It_runs_on_later_majors(string folder, string framework, string version)
    {
        if (folder == PrecompiledFolder && !IsPrecompiled)
        {
            return;
        }

        using var package = OpenPackage();
        using var document = JsonDocument.Parse(package.GetEntry(folder + "dotnet-forklint.runtimeconfig.json")!.Open());
        var options = document.RootElement.GetProperty("runtimeOptions");
        Assert.Equal("Major", options.GetProperty("rollForward").GetString());
        Assert.Equal(framework, options.GetProperty("tfm").GetString());
        Assert.Equal(version, options.GetProperty("framework").GetProperty("version").GetString());
    }

    [Fact]
    public void The_precompiled_tool_is_the_same_tool_with_machine_code()
    {
        if (!IsPrecompiled)
        {
            return;
        }

        using var package = OpenPackage();
        string[] compiled = ["dotnet-forklint.dll", "ForkLint.Linux.dll", "ForkLint.TrialFork.dll", "ForkLint.Heap.dll", "System.CommandLine.dll", "Microsoft.Diagnostics.Runtime.dll"];
        foreach (var file in compiled)
        {
            var plain = Image(package, ToolFolder + file);
            var fast = Image(package, PrecompiledFolder + file);
            Assert.Equal(plain.Identity, fast.Identity);
            Assert.True(fast.HasMachineCode, file);
            Assert.False(plain.HasMachineCode, file + " must run on any processor");
        }

        // What is not compiled is the same to the byte: what enters the application most of all.
        var copied = package.Entries.Where(entry => entry.FullName.StartsWith(PrecompiledFolder, StringComparison.Ordinal)
            && !compiled.Contains(entry.FullName[PrecompiledFolder.Length..])
            && !entry.FullName.EndsWith(".runtimeconfig.json", StringComparison.Ordinal)).ToList();
        Assert.Contains(copied, entry => entry.FullName == PrecompiledFolder + "agent/ForkLint.Agent.dll");
        Assert.Contains(copied, entry => entry.FullName == PrecompiledFolder + "injected/ForkLint.Analyzers.dll");
        Assert.All(copied, entry => Assert.Equal(Bytes(package, ToolFolder + entry.FullName[PrecompiledFolder.Length..]), Bytes(package, entry.FullName)));

        // Nothing that the tool loads is missing.
        var missing = package.Entries.Select(entry => entry.FullName)
            .Where(name => name.StartsWith(ToolFolder, StringComparison.Ordinal) && !name.EndsWith(".xml", StringComparison.Ordinal) && !name.Contains("/runtimes/", StringComparison.Ordinal))
            .Where(name => package.GetEntry(PrecompiledFolder + name[ToolFolder.Length..]) is null);
        Assert.Empty(missing);
    }

    [Fact]
    public void The_precompiled_tool_is_what_is_installed_here()
    {
        if (IsPrecompiled)
        {
            // The command is a host that carries the path of what it starts.
            Assert.Contains(PrecompiledFolder + "dotnet-forklint.dll", Encoding.UTF8.GetString(File.ReadAllBytes(tool.Executable)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_installed_command_knows_its_version()
    {
        var result = tool.Run("--version");
        Assert.Equal(0, result.ExitCode);
        Assert.Matches(@"^\d+\.\d+\.\d+", result.Output);
    }

    private static (Guid Identity, bool HasMachineCode) Image(ZipArchive package, string entry)
    {
        using var image = new PEReader(new MemoryStream(Bytes(package, entry)));
        var metadata = image.GetMetadataReader();
        return (metadata.GetGuid(metadata.GetModuleDefinition().Mvid), image.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size > 0);
    }

    private static byte[] Bytes(ZipArchive package, string entry)
    {
        using var stream = package.GetEntry(entry)!.Open();
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    private ZipArchive OpenPackage() => ZipFile.OpenRead(Path.Combine(tool.Packages, $"ForkLint.Tool.{tool.Version}.nupkg"));
}
