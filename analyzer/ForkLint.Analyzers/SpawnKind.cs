namespace ForkLint.Analyzers;

/// <summary>What a spawn does with the memory of the process that makes it.</summary>
internal enum SpawnKind
{
    /// <summary>vfork, posix_spawn or CreateProcess: the child starts without a copy.</summary>
    Shares,

    /// <summary>A full fork: page tables are copied, and on Linux all of it is charged again.</summary>
    Duplicates,
}
