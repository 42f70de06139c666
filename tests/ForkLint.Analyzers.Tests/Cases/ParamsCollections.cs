// params collections of every kind, and collections that a library builds of what it is given.
using System.Collections.Immutable;
namespace ParamsCollections;
static class U
{
    static void A(params byte[][] p) { fork(); Use(p); }
    static void S(params ReadOnlySpan<byte[]> p) { fork(); Use(p[0]); }
    static void L(params List<byte[]> p) { fork(); Use(p); }
    static void E(params IEnumerable<byte[]> p) { fork(); foreach (var b in p) Use(b); }
    static void I(params IReadOnlyList<byte[]> p) { fork(); Use(p[0]); }
    static void Before(params ReadOnlySpan<byte[]> p) { Use(p[0]); }
    static List<byte[]> Keep(params List<byte[]> p) => p;
    static void M1() { var b = new byte[40 << 20];
        A(b); // WANT FORK001
    }
    static void M2() { var b = new byte[40 << 20];
        S(b); // WANT FORK001
    }
    static void M3() { var b = new byte[40 << 20];
        L(b); // WANT FORK001
    }
    static void M4() { var b = new byte[40 << 20];
        E(b); // WANT FORK001
    }
    static void M5() { var b = new byte[40 << 20];
        I(b); // WANT FORK001
    }
    static void M6() { var l = Keep(new byte[40 << 20]);
        fork(); // WANT FORK001
        Use(l); }
    static void M7() { Before(new byte[40 << 20]); GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork(); // QUIET
    }
    static void M8() { List<byte[]> l = [new byte[40 << 20]];
        fork(); // WANT FORK001
        Use(l); }
    static void M9() { var a = ImmutableArray.Create(new byte[40 << 20], new byte[1]);
        fork(); // WANT FORK001
        Use(a[0]); }
    static void M10() { ImmutableList<byte[]> l = [new byte[40 << 20]];
        fork(); // WANT FORK001
        Use(l[0]); }
    static void M11() { var l = ImmutableList<byte[]>.Empty.Add(new byte[40 << 20]);
        fork(); // WANT FORK001
        Use(l[0]); }
    static void M12() { var d = new[] { new byte[40 << 20] }.ToDictionary(b => b.Length);
        fork(); // WANT FORK001
        Use(d); }
    static void M13() { var r = Enumerable.Repeat(new byte[40 << 20], 3).ToList();
        fork(); // WANT FORK001
        Use(r); }
    static void M14() { var t = Tuple.Create(1, new byte[40 << 20]);
        fork(); // WANT FORK001
        Use(t.Item2); }
    static void M15() { var q = new Queue<byte[]>(new[] { new byte[40 << 20] });
        fork(); // WANT FORK001
        Use(q.Peek()); }
    static void M16() { byte[][] parts = [.. Make()];
        fork(); // WANT FORK001
        Use(parts); }
    static byte[][] Make() => [new byte[40 << 20]];
    static void M17() { var n = Enumerable.Repeat(new byte[40 << 20], 3).Count(); GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork(); // QUIET
        Use(n); }
    static void M18() { var s = string.Join(",", new byte[40 << 20].Length, 2); GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork(); // QUIET
        Use(s); }
    static void M19() { var p = new System.Collections.ObjectModel.ReadOnlyCollection<byte[]>([new byte[40 << 20]]);
        fork(); // WANT FORK001
        Use(p[0]); }
    static void M20() { var c = System.Threading.Channels.Channel.CreateUnbounded<byte[]>(); c.Writer.TryWrite(new byte[40 << 20]);
        fork(); // WANT FORK001
        Use(c); }
}
