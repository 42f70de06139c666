using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;
using System.Xml.Linq;

namespace ForkLint.UsersChair;

/// <summary>What is in the package, entry by entry.</summary>
[Collection(nameof(PackedPackage))]
public sealed class PackageContentTests(PackedPackage package)
{
    private const string Rules = "analyzers/dotnet/cs/ForkLint.Analyzers.dll";
    private const string PrecompiledRules = "tools/precompiled/linux-x64/ForkLint.Analyzers.dll";

    /// <summary>Whether the package that is made here holds machine code: it is compiled where it runs.</summary>
    internal static bool IsPrecompiled => OperatingSystem.IsLinux() && RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.X64;

    [Fact]
    public void It_holds_the_rules_the_fixes_the_properties_and_nothing_else()
    {
        using var zip = ZipFile.OpenRead(package.PackageFile);
        Assert.Equal(
            [
                "ForkLint.Analyzers.nuspec",
                "LICENSE",
                "README.md",
                "[Content_Types].xml",
                "_rels/.rels",
                Rules,
                "analyzers/dotnet/cs/ForkLint.CodeFixes.dll",
                "buildTransitive/ForkLint.Allocations.WellKnown.txt",
                "buildTransitive/ForkLint.Analyzers.props",
                "buildTransitive/ForkLint.Analyzers.targets",
                "buildTransitive/config/ForkLint.all.globalconfig",
                "buildTransitive/config/ForkLint.fork.globalconfig",
                "buildTransitive/config/ForkLint.none.globalconfig",
                "buildTransitive/config/ForkLint.strict.globalconfig",
                "icon.png",
                .. IsPrecompiled ? new[] { PrecompiledRules } : [],
            ],
            zip.Entries.Select(entry => entry.FullName).Where(name => !name.EndsWith(".psmdcp", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.All(zip.Entries, entry => Assert.NotEqual(0, entry.Length));
    }

    [Fact]
    public void It_is_packed_without_a_warning() => Assert.DoesNotContain("warning", package.Output, StringComparison.OrdinalIgnoreCase);

    [Fact]
    public void It_is_a_development_dependency_without_dependencies()
    {
        using var zip = ZipFile.OpenRead(package.PackageFile);
        using var stream = zip.GetEntry("ForkLint.Analyzers.nuspec")!.Open();
        var metadata = XDocument.Load(stream).Root!.Elements().Single();
        string Value(string name) => metadata.Elements().Single(element => element.Name.LocalName == name).Value;

        Assert.Equal("ForkLint.Analyzers", Value("id"));
        Assert.Equal("true", Value("developmentDependency"));
        Assert.Equal("MIT", Value("license"));
        Assert.Equal("README.md", Value("readme"));
        Assert.Equal("icon.png", Value("icon"));
        Assert.EndsWith("/CHANGELOG.md", Value("releaseNotes"), StringComparison.Ordinal);
        Assert.Contains(" fork ", $" {Value("tags")} ", StringComparison.Ordinal);
        Assert.Equal(Value("projectUrl"), metadata.Elements().Single(element => element.Name.LocalName == "repository").Attribute("url")!.Value);
        Assert.DoesNotContain(metadata.Elements(), element => element.Name.LocalName is "dependencies" or "frameworkAssemblies");
    }

    /// <summary>
    /// A compiler loads an analyzer only if it has every assembly that the analyzer was compiled against, at that version or a later one.
    /// These are the versions of the oldest compiler it must run in (Roslyn 4.8.0: .NET 8 SDK, Visual Studio 17.8).
    /// </summary>
    [Theory]
    [InlineData(Rules, "netstandard", "Microsoft.CodeAnalysis", "Microsoft.CodeAnalysis.CSharp", "System.Collections.Immutable", "System.Memory", "System.Reflection.Metadata")]
    [InlineData("analyzers/dotnet/cs/ForkLint.CodeFixes.dll", "netstandard", "Microsoft.CodeAnalysis", "Microsoft.CodeAnalysis.CSharp", "System.Collections.Immutable", "System.Memory", "Microsoft.CodeAnalysis.Workspaces", "Microsoft.CodeAnalysis.CSharp.Workspaces")]
    public void It_asks_for_nothing_that_the_oldest_compiler_lacks(string entry, params string[] allowed)
    {
        using var file = Open(entry);
        var metadata = file.GetMetadataReader();
        foreach (var reference in metadata.AssemblyReferences.Select(metadata.GetAssemblyReference))
        {
            var name = metadata.GetString(reference.Name);
            Assert.Contains(name, allowed);
            Assert.True(
                reference.Version <= (name.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal) ? new Version(4, 8, 0, 0) : new Version(7, 0, 0, 0)),
                $"{entry} was compiled against {name} {reference.Version}");
        }
    }

    [Theory]
    [InlineData(Rules)]
    [InlineData("analyzers/dotnet/cs/ForkLint.CodeFixes.dll")]
    public void It_brings_its_debug_symbols(string entry)
    {
        using var file = Open(entry);
        Assert.Contains(file.ReadDebugDirectory(), debug => debug.Type == DebugDirectoryEntryType.EmbeddedPortablePdb);
    }

    [Fact]
    public void The_precompiled_rules_are_the_same_rules_with_machine_code()
    {
        if (!IsPrecompiled)
        {
            return;
        }

        using var plain = Open(Rules);
        using var fast = Open(PrecompiledRules);

        // One build made both: the compiler gives each build's module an identity of its own.
        Assert.Equal(Identity(plain), Identity(fast));
        Assert.True(plain.PEHeaders.CorHeader!.Flags.HasFlag(CorFlags.ILOnly), "The rules must run on any processor.");
        Assert.Equal(0, plain.PEHeaders.CorHeader.ManagedNativeHeaderDirectory.Size);
        Assert.NotEqual(0, fast.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size);
    }

    private static (string Name, Guid Module) Identity(PEReader file)
    {
        var metadata = file.GetMetadataReader();
        return (metadata.GetAssemblyDefinition().GetAssemblyName().FullName, metadata.GetGuid(metadata.GetModuleDefinition().Mvid));
    }

    private PEReader Open(string entry)
    {
        using var zip = ZipFile.OpenRead(package.PackageFile);
        using var stream = zip.GetEntry(entry)!.Open();
        var image = new MemoryStream();
        stream.CopyTo(image);
        image.Position = 0;
        return new PEReader(image);
    }
}
