using System.Buffers.Binary;
using ForkLint.Heap.Child;
using ForkLint.Heap.Graph;

namespace ForkLint.Heap.Roots;

/// <summary>
/// Thread stacks, scanned conservatively: every aligned word that points into an object may be a local that holds it, or what a frame
/// that has returned left behind. The copy has the memory of all stacks but the registers of none.
/// </summary>
internal static class StackRoots
{
    /// <summary>Words are looked for from the stack's base down, until so many bytes in a row were never touched.</summary>
    private const int ChunkBytes = 64 * 1024;

    public static void AddTo(RootSet roots, HeapGraph graph, ChildMemory memory, IReadOnlyList<ThreadStack> stacks)
    {
        byte[] chunk = new byte[ChunkBytes];
        foreach (ThreadStack stack in stacks)
        {
            Holder holder = new(HolderKind.Stack, stack.Name, null);
            for (ulong high = stack.High; high > stack.LiveFrom;)
            {
                ulong start = high - stack.LiveFrom > ChunkBytes ? high - ChunkBytes : stack.LiveFrom & ~7UL;
                int length = memory.Read(start, chunk.AsSpan(0, (int)(high - start)));
                ReadOnlySpan<byte> bytes = chunk.AsSpan(0, length);
                if (bytes.IndexOfAnyExcept((byte)0) < 0)
                {
                    break;
                }

                for (int at = 0; at + 8 <= bytes.Length; at += 8)
                {
                    ulong word = BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);
                    if (word > 0x10000 && graph.FindContaining(word) is >= 0 and int index)
                    {
                        roots.Add(holder, index);
                    }
                }

                high = start;
            }
        }
    }
}
