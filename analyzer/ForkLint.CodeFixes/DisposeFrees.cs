using ForkLint.Analyzers;
using Microsoft.CodeAnalysis;

namespace ForkLint.CodeFixes;

/// <summary>What kinds of memory come back at once when they are released, without any collection.</summary>
internal static class DisposeFrees
{
    /// <summary>Whether the finding is about memory that its owner frees: native or mapped. Streams and pools keep theirs.</summary>
    public static bool Memory(Diagnostic diagnostic) =>
        diagnostic.Properties.TryGetValue(DiagnosticProperties.AllocationKind, out var kind) && kind is "native" or "mapped";

    /// <summary>Whether releasing it gives it back at once: that, and what libraries allocate by contract.</summary>
    public static bool AtOnce(Diagnostic diagnostic) =>
        Memory(diagnostic) || (diagnostic.Properties.TryGetValue(DiagnosticProperties.AllocationKind, out var kind) && kind == "userDefined");

    /// <summary>Whether the spawn duplicates the process. Before one that shares, no collection is run: it would cost more than it gives.</summary>
    public static bool BeforeDuplication(Diagnostic diagnostic) =>
        diagnostic.Properties.TryGetValue(DiagnosticProperties.SpawnKind, out var kind) && kind == "duplicates";

    /// <summary>Whether a collection gives it back once nothing points to it. What was measured was measured in the managed heap, so no allocation needs to be known for it.</summary>
    public static bool ByCollection(Diagnostic diagnostic)
    {
        diagnostic.Properties.TryGetValue(DiagnosticProperties.AllocationKind, out var kind);
        return kind is "managedArray" or "managedString" or "collection" or "unboundedRead"
            || kind is null && diagnostic.Properties.TryGetValue(DiagnosticProperties.Certainty, out var certainty) && certainty == "measured";
    }
}
