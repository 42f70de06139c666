using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers;

/// <summary>The order in which things stand in the sources, the same however the compiler came to them.</summary>
internal static class SourceOrder
{
    /// <summary>By file, and by place in the file.</summary>
    public static Comparer<Location> ByLocation { get; } = Comparer<Location>.Create(static (one, other) =>
        string.CompareOrdinal(one.SourceTree?.FilePath, other.SourceTree?.FilePath) is var byFile && byFile != 0
            ? byFile
            : one.SourceSpan.Start.CompareTo(other.SourceSpan.Start));

    /// <summary>Compares two places of which one may be in generated code, which comes last.</summary>
    public static int Compare((bool IsGenerated, Location Place) one, (bool IsGenerated, Location Place) other) =>
        one.IsGenerated != other.IsGenerated ? one.IsGenerated ? 1 : -1 : ByLocation.Compare(one.Place, other.Place);
}
