// Collections that grow to a known size, or are made of a source of known length.
namespace Grown;
using System.Collections;
static class Sizes {
    static void M1() { var l = new List<byte>(); l.EnsureCapacity(40 << 20);
        fork(); // WANT FORK001
        Use(l.Count); }
    static void M2() { var l = new List<long>(); CollectionsMarshal.SetCount(l, 10 << 20);
        fork(); // WANT FORK001
        Use(l.Count); }
    static void M3() { var l = new BitArray(400_000_000);
        fork(); // WANT FORK001
        Use(l.Count); }
    static void M4() { int[] l = [.. Enumerable.Range(0, 10_000_000)];
        fork(); // WANT FORK001
        Use(l.Length); }
    static void M5() { List<int> l = [.. Enumerable.Range(0, 10_000_000)];
        fork(); // WANT FORK001
        Use(l.Count); }
    static void M6() { var a = new byte[40 << 20]; Span<byte> s = a; byte[] l = [1, .. s];
        fork(); // WANT FORK001, FORK002
        Use(l.Length); }
    static void M7() { var a = new int[10 << 20]; int[] l = [.. a];
        fork(); // WANT FORK001, FORK002
        Use(l.Length); }
    static void M8() { var d = new Dictionary<long, long>(); d.EnsureCapacity(10_000_000);
        fork(); // WANT FORK001
        Use(d.Count); }
    static void M9() { var d = new HashSet<long>(); d.EnsureCapacity(10_000_000);
        fork(); // WANT FORK001
        Use(d.Count); }
    static void M10() { var d = new System.Text.StringBuilder(); d.EnsureCapacity(10_000_000);
        fork(); // WANT FORK001
        Use(d.Length); }
    static void M11() { var d = new Queue<long>(); d.EnsureCapacity(10_000_000);
        fork(); // WANT FORK001
        Use(d.Count); }
    static void M13() { var d = new MemoryStream(); d.SetLength(40_000_000);
        fork(); // WANT FORK001
        Use(d.Length); }
    static void M14() { var d = new BitArray(new bool[40_000_000]);
        fork(); // WANT FORK001, FORK006
        Use(d.Length); }
    static void M15() { var d = new List<int>(Enumerable.Range(0, 10_000_000));
        fork(); // WANT FORK001
        Use(d.Count); }
    static void M16() { int[] l = [.. Enumerable.Repeat(1, 10_000_000), 5];
        fork(); // WANT FORK001
        Use(l.Length); }
    static void M17() { int[] l = [.. Enumerable.Range(0, 10_000_000).Select(x => x * 2)];
        fork(); // WANT FORK001
        Use(l.Length); }
    static void Q1() { int[] l = [.. Enumerable.Range(0, 10)]; fork(); Use(l.Length); } // QUIET
    static void Q2() { var l = new List<byte>(); l.EnsureCapacity(4); fork(); Use(l.Count); } // QUIET
    static void Q3() { int[] l = [.. Enumerable.Range(0, 10_000_000).Where(x => x > 5)]; fork(); Use(l.Length); } // QUIET
    static void Q4() { var l = new BitArray(400_000); fork(); Use(l.Count); } // QUIET
    static void M18() { var s = new string(' ', 40 << 20); var c = s.ToCharArray();
        fork(); // WANT FORK001, FORK002
        Use(c); }
    static void M19() { var l = new List<byte[]>(); l.Add(new byte[40 << 20]); l.EnsureCapacity(10); var first = l[0]; l = null;
        fork(); // WANT FORK001
        Use(first); }
    static void Q5() { var l = new List<byte>(40 << 20); l.EnsureCapacity(40 << 20);
        fork(); // WANT FORK001
        Use(l.Count); }
}
class Grows { readonly List<int> _l = new(); // WANT FORK005
    public Grows() { _l.EnsureCapacity(10 << 20); } void Run() { Process.Start("x"); } }
class GrowsLater { List<int> _l = new(); // WANT FORK005
    public void F() { _l.EnsureCapacity(10 << 20); } void Run() { Process.Start("x"); } }
class SizeOfCaller { readonly byte[] _b; // WANT FORK005
    public SizeOfCaller(int n = 20 << 20) => _b = new byte[n]; public void Run() { Use(_b); Process.Start("x"); } }
class SizeOfAnyCaller { readonly byte[] _b; // QUIET
    public SizeOfAnyCaller(int n = 20 << 20) => _b = new byte[n]; public void Run() { Use(_b); Process.Start("x"); } }
static class Callers { static void M(int n) { new SizeOfCaller().Run(); new SizeOfAnyCaller().Run(); new SizeOfAnyCaller(n).Run(); } }
static class Queries {
    static void M1() { var b = new byte[40 << 20];
        var l = Enumerable.Range(0, 3).Select(_ => fork()).ToList(); // WANT FORK001
        Use(b); }
    static void M2() { var b = new byte[40 << 20];
        var l = new List<int>(Enumerable.Range(0, 3).Select(_ => fork())); // WANT FORK001
        Use(b); }
    static void M3() { var l = Enumerable.Range(0, 3).Select(_ => new byte[40 << 20]).ToList();
        fork(); // WANT FORK001
        Use(l[0]); } }
