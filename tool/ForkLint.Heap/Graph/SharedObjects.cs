namespace ForkLint.Heap.Graph;

/// <summary>Bytes that go only when all of several holders let go.</summary>
/// <param name="Holders">The holders that reach them; empty when they are more than are worth naming.</param>
/// <param name="Tops">The nodes through which every way in leads.</param>
/// <param name="Bytes">What the tops retain together.</param>
internal sealed record SharedGroup(int[] Holders, IReadOnlyList<int> Tops, long Bytes);

/// <summary>
/// Finds who shares what: an object whose immediate dominator is the root of all is reached by several holders. Every way into what it
/// dominates leads through it, so only edges into such tops carry holders from one to the next.
/// </summary>
internal static class SharedObjects
{
    /// <summary>More holders than this are not named: freeing all of them is no advice.</summary>
    public const int MostNamed = 4;

    private const int Many = 1;

    public static IReadOnlyList<SharedGroup> Find(DominatorTree tree)
    {
        int[] shared = tree.Shared.Nodes;
        if (shared.Length == 0)
        {
            return [];
        }

        // Only tops have sets: a node stands for its top, and a top that is an object is found in the list of tops.
        int[] top = new int[tree.Count];
        for (int place = 0; place < shared.Length; place++)
        {
            top[shared[place]] = ~place;
        }

        for (int node = 1; node < tree.Count; node++)
        {
            if (tree.Immediate[node] != 0)
            {
                top[node] = top[tree.Immediate[node]];
            }
            else if (top[node] == 0)
            {
                top[node] = node;
            }
        }

        HolderSets sets = new();
        int[] setOf = new int[shared.Length];
        bool changed = true;
        while (changed)
        {
            changed = false;
            for (int place = 0; place < shared.Length; place++)
            {
                int set = setOf[place];
                foreach (int predecessor in tree.Shared.PredecessorsOf(place))
                {
                    int from = top[predecessor];
                    if (from != ~place)
                    {
                        set = sets.Union(set, from < 0 ? setOf[~from] : sets.Single(tree.HolderOf(from)));
                    }
                }

                changed |= set != setOf[place];
                setOf[place] = set;
            }
        }

        return [.. Enumerable.Range(0, shared.Length)
            .GroupBy(place => setOf[place], place => shared[place])
            .Select(group => new SharedGroup(sets.Members(group.Key), [.. group], group.Sum(node => tree.RetainedBytes[node])))
            .OrderByDescending(group => group.Bytes)];
    }

    /// <summary>Interned sets of a few holders; 0 is none, 1 is "more than are worth naming".</summary>
    private sealed class HolderSets
    {
        private readonly List<int[]> _members = [[], []];
        private readonly Dictionary<string, int> _known = new(StringComparer.Ordinal);
        private readonly Dictionary<(int, int), int> _unions = [];
        private readonly Dictionary<int, int> _singles = [];

        public int[] Members(int set) => _members[set];

        public int Single(int holder)
        {
            if (!_singles.TryGetValue(holder, out int set))
            {
                set = _singles[holder] = Intern([holder]);
            }

            return set;
        }

        public int Union(int left, int right)
        {
            if (left == right || right == 0)
            {
                return left;
            }

            if (left == 0)
            {
                return right;
            }

            if (left == Many || right == Many)
            {
                return Many;
            }

            if (!_unions.TryGetValue((left, right), out int union))
            {
                int[] members = [.. _members[left].Union(_members[right]).Order()];
                union = members.Length > MostNamed ? Many : Intern(members);
                _unions[(left, right)] = union;
            }

            return union;
        }

        private int Intern(int[] members)
        {
            string key = string.Join(',', members);
            if (!_known.TryGetValue(key, out int set))
            {
                set = _members.Count;
                _members.Add(members);
                _known[key] = set;
            }

            return set;
        }
    }
}
