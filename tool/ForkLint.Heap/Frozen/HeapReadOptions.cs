using System.Runtime.InteropServices;

namespace ForkLint.Heap;

/// <summary>The steps of a heap read, in order.</summary>
public enum HeapReadStep
{
    /// <summary>The runtime in the copy is found, and the library that understands it is loaded.</summary>
    Opening,

    /// <summary>Objects are found.</summary>
    Objects,

    /// <summary>References between them are read.</summary>
    References,

    /// <summary>Statics, handles and stacks are read. After it the copy is not needed any more.</summary>
    Roots,

    /// <summary>Who holds what is worked out.</summary>
    Retained,
}

/// <summary>How far a heap read is.</summary>
/// <param name="Step">The step that has begun or goes on.</param>
/// <param name="Done">Of <paramref name="Total"/>.</param>
/// <param name="Total">Bytes for the steps that read memory; 0 where a step has no measure.</param>
public readonly record struct HeapReadProgress(HeapReadStep Step, long Done, long Total);

/// <summary>What a heap read is to do beside reading.</summary>
public sealed record HeapReadOptions
{
    /// <summary>
    /// Duplication work a resident page of this process costs, in microseconds, as its own trial forks measured it; null where no trial did.
    /// </summary>
    public double? MicrosecondsPerPage { get; init; }

    /// <summary>Whether the process runs .NET: advice names its functions and settings, and its collector's reserve is looked for. It does, by default.</summary>
    public bool IsDotNet { get; init; } = true;

    /// <summary>The first number of its .NET runtime's version, for advice that depends on it; null where it is not known. A heap that is read tells it by itself.</summary>
    public int? RuntimeMajor { get; init; }

    /// <summary>Savings below this are not listed. 1 MB.</summary>
    public long SmallestSavingBytes { get; init; } = 1_000_000;

    /// <summary>
    /// How much memory of its own a reader in a process of its own may have, as commit charge of its data (RLIMIT_DATA); null for no limit. It then ends with a reason instead of
    /// taking what the machine does not have.
    /// </summary>
    public long? MostMemoryBytes { get; init; }

    /// <summary>
    /// How long a reader in a process of its own may need the copy before it is taken for hung. 75 seconds: no copy lives longer than 60.
    /// </summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(75);

    /// <summary>
    /// The folder of a .NET runtime on this tool's side, beside which others may be installed: the data-access library is looked for there first.
    /// The runtime that this process runs on.
    /// </summary>
    public string RuntimeFolder { get; init; } = RuntimeEnvironment.GetRuntimeDirectory();

    /// <summary>Called as soon as everything is read from the copy, so that it can end before the analysis begins.</summary>
    public Action? CopyIsRead { get; init; }
}
