using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers;

/// <summary>The properties a memory finding carries, in its SARIF result and to the code fixes. The names are a contract with those who read the log; all values are invariant text.</summary>
internal static class DiagnosticProperties
{
    /// <summary>The allocation's size in bytes; absent where it is not known.</summary>
    public const string Bytes = "bytes";

    /// <summary>How sure the size is: the name of a <c>SizeCertainty</c> in camel case.</summary>
    public const string Certainty = "certainty";

    /// <summary>Whether the spawn duplicates or shares: the name of a <c>SpawnKind</c> in camel case.</summary>
    public const string SpawnKind = "spawnKind";

    /// <summary>How the method reaches the spawn: <c>Run → Git.Exec → Process.Start</c>.</summary>
    public const string CallPath = "callPath";

    /// <summary>The name of what holds the allocation.</summary>
    public const string Holder = "holder";

    /// <summary>Where the memory comes from: the name of an <c>AllocationKind</c> in camel case.</summary>
    public const string AllocationKind = "allocationKind";

    /// <summary>What would help, by its name.</summary>
    public const string Remedy = "remedy";

    /// <summary>The member that contains the finding, as a documentation-comment id: what a finding is recognised by when lines move.</summary>
    public const string Member = "member";

    /// <summary>The field or property that holds the allocation, as a documentation-comment id: what a measured size is joined by.</summary>
    public const string HolderMember = "holderMember";

    /// <summary>The highest resident set of what the spawn was seen to start, in bytes; absent where it was not traced.</summary>
    public const string ChildPeak = "childPeakBytes";

    /// <summary>The program of that child; absent where it was not traced.</summary>
    public const string ChildProgram = "childProgram";

    /// <summary>
    /// The documentation-comment id of a member; of the member around it for a lambda, a local function, a parameter or a local,
    /// which have none. For a backing field, its property's.
    /// </summary>
    public static string? MemberId(ISymbol? symbol)
    {
        while (symbol is not null and not (IFieldSymbol or IPropertySymbol or IEventSymbol or INamedTypeSymbol or IMethodSymbol { MethodKind: not (MethodKind.LocalFunction or MethodKind.AnonymousFunction) }))
        {
            symbol = symbol.ContainingSymbol;
        }

        return (symbol is IFieldSymbol { AssociatedSymbol: { } property } ? property : symbol)?.OriginalDefinition.GetDocumentationCommentId();
    }
}
