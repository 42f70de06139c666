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

        // Where nodes begin stands before them, so they are walked twice. Types get their sizes the first time, on which the length of a node depends.
        PlaceSink places = new(graph.Count);
        Walk(graph, model.Data.Graph, ref places, cancellation);
        SerializedStream stream = new(output);
        stream.Begin();
        stream.BeginObject("GCHeapDump", DumpVersion, OldestDumpReader);
        stream.BeginObject("Graphs.MemoryGraph", GraphVersion, OldestGraphReader);
        WriteTypes(stream, graph);
        WriteNodes(stream, graph, model.Data.Graph, places, cancellation);
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
        return new GcDumpSummary(graph.Count - graph.Roots.Count, graph.Bytes, graph.UnreachableCount);
    }

    private static void WriteTypes(SerializedStream stream, GcDumpGraph graph)
    {
        stream.Write(graph.Bytes);
        stream.Write(0); // The node above all.
        stream.Write(graph.Types.Count);
        foreach (GcDumpType type in graph.Types)
        {
            stream.Write(type.Name);
            stream.Write(type.Bytes);
            stream.Write(type.Module);
        }
    }

    private static void WriteNodes(SerializedStream stream, GcDumpGraph graph, HeapGraph heap, PlaceSink places, CancellationToken cancellation)
    {
        stream.Write(graph.Count);
        foreach (int place in places.Places)
        {
            stream.Write(place);
        }

        stream.Write(places.End);
        for (int number = 0; number < UndefinedBytes; number++)
        {
            stream.WriteCompressed(0);
        }

        StreamSink nodes = new(stream);
        Walk(graph, heap, ref nodes, cancellation);
    }

    /// <summary>Goes through the data: of each node its type, its size where that is not its type's, and how far off those lie that it refers to.</summary>
    private static void Walk<TSink>(GcDumpGraph graph, HeapGraph heap, ref TSink sink, CancellationToken cancellation)
        where TSink : struct, INodeSink
    {
        for (int node = 0; node < graph.Roots.Count; node++)
        {
            (int type, int[] children) = graph.Roots[node];
            Begin(graph, new NodeHead(node, type, 0, children.Length), ref sink);
            foreach (int child in children)
            {
                sink.Number(child - node);
            }
        }

        foreach (int index in graph.Objects)
        {
            cancellation.ThrowIfCancellationRequested();
            int node = graph.NodeOf(index);
            ReadOnlySpan<int> references = heap.ReferencesOf(index);
            Begin(graph, new NodeHead(node, graph.TypeOf(index), graph.BytesOf(index), references.Length), ref sink);
            foreach (int target in references)
            {
                sink.Number(graph.NodeOf(target) - node);
            }
        }
    }

    private static void Begin<TSink>(GcDumpGraph graph, NodeHead node, ref TSink sink)
        where TSink : struct, INodeSink
    {
        bool isOfTypesSize = graph.Types[node.Type].Bytes == node.Bytes;
        sink.Begin(node.Number);
        sink.Number((node.Type << 1) | (isOfTypesSize ? 0 : 1));
        if (!isOfTypesSize)
        {
            sink.Number(node.Bytes);
        }

        sink.Number(node.ReferenceCount);
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

    /// <summary>What stands before the references of a node.</summary>
    private readonly record struct NodeHead(int Number, int Type, int Bytes, int ReferenceCount);

    /// <summary>Takes the data, number by number.</summary>
    private interface INodeSink
    {
        public void Begin(int node);

        public void Number(int value);
    }

    /// <summary>Keeps where each node begins.</summary>
    private struct PlaceSink(int count) : INodeSink
    {
        private long _at = UndefinedBytes;

        public int[] Places { get; } = LargeArrays.Make<int>(count);

        public readonly int End => _at <= int.MaxValue
            ? (int)_at
            : throw new HeapReadException("The heap is too large for a gcdump, which has room for 2 GiB of objects and references.");

        public readonly void Begin(int node) => Places[node] = End;

        public void Number(int value) => _at += SerializedStream.CompressedBytes(value);
    }

    /// <summary>Writes them.</summary>
    private readonly struct StreamSink(SerializedStream stream) : INodeSink
    {
        public void Begin(int node)
        {
            // They follow each other.
        }

        public void Number(int value) => stream.WriteCompressed(value);
    }
}
