using Microsoft.Win32.SafeHandles;

namespace ForkLint.Heap;

/// <summary>What was found in a heap.</summary>
public sealed class HeapReport
{
    private readonly IHeapQuestions _questions;

    internal HeapReport(IHeapQuestions questions) => _questions = questions;

    /// <summary>Objects read.</summary>
    public required long Objects { get; init; }

    /// <summary>Their bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>Places that did not read as objects or references, as an allocation in flight leaves them; skipped.</summary>
    public required int UnreadableObjects { get; init; }

    /// <summary>Whether the server collector manages the heap.</summary>
    public required bool IsServerGC { get; init; }

    /// <summary>Whether the application itself was read while it ran, rather than a copy of it.</summary>
    public bool IsOfRunningProcess { get; init; }

    /// <summary>From the start of the read until the copy was not needed any more, in milliseconds.</summary>
    public required double ReadMilliseconds { get; init; }

    /// <summary>The whole, analysis included, in milliseconds.</summary>
    public required double TotalMilliseconds { get; init; }

    /// <summary>The savings worth listing, largest first by the larger of charge and resident bytes. They do not overlap. The last is what no other explains, where that is worth listing.</summary>
    public required IReadOnlyList<Saving> Savings { get; init; }

    /// <summary>What no action gives back.</summary>
    public required IReadOnlyList<KeptMemory> Kept { get; init; }

    /// <summary>The size of each source member that holds anything, largest first. Members overlap: a service is part of the static that holds it.</summary>
    public required IReadOnlyList<MemberSize> Members { get; init; }

    /// <summary>Whether a holder of this name, or a member of this documentation-comment id, was seen to hold anything.</summary>
    public bool IsHolder(string holder) =>
        Members.Any(member => member.Id == holder) || _questions.IsHolder(holder);

    /// <summary>
    /// Bytes of the heap that go when these holders let go, all at once; each is a member's documentation-comment id or a holder of <see cref="Savings"/>.
    /// The graph is walked again without them, so overlaps count once.
    /// </summary>
    public long BytesFreedWithout(IReadOnlyCollection<string> holders, CancellationToken cancellation = default) =>
        _questions.BytesFreedWithout(holders, cancellation);

    /// <summary>Writes the heap in the format of <c>dotnet-gcdump</c>: what roots reach, and who refers to what.</summary>
    /// <param name="file">An empty file, open for writing.</param>
    /// <param name="facts">What is said of the process.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="HeapReadException">The heap is too large for the format, or the file cannot be written.</exception>
    public GcDumpSummary WriteGcDump(SafeFileHandle file, GcDumpFacts facts, CancellationToken cancellation = default) =>
        _questions.WriteGcDump(file, facts, cancellation);
}

/// <summary>What can be asked of a heap that was read, as long as the reader keeps its graph.</summary>
internal interface IHeapQuestions
{
    /// <summary>Whether a root of this name was seen to hold anything.</summary>
    public bool IsHolder(string holder);

    /// <summary>See <see cref="HeapReport.BytesFreedWithout"/>.</summary>
    public long BytesFreedWithout(IReadOnlyCollection<string> holders, CancellationToken cancellation);

    /// <summary>See <see cref="HeapReport.WriteGcDump"/>.</summary>
    public GcDumpSummary WriteGcDump(SafeFileHandle file, GcDumpFacts facts, CancellationToken cancellation);
}
