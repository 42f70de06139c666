using System.Globalization;
using System.Runtime.CompilerServices;
using ForkLint.Heap.Graph;
using ForkLint.Heap.Roots;
using Microsoft.Diagnostics.Runtime;

namespace ForkLint.Heap.Savings;

/// <summary>The savings of the managed heap: every object belongs to exactly one of them, so they never overlap.</summary>
internal sealed class ManagedSavings
{
    private const double NoticedOnStack = 0.1;

    private readonly HeapModel _model;
    private readonly HeapReadOptions _options;
    private readonly List<Group> _groups = [new(HolderKind.Runtime, null, "", [], false)];
    private readonly Dictionary<string, int> _groupOf = new(StringComparer.Ordinal);
    private readonly int[] _entryOf;

    private ManagedSavings(HeapModel model, HeapReadOptions options)
    {
        _model = model;
        _options = options;
        _entryOf = LargeArrays.MakeZeroed<int>(model.Data.Graph.Count);
    }

    private sealed record Group(HolderKind Kind, string? Key, string Display, IReadOnlyList<string> Joint, bool IsPossible)
    {
        /// <summary>Stacks that point at a good part of it too.</summary>
        public SortedSet<string> AlsoOn { get; } = new(StringComparer.Ordinal);
    }

    /// <summary>The result: savings of any size, largest first, what stays whatever is done, and the totals the collector's free memory follows from.</summary>
    public sealed record Result(IReadOnlyList<Saving> Savings, IReadOnlyList<KeptMemory> Kept, Worth Garbage, long AllBytes, long ObjectBytes, long ResidentObjectBytes)
    {
        /// <summary>Free memory between pinned objects, which stays committed.</summary>
        public required long HoleBytes { get; init; }
    }

    public static Result Find(HeapModel model, HeapReadOptions options, CancellationToken cancellation) =>
        new ManagedSavings(model, options).Find(cancellation);

    private Result Find(CancellationToken cancellation)
    {
        HeapData data = _model.Data;
        Assign(_model.Certain, data.Roots, isPossible: false);
        Assign(_model.Possible, data.Stacks, isPossible: true);
        int garbage = _groups.Count;
        _groups.Add(new Group(HolderKind.Runtime, null, "", [], false));
        long finalizable = TakeGarbage(garbage);
        NoteStacks();
        Worth[] worths = new WorthCounter(data.Graph, data.Pages, _entryOf, _groups.Count).Count(data.Pinned, cancellation);

        List<Saving> savings = [];
        List<KeptMemory> kept = [];
        for (int i = 1; i < _groups.Count; i++)
        {
            if (i == garbage)
            {
                savings.Add(Garbage(worths[i], finalizable));
            }
            else if (_groups[i].Kind == HolderKind.Runtime)
            {
                kept.Add(new KeptMemory(KeptReason.Runtime, _groups[i].Display, worths[i].Bytes, "The runtime needs it for as long as the process lives."));
            }
            else
            {
                savings.Add(Held(_groups[i], worths[i]));
            }
        }

        kept.AddRange(Frozen());
        return new Result(
            [.. savings.Where(saving => saving.WeightBytes > 0).OrderByDescending(saving => saving.WeightBytes)],
            kept,
            worths[garbage],
            worths.Sum(worth => worth.Bytes),
            worths.Sum(worth => worth.Bytes) - data.Graph.Segments.Segments.Where(segment => segment.IsFrozen).Sum(SizeOf),
            worths.Sum(worth => worth.ResidentBytes))
        {
            HoleBytes = HoleBytes,
        };
    }

    /// <summary>Gives every object of a tree its group: the member or root below which it is, or the set of those that share it.</summary>
    private void Assign(DominatorTree tree, RootSet roots, bool isPossible)
    {
        int[] groupOfNode = LargeArrays.MakeZeroed<int>(tree.Count);
        EntryFinder finder = new(_model, tree, _options.SmallestSavingBytes);
        for (int index = 0; index < roots.Holders.Count; index++)
        {
            int node = tree.NodeOfHolder(index);
            if (node != 0 && tree.Immediate[node] == 0)
            {
                Holder holder = roots.Holders[index];
                groupOfNode[node] = GroupFor(new Group(holder.Kind, holder.Key, holder.Display, [], isPossible));
                if (tree.RetainedBytes[node] >= _options.SmallestSavingBytes && holder.Kind != HolderKind.Runtime)
                {
                    foreach (Entry entry in finder.Under(node, holder.Key, holder.Display).Skip(1))
                    {
                        groupOfNode[entry.Node] = GroupFor(new Group(holder.Kind, entry.Key, entry.Display, [], isPossible));
                    }
                }
            }
        }

        foreach (SharedGroup shared in SharedObjects.Find(tree))
        {
            Holder[] holders = [.. shared.Holders.Select(holder => roots.Holders[holder])];

            // Memory that the runtime keeps, too, stays when the application lets go of it.
            bool stays = holders.Any(holder => holder.Kind == HolderKind.Runtime);
            string display = holders.Length == 0 ? "objects that many share" : "objects shared by " + string.Join(" and ", holders.Select(holder => holder.Display));
            int group = GroupFor(new Group(
                stays ? HolderKind.Runtime : holders.Length == 0 ? HolderKind.Static : holders[0].Kind,
                "joint:" + string.Join('|', holders.Select(holder => holder.Key)),
                display,
                holders.Length == 0 ? ["many holders"] : [.. holders.Select(holder => holder.Key)],
                isPossible));
            foreach (int top in shared.Tops)
            {
                groupOfNode[top] = group;
            }
        }

        Inherit(tree, groupOfNode);
    }

    /// <summary>What has no group of its own is part of what dominates it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Inherit(DominatorTree tree, int[] groupOfNode)
    {
        int[] immediate = tree.Immediate;
        int[] vertex = tree.Vertex;
        int[] entryOf = _entryOf;
        for (int node = 1; node < tree.Count; node++)
        {
            int group = groupOfNode[node];
            if (group == 0)
            {
                group = groupOfNode[node] = groupOfNode[immediate[node]];
            }

            int index = vertex[node];
            if (index < entryOf.Length)
            {
                entryOf[index] = group;
            }
        }
    }

    /// <summary>What has no entry and nothing reaches gets the one of the garbage; returns how many of these are to be finalized.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private long TakeGarbage(int garbage)
    {
        long finalizable = 0;
        for (int index = 0; index < _entryOf.Length; index++)
        {
            if (_entryOf[index] == 0 && _model.IsGarbage(index))
            {
                _entryOf[index] = garbage;
                finalizable += _model.Data.Finalizable.Contains(index) ? 1 : 0;
            }
        }

        return finalizable;
    }

    private int GroupFor(Group group)
    {
        string key = (group.IsPossible ? "?" : "") + group.Key;
        if (!_groupOf.TryGetValue(key, out int index))
        {
            index = _groupOf[key] = _groups.Count;
            _groups.Add(group);
        }

        return index;
    }

    /// <summary>A word on a stack that points at a large part of what a field holds may be a local that keeps it after the field lets go.</summary>
    private void NoteStacks()
    {
        IReadOnlyList<int[]> objects = _model.Data.Stacks.Objects();
        for (int stack = 0; stack < objects.Count; stack++)
        {
            foreach (int index in objects[stack])
            {
                int node = _model.Certain.NodeOf(index);
                if (node != 0 && _model.Certain.RetainedBytes[node] is long retained && retained >= _options.SmallestSavingBytes)
                {
                    int entry = _entryOf[index];
                    int above = node;
                    while (_model.Certain.Immediate[above] != 0 && EntryAt(_model.Certain.Immediate[above]) == entry)
                    {
                        above = _model.Certain.Immediate[above];
                    }

                    if (retained >= _model.Certain.RetainedBytes[above] * NoticedOnStack)
                    {
                        _groups[entry].AlsoOn.Add(_model.Data.Stacks.Holders[stack].Display);
                    }
                }
            }
        }

        int EntryAt(int node) => _model.Certain.IsHolder(node) ? -1 : _entryOf[_model.Certain.Vertex[node]];
    }

    private Saving Garbage(Worth worth, long finalizable) => Make(
        worth,
        SavingKind.Garbage,
        string.Create(CultureInfo.InvariantCulture, $"{worth.Objects:N0} objects that nothing refers to and that no collection has freed yet"),
        finalizable == 0
            ? RuntimeAdvice.Collect(_options.RuntimeMajor)
            : string.Create(CultureInfo.InvariantCulture, $"{RuntimeAdvice.Collect(_options.RuntimeMajor)} {finalizable:N0} of them have finalizers: call GC.WaitForPendingFinalizers() and collect once more."),
        _model.Data.AllRootsAreKnown && RuntimeAdvice.GivesAllBack(_options.RuntimeMajor) ? Confidence.Exact : Confidence.Estimated);

    private Saving Held(Group group, Worth worth)
    {
        string largest = worth.LargestBytes * 2 > worth.Bytes ? _model.Data.Types[_model.Data.Graph.TypeIndexes[worth.LargestObject]].Name : "";
        string content = worth.Objects == 1 && largest.Length > 0
            ? $"one {largest}"
            : string.Create(CultureInfo.InvariantCulture, $"{worth.Objects:N0} objects{(largest.Length > 0 ? ", most of it one " : "")}{largest}");
        string also = group.AlsoOn.Count == 0 ? "" : $" It may be held by {string.Join(" and ", group.AlsoOn)}, too: remove it there as well.";
        string display = group.Kind == HolderKind.ThreadStatic ? group.Display + " (of each thread)" : group.Display;
        return Make(
            worth,
            SavingKind.Managed,
            $"{display}: {content}",
            Remedies.For(group.Kind, group.Key ?? "", display, group.Joint, RuntimeAdvice.Collect(_options.RuntimeMajor)) + also,
            group.IsPossible ? Confidence.Possible : group.AlsoOn.Count > 0 || group.Kind is HolderKind.Handle or HolderKind.FinalizerQueue || !RuntimeAdvice.GivesAllBack(_options.RuntimeMajor) ? Confidence.Estimated : Confidence.Exact) with
        {
            Holder = group.Joint.Count == 0 ? group.Key : null,
            JointlyHeldBy = group.Joint,
        };
    }

    private Saving Make(Worth worth, SavingKind kind, string what, string action, Confidence confidence) => new()
    {
        What = what,
        Kind = kind,
        CommitChargeBytes = worth.ChargeBytes,
        ChildResidentBytes = worth.ResidentBytes,
        LatencySavedMicroseconds = Remedies.Latency(worth.ResidentBytes, _options.MicrosecondsPerPage),
        ExposureBytes = worth.ResidentBytes,
        Action = action,
        Means = kind == SavingKind.Garbage ? SavingMeans.Collect : SavingMeans.Release,
        Confidence = confidence,
    };

    private long HoleBytes => _model.Data.Graph.Segments.Segments.Where(segment => segment.Kind == GCSegmentKind.Pinned).Sum(segment => segment.FreeBytes);

    private IEnumerable<KeptMemory> Frozen()
    {
        long bytes = _model.Data.Graph.Segments.Segments.Where(segment => segment.IsFrozen).Sum(SizeOf);
        if (bytes > 0)
        {
            yield return new KeptMemory(
                KeptReason.Frozen, "frozen objects (string literals, static readonly data, preallocated images)", bytes, "The collector never touches frozen segments: nothing frees them.");
        }

        if (HoleBytes is > 0 and var holes)
        {
            yield return new KeptMemory(KeptReason.PinnedHoles, "holes between pinned objects", holes, "The pinned object heap is not compacted; its holes are used again, not given back.");
        }
    }

    private static long SizeOf(HeapSegment segment) => (long)(segment.End - segment.Start) - segment.FreeBytes - segment.UnreadableBytes;
}
