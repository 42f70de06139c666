using System.Globalization;
using ForkLint.Heap.Graph;
using ForkLint.Heap.Roots;

namespace ForkLint.Heap.GcDump;

/// <summary>A type of the file: the size is that of its first object, which need not be repeated for others of the same.</summary>
internal sealed record GcDumpType(string Name, string? Module, int Bytes);

/// <summary>A root, or a group of them: a node that is no object.</summary>
internal readonly record struct GcDumpRoot(int Type, int[] Children);

/// <summary>
/// The heap as a gcdump has it: what roots reach, below a tree of the roots by their kinds, as the tools that read such files show it. Roots come first, then
/// objects in the order of their addresses.
/// </summary>
internal sealed class GcDumpGraph
{
    private const int NoNode = -1;

    private readonly HeapModel _model;
    private readonly Dictionary<(string Name, string? Module), int> _typeOf = [];
    private readonly Dictionary<(int Type, int Range), int> _objectTypes = [];
    private readonly List<GcDumpType> _types = [];
    private readonly List<GcDumpRoot> _roots = [];
    private readonly int[] _nodes;

    private GcDumpGraph(HeapModel model)
    {
        _model = model;
        _nodes = LargeArrays.Make<int>(model.Data.Graph.Count);

        // Readers take a node at the first place of the data for one that was never described: nothing real may stand there.
        TypeFor("UNDEFINED", null, 0);
    }

    /// <summary>The types, the first of which none has.</summary>
    public IReadOnlyList<GcDumpType> Types => _types;

    /// <summary>The nodes that are no objects; the first is above all.</summary>
    public IReadOnlyList<GcDumpRoot> Roots => _roots;

    /// <summary>All nodes.</summary>
    public int Count { get; private set; }

    /// <summary>The bytes of all objects.</summary>
    public long Bytes { get; private set; }

    /// <summary>The objects that nothing reaches, which are left out: a collection would have taken them.</summary>
    public int UnreachableCount { get; private set; }

    /// <summary>Takes it from what was read.</summary>
    public static GcDumpGraph Of(HeapModel model)
    {
        GcDumpGraph made = new(model);
        List<(string Group, string Name, int[] Objects)> held = [.. Held(model.Data.Roots), .. Held(model.Data.Stacks)];
        IGrouping<string, (string Group, string Name, int[] Objects)>[] groups = [.. held.GroupBy(static root => root.Group)];

        // The tree of roots is numbered first: the root, its groups, their roots.
        int roots = 1 + groups.Length + held.Count;
        made.Number(roots);
        int next = 1 + groups.Length;
        made._roots.Add(new GcDumpRoot(made.TypeFor("[.NET Roots]", null, 0), [.. Enumerable.Range(1, groups.Length)]));
        foreach (IGrouping<string, (string, string, int[])> group in groups)
        {
            int members = group.Count();
            made._roots.Add(new GcDumpRoot(made.TypeFor(group.Key, null, 0), [.. Enumerable.Range(next, members)]));
            next += members;
        }

        foreach ((_, string name, int[] objects) in groups.SelectMany(static group => group))
        {
            made._roots.Add(new GcDumpRoot(made.TypeFor(name, null, 0), [.. objects.Select(index => made._nodes[index]).Where(static node => node != NoNode)]));
        }

        return made;
    }

    /// <summary>The objects, in the order of their nodes.</summary>
    public IEnumerable<int> Objects => Enumerable.Range(0, _nodes.Length).Where(index => _nodes[index] != NoNode);

    /// <summary>The node of an object.</summary>
    public int NodeOf(int index) => _nodes[index];

    /// <summary>An object's bytes; the format knows none above 2 GiB.</summary>
    public int BytesOf(int index) => (int)Math.Min(int.MaxValue, _model.Data.Graph.SizeOf(index));

    /// <summary>
    /// The type of an object. Large objects of one type are distinguished by their size, as dotnet-gcdump does.
    /// </summary>
    public int TypeOf(int index)
    {
        int type = _model.Data.Graph.TypeIndexes[index];
        int bytes = BytesOf(index);
        int range = RangeOf(bytes);
        if (!_objectTypes.TryGetValue((type, range), out int known))
        {
            TypeFacts facts = _model.Data.Types[type];
            known = _objectTypes[(type, range)] = TypeFor(facts.Name.Replace(", ", ",", StringComparison.Ordinal) + Suffix(range), facts.Module, bytes);
        }

        return known;
    }

    private static IEnumerable<(string Group, string Name, int[] Objects)> Held(RootSet roots)
    {
        IReadOnlyList<int[]> objects = roots.Objects();
        for (int holder = 0; holder < objects.Count; holder++)
        {
            Holder root = roots.Holders[holder];
            yield return (GroupOf(root.Kind), root.Kind is HolderKind.Static or HolderKind.ThreadStatic ? $"[static var {root.Display}]" : $"[{root.Display}]", objects[holder]);
        }
    }

    private static string GroupOf(HolderKind kind) => kind switch
    {
        HolderKind.Static => "[static vars]",
        HolderKind.ThreadStatic => "[thread static vars]",
        HolderKind.Stack => "[local vars]",
        _ => "[other roots]",
    };

    // 0 for what is not told apart, else the power of ten that it exceeds, in thousands.
    private static int RangeOf(int bytes) => bytes switch
    {
        <= 1000 => 0,
        < 10_000 => 1,
        < 100_000 => 10,
        < 1_000_000 => 100,
        < 10_000_000 => 1000,
        < 100_000_000 => 10_000,
        _ => 100_000,
    };

    private static string Suffix(int range) => range switch
    {
        0 => "",
        < 1000 => string.Create(CultureInfo.InvariantCulture, $" (Bytes > {range}K)"),
        _ => string.Create(CultureInfo.InvariantCulture, $" (Bytes > {range / 1000}M)"),
    };

    private void Number(int first)
    {
        for (int index = 0; index < _nodes.Length; index++)
        {
            bool isReached = !_model.IsGarbage(index);
            _nodes[index] = isReached ? first++ : NoNode;
            UnreachableCount += isReached ? 0 : 1;
            Bytes += isReached ? BytesOf(index) : 0;
        }

        Count = first;
    }

    private int TypeFor(string name, string? module, int bytes)
    {
        if (!_typeOf.TryGetValue((name, module), out int known))
        {
            known = _typeOf[(name, module)] = _types.Count;
            _types.Add(new GcDumpType(name, module, bytes));
        }

        return known;
    }
}
