using ForkLint.Heap.Graph;
using Microsoft.Diagnostics.Runtime;

namespace ForkLint.Heap.Tests;

/// <summary>Heaps that no process has, made from figures.</summary>
internal static class MadeHeap
{
    private const ulong Start = 0x7000_0000_0000;

    /// <summary>A segment full of objects of one size.</summary>
    public static HeapSegment Segment(ulong start, int count, int objectBytes, GCSegmentKind kind) =>
        new(start, start + (ulong)(count * (long)objectBytes), kind)
        {
            Count = count,
            Offsets = [.. Enumerable.Range(0, count).Select(index => (uint)(index * (long)objectBytes / 8))],
        };

    /// <summary>Objects of these sizes, which refer to each other along edges.</summary>
    public static HeapGraph Graph(int[] sizesBytes, (int From, int To)[] edges)
    {
        var offsets = new uint[sizesBytes.Length];
        for (var index = 1; index < offsets.Length; index++)
        {
            offsets[index] = offsets[index - 1] + (uint)(sizesBytes[index - 1] / 8);
        }

        var segment = new HeapSegment(Start, Start + (ulong)sizesBytes.Sum(static size => (long)size), GCSegmentKind.Generation2) { Count = sizesBytes.Length, Offsets = offsets };
        var bySource = edges.ToLookup(static edge => edge.From, static edge => edge.To);
        var graph = new HeapGraph(new SegmentTable([segment]), [.. sizesBytes.Select(static size => (uint)(size / 8))], new int[sizesBytes.Length]);
        var contents = new SegmentContents
        {
            Counts = Enumerable.Range(0, sizesBytes.Length).Select(index => bySource[index].Count()).ToArray(),
            Targets = Enumerable.Range(0, sizesBytes.Length).SelectMany(index => bySource[index]).ToArray(),
            Slots = new ushort[edges.Length],
        };
        graph.SetReferences([contents], [], new HashSet<int>());
        return graph;
    }
}
