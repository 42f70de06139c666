namespace ForkLint.Heap.Native;

/// <summary>A large piece of memory that is neither the collector's nor a stack nor one of malloc's heaps.</summary>
/// <param name="Start">Where it begins; for a block of malloc's, at its header.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="IsMalloc">A block that malloc mapped by itself.</param>
/// <param name="Piece">The piece.</param>
internal sealed record NativeRange(ulong Start, long Bytes, bool IsMalloc, MemoryPiece Piece);
