// Structs and ref structs that own memory, and fields that are references.
namespace StructOwners;
struct Buf : IDisposable { nint _p; public Buf(int n) => _p = Marshal.AllocHGlobal(n); public readonly void Use() => N.Use(_p.ToString()); public void Dispose() { if (_p != 0) { Marshal.FreeHGlobal(_p); _p = 0; } } }
ref struct Ref { nint _p; public Ref(int n) => _p = Marshal.AllocHGlobal(n); public void Dispose() { Marshal.FreeHGlobal(_p); _p = 0; } }
ref struct View { public Span<byte> Data; public View(byte[] b) => Data = b; }
ref struct Slot { public ref byte[]? Place; public Slot(ref byte[]? place) => Place = ref place; }
unsafe struct Raw { public void* P; public void Free() { NativeMemory.Free(P); P = null; } }
readonly struct Lease(byte[] data) { public byte[] Data { get; } = data; }
record struct Pair(byte[]? One, byte[]? Two);
static unsafe class U
{
    static void M1() { using (var b = new Buf(40 << 20)) { b.Use(); }
        fork(); // QUIET
    }
    static void M2() { using var b = new Buf(40 << 20);
        fork(); // WANT FORK002
    }
    static void M3() { var b = new Buf(40 << 20);
        fork(); // WANT FORK001
        b.Use(); b.Dispose(); }
    static void M4() { var b = new Buf(40 << 20); b.Dispose();
        fork(); // QUIET
    }
    static void M5() { using (var r = new Ref(40 << 20)) { }
        fork(); // QUIET
    }
    static void M6() { using var r = new Ref(40 << 20);
        fork(); // WANT FORK002
    }
    static void M7() { var v = new View(new byte[40 << 20]);
        fork(); // WANT FORK001
        v.Data[0] = 1; }
    static void M8() { var r = new Raw { P = NativeMemory.Alloc(40 << 20) }; r.Free();
        fork(); // QUIET
    }
    static void M9() { var r = new Raw { P = NativeMemory.Alloc(40 << 20) };
        fork(); // WANT FORK002
        r.Free(); }
    static void M10() { var l = new Lease(new byte[40 << 20]);
        fork(); // WANT FORK001
        Use(l.Data); }
    static void M11() { var p = new Pair(new byte[40 << 20], null); p.One = null; GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork(); // QUIET
        Use(p.Two); }
    static void M12() { var p = new Pair(new byte[40 << 20], null);
        fork(); // WANT FORK001
        Use(p.One); }
}
