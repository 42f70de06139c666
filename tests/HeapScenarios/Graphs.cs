using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HeapScenarios;

/// <summary>Small objects that refer to each other: five million, or as many as SCENARIO_OBJECTS says.</summary>
internal static class ObjectGraph
{
    private static Node[]? _nodes;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static long Fill()
    {
        Node[] nodes = new Node[GraphSize.Objects];
        Random random = new(1);
        for (int i = 0; i < nodes.Length; i++)
        {
            nodes[i] = new Node { Next = i > 0 ? nodes[i - 1] : null, Other = i > 0 ? nodes[random.Next(i)] : null };
        }

        _nodes = nodes;
        return (long)nodes.Length * 56;
    }

    public static void Drop() => _nodes = null;

    private sealed class Node
    {
        public Node? Next;
        public Node? Other;
        public long A = 1;
        public long B = 2;
    }
}

/// <summary>Five million objects in one gigabyte, a chain that only its end holds: 200 bytes each.</summary>
internal static class WideGraph
{
    private static Node? _last;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static long Fill()
    {
        int count = GraphSize.Objects;
        for (int i = 0; i < count; i++)
        {
            _last = new Node { Before = _last };
        }

        return count * 200L;
    }

    public static void Drop() => _last = null;

    [StructLayout(LayoutKind.Sequential, Size = 176)]
    private struct Payload
    {
        public long First;
    }

    private sealed class Node
    {
        public Node? Before;
        public Payload Data = new() { First = 1 };
    }
}

/// <summary>How many objects a graph has.</summary>
internal static class GraphSize
{
    public static int Objects => int.Parse(Environment.GetEnvironmentVariable("SCENARIO_OBJECTS") ?? "5000000", CultureInfo.InvariantCulture);
}
