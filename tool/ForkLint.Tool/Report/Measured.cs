using ForkLint.Heap;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Report;

/// <summary>Everything that was read of a process: what the report is made from.</summary>
/// <param name="Result">The trial.</param>
/// <param name="Heap">Its heap, of a copy or of the running application; null where it was not read.</param>
/// <param name="Native">What was found beside the managed heap, where that was not read; null where it was not looked for either.</param>
internal sealed record Measured(MeasureResult Result, HeapReport? Heap, IReadOnlyList<Saving>? Native);
