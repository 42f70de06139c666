using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;

namespace ForkLint.UsersChair;

/// <summary>What is in the package, entry by entry.</summary>
[Collection(nameof(PackedPackage))]
public sealed class PackageContentTests(PackedPackage package)
{
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
                "analyzers/dotnet/cs/ForkLint.Analyzers.dll",
                "analyzers/dotnet/cs/ForkLint.CodeFixes.dll",
                "buildTransitive/ForkLint.Analyzers.props",
                "buildTransitive/ForkLint.Analyzers.targets",
                "icon.png",
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
    [InlineData("analyzers/dotnet/cs/ForkLint.Analyzers.dll", "netstandard", "Microsoft.CodeAnalysis", "Microsoft.CodeAnalysis.CSharp", "System.Collections.Immutable", "System.Memory", "System.Reflection.Metadata")]
    [InlineData("analyzers/dotnet/cs/ForkLint.CodeFixes.dll", "netstandard", "Microsoft.CodeAnalysis", "Microsoft.CodeAnalysis.CSharp", "System.Collections.Immutable", "System.Memory", "Microsoft.CodeAnalysis.Workspaces", "Microsoft.CodeAnalysis.CSharp.Workspaces")]
    public void It_asks_for_nothing_that_the_oldest_compiler_lacks(string entry, params string[] allowed)
    {
        using var zip = ZipFile.OpenRead(package.PackageFile);
        using var image = new MemoryStream();
        using (var stream = zip.GetEntry(entry)!.Open())
        {
            stream.CopyTo(image);
        }

        image.Position = 0;
        using var file = new PEReader(image);
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
}
