using System.Runtime.CompilerServices;

namespace ForkLint.TrialFork;

/// <summary>How much more memory this tool itself is going to touch: what counts where it shares the room of the application.</summary>
internal static class ToolNeed
{
    /// <summary>Parsing, the report and the code that is compiled for them: an estimate, above what runs took on .NET 8 and 10.</summary>
    private const long CompilingBytes = 24L << 20;

    /// <summary>The same where the tool is compiled ahead of time.</summary>
    private const long CompiledBytes = 8L << 20;

    /// <summary>The heap reader: a process of its own with what it needs for an empty heap.</summary>
    private const long ReaderBytes = 32L << 20;

    /// <summary>What a line of smaps takes as text and as a record.</summary>
    private const long MappingBytes = 2048;

    /// <summary>From now to the end of the measurement, in bytes.</summary>
    /// <param name="readsHeap">Whether a heap reader is going to run.</param>
    /// <param name="anonymousBytes">The application's anonymous memory: of small objects the reader keeps about half as much.</param>
    /// <param name="mappings">The application's mappings.</param>
    public static long Bytes(bool readsHeap, long anonymousBytes, long mappings) =>
        (RuntimeFeature.IsDynamicCodeCompiled ? CompilingBytes : CompiledBytes)
        + (mappings * MappingBytes)
        + (readsHeap ? ReaderBytes + (anonymousBytes / 2) : 0);
}
