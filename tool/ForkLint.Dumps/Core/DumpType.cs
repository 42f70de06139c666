namespace ForkLint.Dumps;

/// <summary>How much of a process a dump holds. The names are those of <c>DOTNET_DbgMiniDumpType</c> and of <c>dotnet-dump collect</c>.</summary>
public enum DumpType
{
    /// <summary>Threads, stacks, and all memory that can be written: every object.</summary>
    Heap,

    /// <summary>Threads and stacks, and what a debugger needs to name them; no objects.</summary>
    Mini,

    /// <summary>All readable memory, the code of modules included.</summary>
    Full,
}
