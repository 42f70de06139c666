using System.Reflection;

namespace ForkLint.UsersChair;

/// <summary>
/// The package as <c>dotnet pack</c> makes it from what this build built, under a version that no cache has seen, in a folder of its own.
/// </summary>
public sealed class PackedPackage : IAsyncLifetime
{
    private static readonly string Configuration =
        typeof(PackedPackage).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;

    /// <summary>The repository.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>A folder that lives as long as the tests of this collection.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("forklint-package-").FullName;

    /// <summary>The version, as no other run has it.</summary>
    public string Version { get; } = $"0.0.0-test.{Guid.NewGuid():N}";

    /// <summary>The folder that holds the package, for use as a source.</summary>
    public string Source => Path.Combine(Folder, "source");

    /// <summary>The package.</summary>
    public string PackageFile => Path.Combine(Source, $"ForkLint.Analyzers.{Version}.nupkg");

    /// <summary>Where projects that restore the package unpack it.</summary>
    public string Cache => Path.Combine(Folder, "cache");

    /// <summary>A <c>nuget.config</c> that adds the folder of the package to the sources of the machine.</summary>
    public string NuGetConfiguration => $"""
        <configuration>
          <packageSources>
            <add key="packed" value="{Source}" />
          </packageSources>
        </configuration>
        """;

    /// <summary>What <c>dotnet pack</c> printed.</summary>
    public string Output { get; private set; } = "";

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        var result = await DotNetCommand.Run(
            Repository, "pack", "analyzer/ForkLint.Package", "--no-build", "-c", Configuration, "-o", Source, $"-p:PackageVersion={Version}", "-tl:off");
        Output = result.Succeeded();
    }

    /// <inheritdoc/>
    public Task DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return Task.CompletedTask;
    }

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "ForkLint.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        }

        return folder.FullName;
    }
}

/// <summary>The tests that share one <see cref="PackedPackage"/>, one after the other.</summary>
[CollectionDefinition(nameof(PackedPackage))]
public sealed class PackedPackageTests : ICollectionFixture<PackedPackage>;
