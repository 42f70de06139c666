using System.Globalization;
using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ForkLint.EndToEnd.Tests;

[Collection(InstalledToolGroup.Name)]
public sealed partial class PackageTests(InstalledTool tool)
{
    private const string ToolFolder = "tools/net8.0/any/";
    private const string PrecompiledFolder = "tools/net10.0/linux-x64/";
    private const string PrecompiledForArm64 = "tools/net10.0/linux-arm64/";
    private static readonly string[] NativePrograms = ["forklint-heap-reader", "native/dotnet-forklint"];

    /// <summary>Our own files beside the tool; what is of others is told apart by the list of licences.</summary>
    private static readonly string[] OwnFiles =
    [
        "DotnetToolSettings.xml",
        "ForkLint.Dumps.dll", "ForkLint.Dumps.pdb", "ForkLint.Heap.dll", "ForkLint.Heap.pdb", "ForkLint.Linux.dll", "ForkLint.Linux.pdb", "ForkLint.Spawns.dll", "ForkLint.Spawns.pdb", "ForkLint.TrialFork.dll", "ForkLint.TrialFork.pdb",
        "agent/ForkLint.Agent.dll", "agent/ForkLint.Shim.HASH.dll",
        "dotnet-forklint.deps.json", "dotnet-forklint.dll", "dotnet-forklint.pdb", "dotnet-forklint.runtimeconfig.json",
        "injected/ForkLint.Allocations.WellKnown.txt", "injected/ForkLint.Analyzers.dll", "injected/ForkLint.Analyzers.props", "injected/ForkLint.Check.AfterProps.props", "injected/ForkLint.Check.AfterTargets.targets",
        "injected/ForkLint.Check.BeforeTargets.targets", "injected/ForkLint.Check.CrossTargeting.targets", "injected/ForkLint.Check.LockFile.targets", "injected/ForkLint.Check.props",
    ];

    [Fact]
    public void It_holds_these_files_and_no_other()
    {
        using var package = OpenPackage();
        IEnumerable<string> expected = ["ForkLint.Tool.nuspec", "LICENSE", "README.md", "THIRD-PARTY-NOTICES.md", "[Content_Types].xml", "_rels/.rels", "icon.png",
            .. (InstalledTool.IsPrecompiled ? NativePrograms.Select(static program => PrecompiledFolder + program) : []),
            .. (InstalledTool.IsPrecompiled ? new[] { ToolFolder, PrecompiledFolder, PrecompiledForArm64 } : [ToolFolder]).SelectMany(folder => OwnFiles.Concat(Notices().Select(notice => notice.File)).Select(file => folder + file))];

        // The shim's name carries the hash of its bytes, because a runtime never loads a second build under one name.
        var entries = package.Entries.Select(entry => ShimHash().Replace(entry.FullName, "Shim.HASH.dll")).Where(name => !name.EndsWith(".psmdcp", StringComparison.Ordinal));
        Assert.Equal(expected.Order(StringComparer.Ordinal), entries.Order(StringComparer.Ordinal));
        Assert.All(package.Entries, entry => Assert.NotEqual(0, entry.Length));
    }

    [Fact]
    public void Every_assembly_of_others_is_listed_with_the_licence_of_its_package()
    {
        var notices = Notices();
        Assert.NotEmpty(notices);
        var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        // As the last restore of the tool, that of the package, has resolved them.
        using var assets = JsonDocument.Parse(Repository.Read("tool/ForkLint.Tool/obj/project.assets.json"));
        var versions = assets.RootElement.GetProperty("libraries").EnumerateObject().Select(static library => library.Name.Split('/')).ToDictionary(static parts => parts[0], static parts => parts[1]);
        using var shipped = OpenPackage();
        foreach (var (file, name, licence) in notices)
        {
            var folder = Path.Combine(packages, name.ToLowerInvariant(), versions[name]);
            var metadata = XDocument.Load(Path.Combine(folder, name.ToLowerInvariant() + ".nuspec")).Root!.Elements().Single();
            Assert.Equal(licence, metadata.Elements().Single(element => element.Name.LocalName == "license").Value);

            // The very bytes of that package; what is compiled ahead of time is made of them.
            Assert.Contains(Directory.GetFiles(folder, Path.GetFileName(file), SearchOption.AllDirectories), original => File.ReadAllBytes(original).AsSpan().SequenceEqual(Bytes(shipped, ToolFolder + file)));
        }
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
        Assert.EndsWith("/CHANGELOG.md", Value("releaseNotes"), StringComparison.Ordinal);
        Assert.Contains(" fork ", $" {Value("tags")} ", StringComparison.Ordinal);
        Assert.NotEmpty(Value("title"));
        Assert.NotEmpty(Value("description"));
        var repository = metadata.Elements().Single(element => element.Name.LocalName == "repository");
        Assert.Equal(("git", Value("projectUrl")), (repository.Attribute("type")!.Value, repository.Attribute("url")!.Value));

        var settings = XDocument.Load(package.GetEntry(ToolFolder + "DotnetToolSettings.xml")!.Open());
        Assert.Equal("dotnet-forklint", settings.Descendants("Command").Single().Attribute("Name")!.Value);
    }

    [Fact]
    public void Its_readme_leads_nowhere_but_to_whole_addresses()
    {
        using var package = OpenPackage();
        var readme = System.Text.Encoding.UTF8.GetString(Bytes(package, "README.md"));
        var links = Link().Matches(readme).Select(match => match.Groups[1].Value).ToArray();
        Assert.NotEmpty(links);
        foreach (var link in links)
        {
            // Read outside of the repository: a relative link would be dead there, one to a page that is gone as well.
            Assert.StartsWith("https://github.com/forklint/forklint", link, StringComparison.Ordinal);
            var page = link.Split("/blob/main/");
            Assert.True(page.Length == 1 || File.Exists(Path.Combine(Repository.Root, page[1])), link);
        }
    }

    [Fact]
    public void The_version_has_its_notes() =>
        Assert.Contains($"## {XDocument.Parse(Repository.Read("Directory.Build.props")).Descendants("VersionPrefix").Single().Value}\n", Repository.Read("CHANGELOG.md"), StringComparison.Ordinal);

    [Theory]
    [InlineData(ToolFolder, "net8.0", "8.0.0")]
    [InlineData(PrecompiledFolder, "net10.0", "10.0.0")]
    [InlineData(PrecompiledForArm64, "net10.0", "10.0.0")]
    public void It_runs_on_later_majors(string folder, string framework, string version)
    {
        if (folder != ToolFolder && !InstalledTool.IsPrecompiled)
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

    [Theory]
    [InlineData(PrecompiledFolder, Machine.Amd64)]
    [InlineData(PrecompiledForArm64, Machine.Arm64)]
    public void The_precompiled_tool_is_the_same_tool_with_machine_code(string folder, Machine machine)
    {
        if (!InstalledTool.IsPrecompiled)
        {
            return;
        }

        using var package = OpenPackage();
        string[] compiled = ["dotnet-forklint.dll", "ForkLint.Linux.dll", "ForkLint.Spawns.dll", "ForkLint.TrialFork.dll", "ForkLint.Heap.dll", "ForkLint.Dumps.dll", "System.CommandLine.dll", "Microsoft.Diagnostics.Runtime.dll"];
        foreach (var file in compiled)
        {
            var plain = Image(package, ToolFolder + file);
            var fast = Image(package, folder + file);
            Assert.Equal(plain.Identity, fast.Identity);
            Assert.Equal(machine, fast.MachineCode);
            Assert.Null(plain.MachineCode); // It must run on any processor.
        }

        // What is not compiled is the same to the byte: what enters the application most of all.
        var copied = package.Entries.Where(entry => entry.FullName.StartsWith(folder, StringComparison.Ordinal)
            && !compiled.Concat(NativePrograms).Contains(entry.FullName[folder.Length..])
            && !entry.FullName.EndsWith(".runtimeconfig.json", StringComparison.Ordinal)).ToList();
        Assert.Contains(copied, entry => entry.FullName == folder + "agent/ForkLint.Agent.dll");
        Assert.Contains(copied, entry => entry.FullName == folder + "injected/ForkLint.Analyzers.dll");
        Assert.All(copied, entry => Assert.Equal(Bytes(package, ToolFolder + entry.FullName[folder.Length..]), Bytes(package, entry.FullName)));

        // Nothing that the tool loads is missing.
        var missing = package.Entries.Select(entry => entry.FullName)
            .Where(name => name.StartsWith(ToolFolder, StringComparison.Ordinal))
            .Where(name => package.GetEntry(folder + name[ToolFolder.Length..]) is null);
        Assert.Empty(missing);
    }

    [Fact]
    public void The_native_programs_need_no_runtime_and_an_old_libc()
    {
        if (!InstalledTool.IsPrecompiled)
        {
            return;
        }

        using var package = OpenPackage();

        // Programs of their own, without a runtime; and without the code that would ask a symbol server.
        foreach (var name in NativePrograms)
        {
            var program = Bytes(package, PrecompiledFolder + name);
            Assert.Equal("\u007fELF"u8, program.AsSpan(0, 4));
            Assert.Equal(-1, program.AsSpan().IndexOf("HttpClient"u8));
        }

        // The tool reads no heap itself, and runs on glibc 2.34: hand-over looks for that version (NativeProgram).
        var native = Bytes(package, PrecompiledFolder + "native/dotnet-forklint");
        Assert.Equal(-1, native.AsSpan().IndexOf("ClrDataTarget"u8));
        Assert.InRange(GlibcVersion().Matches(Encoding.Latin1.GetString(native)).Max(static match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)), 2, 34);
    }

    [Fact]
    public void The_precompiled_tool_is_what_is_installed_here()
    {
        if (InstalledTool.IsPrecompiled)
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

    /// <summary>The rows of the list of licences.</summary>
    private static (string File, string Package, string Licence)[] Notices() =>
        [.. Notice().Matches(Repository.Read("THIRD-PARTY-NOTICES.md")).Select(row => (row.Groups["file"].Value, row.Groups["package"].Value, row.Groups["licence"].Value))];

    /// <summary>The kernel's mark that ready-to-run code of Linux carries in the machine of its header (vm/pedecoder: IMAGE_FILE_MACHINE_OS_MASK_LINUX).</summary>
    private const ushort LinuxMark = 0x7B79;

    private static (Guid Identity, Machine? MachineCode) Image(ZipArchive package, string entry)
    {
        using var image = new PEReader(new MemoryStream(Bytes(package, entry)));
        var metadata = image.GetMetadataReader();
        return (metadata.GetGuid(metadata.GetModuleDefinition().Mvid), image.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size == 0 ? null : (Machine)((ushort)image.PEHeaders.CoffHeader.Machine ^ LinuxMark));
    }

    private static byte[] Bytes(ZipArchive package, string entry)
    {
        using var stream = package.GetEntry(entry)!.Open();
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    private ZipArchive OpenPackage() => ZipFile.OpenRead(Path.Combine(tool.Packages, $"ForkLint.Tool.{tool.Version}.nupkg"));

    [GeneratedRegex(@"GLIBC_2\.(\d+)")]
    private static partial Regex GlibcVersion();

    [GeneratedRegex(@"^\| (?<file>\S+\.dll) \| \[(?<package>[^\]]+)\]\([^)]+\) \| (?<licence>\S+) \| ", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Notice();

    [GeneratedRegex(@"Shim\.[0-9a-f]{32}\.dll$", RegexOptions.CultureInvariant)]
    private static partial Regex ShimHash();

    [GeneratedRegex(@"\]\(([^)]+)\)", RegexOptions.CultureInvariant)]
    private static partial Regex Link();
}
