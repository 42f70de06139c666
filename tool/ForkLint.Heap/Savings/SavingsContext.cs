using ForkLint.Heap.Native;

namespace ForkLint.Heap.Savings;

/// <summary>What every kind of native saving is found in.</summary>
internal sealed class SavingsContext
{
    /// <summary>The memory.</summary>
    public required NativeLayout Layout { get; init; }

    /// <summary>What to list.</summary>
    public required HeapReadOptions Options { get; init; }

    /// <summary>The managed savings; null where the heap was not read.</summary>
    public required ManagedSavings.Result? Managed { get; init; }

    /// <summary>How many heaps the collector has.</summary>
    public int HeapCount { get; init; } = 1;

    /// <summary>Who may own a native block; null where the heap was not read.</summary>
    public NativeOwners? Owners { get; init; }

    /// <summary>Fills in what follows from the figures.</summary>
    public Saving With(Saving saving) => saving with
    {
        LatencySavedMicroseconds = Remedies.Latency(saving.ChildResidentBytes, Options.MicrosecondsPerPage),
        ExposureBytes = saving.ChildResidentBytes,
    };

    /// <summary>The resident bytes of pieces, for a saving that frees all of them.</summary>
    public static long Resident(IEnumerable<MemoryPiece> pieces) => pieces.Sum(static piece => piece.CopiedBytes);

    /// <summary>The charge of pieces.</summary>
    public static long Charge(IEnumerable<MemoryPiece> pieces) => pieces.Sum(static piece => piece.ChargeBytes);

    /// <summary>A saving that frees the whole of some pieces: their figures are its own.</summary>
    public static Saving Whole(string what, IReadOnlyCollection<MemoryPiece> pieces, string action, SavingKind kind, SavingMeans means, string? holder) => new()
    {
        What = what,
        Kind = kind,
        Means = means,
        CommitChargeBytes = Charge(pieces),
        ChildResidentBytes = Resident(pieces),
        LatencySavedMicroseconds = null,
        ExposureBytes = 0,
        Action = action,
        Confidence = Confidence.Estimated,
        Holder = holder,
    };
}
