namespace ForkLint.Heap;

/// <summary>What a gcdump says of the process beside its heap.</summary>
/// <param name="ProcessName">Its name.</param>
/// <param name="ProcessId">Its id.</param>
/// <param name="Made">When the heap was frozen.</param>
/// <param name="ResidentBytes">Its resident memory.</param>
/// <param name="CommitChargeBytes">What a fork of it is charged.</param>
/// <param name="Tool">The tool and its version.</param>
public sealed record GcDumpFacts(string ProcessName, int ProcessId, DateTimeOffset Made, long ResidentBytes, long CommitChargeBytes, string Tool);

/// <summary>What became of a gcdump.</summary>
/// <param name="Objects">The objects in it.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="UnreachableObjects">The objects that were left out, because nothing refers to them.</param>
public sealed record GcDumpSummary(long Objects, long Bytes, long UnreachableObjects);
