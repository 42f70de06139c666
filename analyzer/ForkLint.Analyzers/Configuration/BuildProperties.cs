using Microsoft.CodeAnalysis.Diagnostics;

namespace ForkLint.Analyzers.Configuration;

/// <summary>The MSBuild properties that decide how <c>Process.Start</c> works. The package's props make them visible; the SDK itself shows <c>TargetFramework</c>.</summary>
internal sealed record BuildProperties
{
    /// <summary>Such as <c>net10.0</c> or <c>net8.0-windows</c>; empty where no property is visible.</summary>
    public string TargetFramework { get; init; } = "";

    /// <summary>Such as <c>linux-musl-arm64</c>; empty where the build is for no one in particular.</summary>
    public string RuntimeIdentifier { get; init; } = "";

    /// <summary>Every identifier the project is made for.</summary>
    public IReadOnlyList<string> RuntimeIdentifiers { get; init; } = [];

    /// <summary>Such as <c>windows</c> or <c>android</c>.</summary>
    public string TargetPlatformIdentifier { get; init; } = "";

    /// <summary>Whether the application runs on Mono.</summary>
    public bool UseMonoRuntime { get; init; }

    /// <summary>The properties of the project that <paramref name="options"/> belong to.</summary>
    public static BuildProperties Read(AnalyzerConfigOptions options)
    {
        // The generated .editorconfig would cut a list at its first semicolon, where a comment begins
        // (dotnet/roslyn#43970), so the package also hands the list over with commas under a name of its own.
        var identifiers = Property(options, "ForkLintRuntimeIdentifiers");
        if (identifiers.Length == 0)
        {
            identifiers = Property(options, "RuntimeIdentifiers");
        }

        return new BuildProperties
        {
            TargetFramework = Property(options, "TargetFramework"),
            RuntimeIdentifier = Property(options, "RuntimeIdentifier"),
            RuntimeIdentifiers = [.. identifiers.Split([';', ',', ' ', '|'], StringSplitOptions.RemoveEmptyEntries)],
            TargetPlatformIdentifier = Property(options, "TargetPlatformIdentifier"),
            UseMonoRuntime = string.Equals(Property(options, "UseMonoRuntime"), "true", StringComparison.OrdinalIgnoreCase),
        };
    }

    private static string Property(AnalyzerConfigOptions options, string name) =>
        options.TryGetValue("build_property." + name, out var value) ? value.Trim() : "";
}
