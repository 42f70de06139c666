namespace ForkLint.Analyzers;

/// <summary>
/// The properties a memory finding carries, in its SARIF result and to the code fixes. The names are a contract with
/// those who read the log; all values are invariant text.
/// </summary>
internal static class DiagnosticProperties
{
    /// <summary>The allocation's size in bytes; absent where it is not known.</summary>
    public const string Bytes = "bytes";

    /// <summary>Whether the spawn duplicates or shares: the name of a <c>SpawnKind</c>.</summary>
    public const string SpawnKind = "spawnKind";

    /// <summary>How the method reaches the spawn: <c>Run → Git.Exec → Process.Start</c>.</summary>
    public const string CallPath = "callPath";

    /// <summary>The name of what holds the allocation.</summary>
    public const string Holder = "holder";

    /// <summary>Where the memory comes from: the name of an <c>AllocationKind</c>.</summary>
    public const string AllocationKind = "allocationKind";

    /// <summary>What would help, by its name.</summary>
    public const string Remedy = "remedy";
}
