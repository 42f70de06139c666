using System.Text.Json;
using System.Text.RegularExpressions;

namespace ForkLint.UsersChair;

/// <summary>A warning as <c>dotnet build</c> prints it.</summary>
internal sealed record Printed(string File, int Line, string Severity, string Id, string Message);

/// <summary>A result in the SARIF log.</summary>
internal sealed record Logged(string Id, string Level, string File, int Line, bool IsSuppressed, JsonElement Json)
{
    /// <summary>A property of the diagnostic, or <see langword="null"/>.</summary>
    public string? Property(string name) =>
        Json.TryGetProperty("properties", out var properties)
        && properties.TryGetProperty("customProperties", out var custom)
        && custom.TryGetProperty(name, out var value) ? value.GetString() : null;

    /// <summary>The 1-based lines of the additional locations.</summary>
    public int[] AdditionalLines => Json.TryGetProperty("relatedLocations", out var locations)
        ? [.. locations.EnumerateArray().Select(location => location.GetProperty("physicalLocation").GetProperty("region").GetProperty("startLine").GetInt32())]
        : [];
}

/// <summary>
/// A copy of samples/PackagedAnalyzer outside the repository, which restores the packed package from its folder into a cache of its own.
/// </summary>
internal sealed partial class SampleBuild
{
    private readonly PackedPackage _package;

    private SampleBuild(PackedPackage package, string folder) => (_package, Folder) = (package, folder);

    /// <summary>The copy. Tests may change it before they build.</summary>
    public string Folder { get; }

    /// <summary>Where the package was unpacked for the build.</summary>
    public string PackageFolder => Path.Combine(_package.Cache, "forklint.analyzers", _package.Version);

    /// <summary>What the last build printed, each warning once.</summary>
    public IReadOnlyList<Printed> Printed { get; private set; } = [];

    /// <summary>What the last build logged.</summary>
    public IReadOnlyList<Logged> Logged { get; private set; } = [];

    /// <summary>What the compiler was told about the project.</summary>
    public string CompilerProperties => File.ReadAllText(
        Directory.EnumerateFiles(Path.Combine(Folder, "obj"), "*.GeneratedMSBuildEditorConfig.editorconfig", SearchOption.AllDirectories).Single());

    /// <summary>Copies the sample.</summary>
    public static SampleBuild Copy(PackedPackage package)
    {
        var folder = Path.Combine(package.Folder, "sample-" + Path.GetRandomFileName());
        var sample = Path.Combine(PackedPackage.Repository, "samples", "PackagedAnalyzer");
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.EnumerateFiles(sample))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        File.WriteAllText(Path.Combine(folder, "nuget.config"), package.NuGetConfiguration);
        return new SampleBuild(package, folder);
    }

    /// <summary>Adds or replaces a file.</summary>
    public SampleBuild With(string name, string text)
    {
        File.WriteAllText(Path.Combine(Folder, name), text);
        return this;
    }

    /// <summary>Builds with these properties of the project (<c>RuntimeIdentifier=osx-arm64</c>) and reads what was reported.</summary>
    public async Task<SampleBuild> Build(params string[] properties)
    {
        With("Directory.Build.props", $"<Project><PropertyGroup>{string.Concat(properties.Select(AsElement))}</PropertyGroup></Project>");
        var result = await DotNetCommand.Run(
            Folder,
            [
                "build", "-tl:off", "-p:UseSharedCompilation=false", $"-p:ForkLintVersion={_package.Version}",
                $"-p:RestorePackagesPath={_package.Cache}",
            ]).ConfigureAwait(false);
        Printed = [.. Read(result.Succeeded()).Distinct()];
        Logged = [.. ReadLog(Path.Combine(Folder, "obj", "forklint.sarif"))];
        return this;
    }

    private static string AsElement(string property)
    {
        var parts = property.Split('=', 2);
        return $"<{parts[0]}>{parts[1]}</{parts[0]}>";
    }

    /// <summary>The rules printed for a file.</summary>
    public IEnumerable<string> PrintedFor(string file) => Printed.Where(printed => printed.File == file).Select(printed => printed.Id).Order();

    /// <summary>The rules logged for a file, suppressed ones left out.</summary>
    public IEnumerable<string> LoggedFor(string file) =>
        Logged.Where(logged => logged.File == file && !logged.IsSuppressed).Select(logged => logged.Id).Order();

    private static IEnumerable<Printed> Read(string output) => PrintedLine().Matches(output).Select(match => new Printed(
        Path.GetFileName(match.Groups["file"].Value),
        int.Parse(match.Groups["line"].ValueSpan, null),
        match.Groups["severity"].Value,
        match.Groups["id"].Value,
        match.Groups["message"].Value));

    private static IEnumerable<Logged> ReadLog(string path)
    {
        using var log = JsonDocument.Parse(File.ReadAllBytes(path));
        foreach (var result in log.RootElement.GetProperty("runs")[0].GetProperty("results").EnumerateArray())
        {
            // The SDK's own rules are none of these tests' business.
            if (!result.GetProperty("ruleId").GetString()!.StartsWith("FORK", StringComparison.Ordinal))
            {
                continue;
            }

            // What is wrong with an option stands nowhere in particular.
            var place = result.TryGetProperty("locations", out var locations) && locations.GetArrayLength() > 0
                ? locations[0].GetProperty("physicalLocation")
                : (JsonElement?)null;
            yield return new Logged(
                result.GetProperty("ruleId").GetString()!,
                result.GetProperty("level").GetString()!,
                place is null ? "" : Path.GetFileName(new Uri(place.Value.GetProperty("artifactLocation").GetProperty("uri").GetString()!).LocalPath),
                place?.GetProperty("region").GetProperty("startLine").GetInt32() ?? 0,
                result.TryGetProperty("suppressions", out var suppressions) && suppressions.GetArrayLength() > 0,
                result.Clone());
        }
    }

    [GeneratedRegex(@"^\s*(?<file>[^(\n]+)\((?<line>\d+),\d+\): (?<severity>warning|error|info) (?<id>FORK\d{3}): (?<message>.*?)( \(https.*)?$", RegexOptions.Multiline)]
    private static partial Regex PrintedLine();
}
