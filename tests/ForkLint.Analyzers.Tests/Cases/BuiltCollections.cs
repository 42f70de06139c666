// Params collections of types with a builder or an Add method, and what the libraries build of collections.
using System.Collections.Immutable; using System.Collections.Frozen; using System.Collections.ObjectModel;
namespace BuiltCollections;
[CollectionBuilder(typeof(Bag), nameof(Bag.Create))] sealed class Bag<T> : IEnumerable<T> { public required List<T> Items; public IEnumerator<T> GetEnumerator() => Items.GetEnumerator(); System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator(); }
static class Bag { public static Bag<T> Create<T>(ReadOnlySpan<T> items) => new() { Items = [.. items] }; }
sealed class AddBag : System.Collections.IEnumerable { readonly List<byte[]> _l = []; public void Add(byte[] b) => _l.Add(b); public System.Collections.IEnumerator GetEnumerator() => _l.GetEnumerator(); }
static class U {
    static void P1(params Bag<byte[]> p) { fork(); Use(p); }
    static void P2(params AddBag p) { fork(); Use(p); }
    static void P3(int n, params Span<byte[]> p) { fork(); Use(p[0]); }
    static void P4(params ICollection<byte[]> p) { fork(); Use(p); }
    static void P5<T>(params T[] p) { fork(); Use(p); }
    static void P6(params HashSet<byte[]> p) { Use(p); fork(); }
    static void M1() { var b = new byte[40 << 20];
        P1(b); // WANT FORK001
    }
    static void M2() { var b = new byte[40 << 20];
        P2(b); // WANT FORK001
    }
    static void M3() { var b = new byte[40 << 20];
        P3(1, b); // WANT FORK001
    }
    static void M4() { var b = new byte[40 << 20];
        P4(b); // WANT FORK001
    }
    static void M5() { var b = new byte[40 << 20];
        P5<object>(b, 1); // WANT FORK001
    }
    static void M6() { var b = new byte[40 << 20];
        P6(b); // WANT FORK002
    }
    static void M7() { var f = new[] { new byte[40 << 20] }.ToFrozenSet();
        fork(); // WANT FORK001
        Use(f); }
    static void M8() { var l = new List<byte[]> { new byte[40 << 20] }.AsReadOnly();
        fork(); // WANT FORK001
        Use(l); }
    static void M9() { var a = new[] { new byte[40 << 20] }.Where(b => b.Length > 1).OrderBy(b => b.Length).ToArray();
        fork(); // WANT FORK001
        Use(a); }
    static void M10() { var g = new[] { new byte[40 << 20] }.ToLookup(b => b.Length);
        fork(); // WANT FORK001
        Use(g); }
    static void M11() { var s = new SortedList<int, byte[]> { [1] = new byte[40 << 20] };
        fork(); // WANT FORK001
        Use(s.Values); }
    static void M12() { var b = ImmutableArray.CreateBuilder<byte[]>(); b.Add(new byte[40 << 20]); var a = b.ToImmutable();
        fork(); // WANT FORK001
        Use(a[0]); }
    static void M13() { var d = new Dictionary<string, byte[]>(StringComparer.Ordinal) { ["a"] = new byte[40 << 20] }.ToImmutableDictionary();
        fork(); // WANT FORK001
        Use(d); }
    static void M14() { Bag<byte[]> b = [new byte[40 << 20]];
        fork(); // WANT FORK001
        Use(b); }
    static void M15() { var pq = new PriorityQueue<byte[], int>(); pq.Enqueue(new byte[40 << 20], 1);
        fork(); // WANT FORK001
        Use(pq.Dequeue()); }
    static void M16() { Collection<byte[]> c = [new byte[40 << 20]];
        fork(); // WANT FORK001
        Use(c[0]); }
    static void M17() { var k = new KeyValuePair<int, byte[]>(1, new byte[40 << 20]);
        fork(); // WANT FORK001
        Use(k.Value); }
    static void M18() { var z = new[] { new byte[40 << 20] }.Zip([1]).First();
        fork(); // WANT FORK001
        Use(z.First); }
    static void M19() { var n = new[] { new byte[40 << 20] }.Sum(b => b.Length); GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork(); // QUIET
        Use(n); }
    static void M20() { P7(new byte[40 << 20]); GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork(); // QUIET
    }
    static void P7(params Bag<byte[]> p) { Use(p); }
    static void M21() { var n = new[] { new byte[40 << 20] }.Select(b => b.Length).ToArray(); GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork(); // QUIET
        Use(n); }
    static void M22() { var any = new List<byte[]> { new byte[40 << 20] }.Any(b => b.Length > 3); GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork(); // QUIET
        Use(any); }
}
