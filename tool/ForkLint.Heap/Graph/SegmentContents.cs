namespace ForkLint.Heap.Graph;

/// <summary>What was found in one segment, in the order of its objects.</summary>
internal sealed class SegmentContents
{
    /// <summary>The objects' sizes in words of 8 bytes.</summary>
    public ArraySegment<uint> SizeWords { get; set; }

    /// <summary>The objects' types, as places in the type table.</summary>
    public ArraySegment<int> Types { get; set; }

    /// <summary>How many references each object has.</summary>
    public ArraySegment<int> Counts { get; set; }

    /// <summary>Where they lead: <see cref="Places"/>, and once all objects are known, indexes of objects.</summary>
    public ArraySegment<int> Targets { get; set; }

    /// <summary>Where in the object they stand; see <see cref="HeapGraph.ReferenceSlots"/>.</summary>
    public ArraySegment<ushort> Slots { get; set; }

    /// <summary>References that lead to no object.</summary>
    public int BrokenCount { get; set; }
}
