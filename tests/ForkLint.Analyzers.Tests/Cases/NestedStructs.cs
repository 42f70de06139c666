// Structs in structs, nullable structs, inline arrays and ref structs that own memory.
namespace NestedStructs;
struct Own : IDisposable { public nint P; public static Own Make() => new() { P = Marshal.AllocHGlobal(40 << 20) }; public void Dispose() { Marshal.FreeHGlobal(P); P = 0; } }
readonly struct RO : IDisposable { readonly nint _p; public RO() { _p = Marshal.AllocHGlobal(40 << 20); } public void Dispose() => Marshal.FreeHGlobal(_p); }
readonly record struct RR(byte[] Data) { public static RR Big() => new(new byte[40 << 20]); }
ref struct Rent { byte[]? _a; public Rent(int n) => _a = new byte[n]; public Span<byte> Span => _a; public void Dispose() => _a = null; }
ref struct Builder { Span<byte> _s; byte[]? _rented; public Builder(Span<byte> s) { _s = s; _rented = null; } public void Grow() { _rented = new byte[40 << 20]; _s = _rented; } public void Add(byte b) => _s[0] = b; }
struct Wrap { public Own Inner; public void Free() => Inner.Dispose(); }
struct Gen<T> { public T Value; }
[InlineArray(4)] struct Four { byte[]? _first; }
static class U {
    static void M1() { using (var o = Own.Make()) { Use(o.P.ToString()); }
        fork(); // QUIET
    }
    static void M2() { using var o = Own.Make();
        fork(); // WANT FORK002
    }
    static void M3() { using (new RO()) { }
        fork(); // QUIET
    }
    static void M4() { var r = RR.Big();
        fork(); // WANT FORK001
        Use(r.Data); }
    static void M5() { var r = RR.Big() with { Data = [] }; GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork(); // QUIET
        Use(r.Data); }
    static void M6() { var r = new Rent(40 << 20);
        fork(); // WANT FORK001
        r.Span[0] = 1; }
    static void M10() { var b = new Builder(stackalloc byte[16]); b.Grow();
        fork(); // WANT FORK001
        b.Add(1); }
    static void M11() { var w = new Wrap { Inner = Own.Make() }; w.Free();
        fork(); // QUIET
    }
    static void M12() { var w = new Wrap { Inner = Own.Make() };
        fork(); // WANT FORK002
        w.Free(); }
    static void M13() { var g = new Gen<byte[]> { Value = new byte[40 << 20] };
        fork(); // WANT FORK001
        Use(g.Value); }
    static void M14() { var g = new Gen<byte[]?> { Value = new byte[40 << 20] }; g = default; GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork(); // QUIET
        Use(g.Value); }
    static void M15() { var f = new Four(); f[1] = new byte[40 << 20];
        fork(); // WANT FORK001
        Use(f[1]); }
    static void M16() { var a = Own.Make(); var b = a; b.Dispose();
        fork(); // QUIET
        Use(a.P.ToString()); }
    static void M18() { Own? o = Own.Make(); o?.Dispose();
        fork(); // QUIET
    }
}
