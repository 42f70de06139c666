namespace ForkLint.Dumps.Core;

/// <summary>What a core file holds.</summary>
/// <param name="Process">The process and its threads.</param>
/// <param name="Notes">The notes, as they stand in the file.</param>
/// <param name="Regions">What is written of its memory.</param>
/// <param name="Memory">Its memory.</param>
internal sealed record CoreContents(CoreProcess Process, byte[] Notes, IReadOnlyList<CoreRegion> Regions, FrozenMemory Memory);
