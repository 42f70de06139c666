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
}
