using ForkLint.Heap.Graph;

namespace ForkLint.Heap.GcDump;

/// <summary>
/// Writes a heap as <c>dotnet-gcdump</c>, PerfView and Visual Studio read it: version 10 of their format, a stream of FastSerialization
/// (dotnet/diagnostics, src/Tools/dotnet-gcdump/DotNetHeapDump: GCHeapDump, MemoryGraph and Graph say what the fields are).
/// </summary>
internal static class GcDumpWriter
{
    private const int DumpVersion = 10;
    private const int OldestDumpReader = 8;
    private const int GraphVersion = 1;
    private const int OldestGraphReader = 0;

    // The data begins with a node that nothing refers to: type 0, no children.
    private const int UndefinedBytes = 2;

    /// <summary>Writes it.</summary>
    /// <param name="output">Where it goes.</param>
    /// <param name="model">The heap.</param>
    /// <param name="facts">What is said beside.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="HeapReadException">The heap is too large for the format.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static GcDumpSummary Write(Stream output, HeapModel model, GcDumpFacts facts, CancellationToken cancellation)
    {
        GcDumpGraph graph = GcDumpGraph.Of(model);
        int[] places = Places(graph, model.Data.Graph, cancellation, out int length, out long bytes);
        SerializedStream stream = new(output);
        stream.Begin();
        stream.BeginObject("GCHeapDump", DumpVersion, OldestDumpReader);
        stream.BeginObject("Graphs.MemoryGraph", GraphVersion, OldestGraphReader);
        WriteTypes(stream, graph, bytes);
        WriteNodes(stream, graph, model.Data.Graph, places, length, cancellation);
        WriteAddresses(stream, graph, model.Data.Graph);
        stream.WriteTagged(true); // The process has 64 bits.
        stream.EndObject();

        stream.Write(true);
        stream.Write(1f); // Nothing is sampled: each object counts once,
        stream.Write(1f); // and with its own size.
        stream.WriteNull(); // No heap of a script engine.
        stream.WriteNull(); // No segments.
        stream.Write("");
        stream.Write(facts.Made.UtcDateTime.Ticks);
        stream.Write(Environment.MachineName);
        stream.Write(facts.ProcessName);
        stream.Write(facts.ProcessId);
        stream.Write(facts.CommitChargeBytes);
        stream.Write(facts.ResidentBytes);
        stream.Write(0); // No weights by type, as nothing is sampled.
        stream.WriteTaggedNull(); // No COM on Linux.
        stream.WriteTagged(facts.Tool);
        stream.EndObject();
        stream.Complete();
        return new GcDumpSummary(graph.Count - graph.Roots.Count, bytes, graph.UnreachableCount);
    }

    // Where each node begins in the data. Types get their sizes here, on which the length of a node depends.
    private static int[] Places(GcDumpGraph graph, HeapGraph heap, CancellationToken cancellation, out int length, out long bytes)
    {
        int[] places = LargeArrays.Make<int>(graph.Count);
        long at = UndefinedBytes;
        bytes = 0;
        for (int node = 0; node < graph.Roots.Count; node++)
        {
            places[node] = Place(at);
            at += NodeBytes(graph, node, graph.Roots[node].Type, 0, graph.Roots[node].Children);
        }

        foreach (int index in graph.Objects)
        {
            cancellation.ThrowIfCancellationRequested();
            int node = graph.NodeOf(index);
            places[node] = Place(at);
            bytes += graph.BytesOf(index);
            at += HeadBytes(graph, graph.TypeOf(index), graph.BytesOf(index)) + SerializedStream.CompressedBytes(heap.ReferencesOf(index).Length);
            foreach (int target in heap.ReferencesOf(index))
            {
                at += SerializedStream.CompressedBytes(graph.NodeOf(target) - node);
            }
        }

        length = Place(at);
        return places;
    }

    private static int Place(long at) => at <= int.MaxValue
        ? (int)at
        : throw new HeapReadException("The heap is too large for a gcdump, which has room for 2 GiB of objects and references.");

    private static int NodeBytes(GcDumpGraph graph, int node, int type, int bytes, int[] children) =>
        HeadBytes(graph, type, bytes) + SerializedStream.CompressedBytes(children.Length) + children.Sum(child => SerializedStream.CompressedBytes(child - node));

    private static int HeadBytes(GcDumpGraph graph, int type, int bytes) => graph.Types[type].Bytes == bytes
        ? SerializedStream.CompressedBytes(type << 1)
        : SerializedStream.CompressedBytes((type << 1) | 1) + SerializedStream.CompressedBytes(bytes);

    private static void WriteTypes(SerializedStream stream, GcDumpGraph graph, long bytes)
    {
        stream.Write(bytes);
        stream.Write(0); // The node above all.
        stream.Write(graph.Types.Count);
        foreach (GcDumpType type in graph.Types)
        {
            stream.Write(type.Name);
            stream.Write(type.Bytes);
            stream.Write(type.Module);
        }
    }

    private static void WriteNodes(SerializedStream stream, GcDumpGraph graph, HeapGraph heap, int[] places, int length, CancellationToken cancellation)
    {
        stream.Write(places.Length);
        foreach (int place in places)
        {
            stream.Write(place);
        }

        stream.Write(length);
        WriteHead(stream, graph, 0, 0);
        stream.WriteCompressed(0);
        for (int node = 0; node < graph.Roots.Count; node++)
        {
            (int type, int[] children) = graph.Roots[node];
            WriteHead(stream, graph, type, 0);
            stream.WriteCompressed(children.Length);
            foreach (int child in children)
            {
                stream.WriteCompressed(child - node);
            }
        }

        foreach (int index in graph.Objects)
        {
            cancellation.ThrowIfCancellationRequested();
            int node = graph.NodeOf(index);
            WriteHead(stream, graph, graph.TypeOf(index), graph.BytesOf(index));
            ReadOnlySpan<int> references = heap.ReferencesOf(index);
            stream.WriteCompressed(references.Length);
            foreach (int target in references)
            {
                stream.WriteCompressed(graph.NodeOf(target) - node);
            }
        }
    }

    private static void WriteHead(SerializedStream stream, GcDumpGraph graph, int type, int bytes)
    {
        bool isOfTypesSize = graph.Types[type].Bytes == bytes;
        stream.WriteCompressed((type << 1) | (isOfTypesSize ? 0 : 1));
        if (!isOfTypesSize)
        {
            stream.WriteCompressed(bytes);
        }
    }

    private static void WriteAddresses(SerializedStream stream, GcDumpGraph graph, HeapGraph heap)
    {
        stream.Write(graph.Count);
        for (int node = 0; node < graph.Roots.Count; node++)
        {
            stream.Write(0L);
        }

        foreach (int index in graph.Objects)
        {
            stream.Write((long)heap.AddressOf(index));
        }
    }
}
