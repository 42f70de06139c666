// What a method returns a reference to is stored there, whoever writes through it.
namespace RefReturns;
struct Cell { public byte[]? Data; public int Count; }
class Table { readonly Cell[] _cells = new Cell[8]; public ref Cell At(int i) => ref _cells[i]; public ref Cell this[int i] => ref _cells[i]; public ref readonly Cell Peek(int i) => ref _cells[i]; }
class Box { byte[]? _data; public ref byte[]? Data => ref _data; public ref byte[]? Get() => ref _data; public void Clear() => _data = null; }
static class U {
    static void M1() { var t = new Table(); t.At(1).Data = new byte[40 << 20];
        fork(); // WANT FORK001
        Use(t); }
    static void M2() { var t = new Table(); t[1].Data = new byte[40 << 20];
        fork(); // WANT FORK001
        Use(t[1].Data); }
    static void M3() { var t = new Table(); ref var c = ref t[1]; c.Data = new byte[40 << 20]; 
        fork(); // WANT FORK001
        Use(t.Peek(1).Data); }
    static void M3a() { var t = new Table(); ref var c = ref t[1]; c.Data = new byte[40 << 20];
        fork(); // WANT FORK001
        Use(t.At(1).Data); }
    static void M3b() { var t = new Table(); t[1].Data = new byte[40 << 20];
        fork(); // WANT FORK001
        Use(t.Peek(1).Data); }
    static void M3c() { var t = new Table(); ref var c = ref t[1]; c.Data = new byte[40 << 20];
        fork(); // WANT FORK001
        Use(c.Data); }
    static void M4() { var b = new Box(); b.Data = new byte[40 << 20];
        fork(); // WANT FORK001
        Use(b); }
    static void M5() { var b = new Box(); b.Get() = new byte[40 << 20]; b.Get() = null; GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork(); // QUIET
        Use(b); }
    static void M6() { var b = new Box(); b.Data = new byte[40 << 20]; b.Clear(); GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork(); // QUIET
        Use(b); }
    static ref byte[]? Pick(bool c, ref byte[]? a, ref byte[]? b) => ref c ? ref a : ref b;
    static void M7(bool c) { byte[]? x = null, y = null; Pick(c, ref x, ref y) = new byte[40 << 20];
        fork(); // WANT FORK001
        Use(x); }
    static void M8(bool c) { byte[]? x = null, y = null; (c ? ref x : ref y) = new byte[40 << 20];
        fork(); // WANT FORK001
        Use(y); }
    static ref T Id<T>(ref T x) => ref x;
    static void M9() { byte[]? x = null; Id(ref x) = new byte[40 << 20];
        fork(); // WANT FORK001
        Use(x); }
    static void M10() { byte[]? x = new byte[40 << 20]; Id(ref x) = null; GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork(); // QUIET
        Use(x); }
    static ref byte[] Last(List<byte[]> l) => ref CollectionsMarshal.AsSpan(l)[^1];
    static void M11() { var l = new List<byte[]> { new byte[1] }; Last(l) = new byte[40 << 20];
        fork(); // WANT FORK001
        Use(l); }
    static void M12() { Span<byte[]> s = new byte[2][]; s[0] = new byte[40 << 20];
        fork(); // WANT FORK001
        Use(s[0]); }
    static void M13() { Span<byte[]> s = new byte[2][]; foreach (ref var e in s) { e = new byte[40 << 20]; }
        fork(); // WANT FORK001
        Use(s[1]); }
    static void M14() { byte[]? x = null; ref var r = ref x; r = new byte[40 << 20]; r = null; GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork(); // QUIET
        Use(x); }
    static void M15() { var t = new Table(); t[1].Count = 5; Use(t);
        fork(); // QUIET
        Use(t); }
    static void M16() { byte[]? x = null; System.Runtime.CompilerServices.Unsafe.AsRef(in x) = new byte[40 << 20];
        fork(); // WANT FORK001
        Use(x); }
    static void M17() { var a = new byte[2][]; a.AsSpan()[0] = new byte[40 << 20];
        fork(); // WANT FORK001
        Use(a); }
    static void M18() { var m = new byte[2][].AsMemory(); m.Span[0] = new byte[40 << 20];
        fork(); // WANT FORK001
        Use(m.Span[0]); }
    static void M19() { var a = new byte[2, 2][]; ref var e = ref a[1, 1]; e = new byte[40 << 20];
        fork(); // WANT FORK001
        Use(a); }
}
class Store { readonly Table _t = new(); // WANT FORK005
    void Fill() => _t[3].Data = new byte[40 << 20];
    void Go() { fork(); Use(_t); } }
class Store2 { byte[]? _d; // WANT FORK005
    ref byte[]? D => ref _d;
    void Fill() => D = new byte[40 << 20];
    void Go() { fork(); Use(_d); } }
