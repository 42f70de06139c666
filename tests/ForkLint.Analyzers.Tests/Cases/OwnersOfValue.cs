// Structs as owners: by reference, in arrays, behind a generic that allows ref structs, with a Dispose by pattern.
namespace OwnersOfValue;
struct Own : IDisposable { nint _p; public static Own Of(int n) => new() { _p = Marshal.AllocHGlobal(n) }; public readonly bool IsOpen => _p != 0; public void Dispose() { if (IsOpen) { Marshal.FreeHGlobal(_p); _p = 0; } } }
ref struct ByPattern { readonly Span<byte> _s; public ByPattern(int n) => _s = new byte[n]; public readonly int Length => _s.Length; public void Dispose() { } }
ref struct Native : IDisposable { nint _p; public Native(int n) { _p = Marshal.AllocHGlobal(n); } public void Dispose() { Marshal.FreeHGlobal(_p); _p = 0; } }
ref struct Pooled(int n) { byte[]? _rented = ArrayPool<byte>.Shared.Rent(n); public readonly Span<byte> Span => _rented; public void Dispose() { var r = _rented; this = default; if (r != null) ArrayPool<byte>.Shared.Return(r); } }
ref struct Through { readonly ref Own _own; public Through(ref Own own) => _own = ref own; public void Dispose() => _own.Dispose(); }
static class Do { public static void End<T>(T x) where T : IDisposable, allows ref struct => x.Dispose(); public static void EndRef(ref Own o) => o.Dispose(); public static void Look(in Own o) => Use(o.IsOpen); public static void Swap(ref Own a, ref Own b) => (a, b) = (b, a); }
static class U {
    static void M1() { var o = Own.Of(40 << 20); Do.EndRef(ref o);
        fork(); // QUIET
    }
    static void M2() { var all = new[] { Own.Of(40 << 20) }; foreach (ref var o in all.AsSpan()) { o.Dispose(); }
        fork(); // MAYBE FORK002
    }
    static void M3() { var n = new Native(40 << 20); Do.End(n);
        fork(); // QUIET
    }
    static void M4() { using (var p = new ByPattern(40 << 20)) { Use(p.Length); } GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork(); // QUIET
    }
    static void M5() { using (var p = new Pooled(40 << 20)) { p.Span[0] = 1; }
        fork(); // WANT FORK006
    }
    static void M6() { var o = Own.Of(40 << 20); using (new Through(ref o)) { Do.Look(in o); }
        fork(); // QUIET
    }
    static void M7() { var o = Own.Of(40 << 20); ref var r = ref o; r.Dispose();
        fork(); // QUIET
    }
    static void M8() { var o = new Own(); o = Own.Of(40 << 20); try { Use(o.IsOpen); } finally { o.Dispose(); }
        fork(); // QUIET
    }
    static void M9() { var a = Own.Of(40 << 20); var b = default(Own); Do.Swap(ref a, ref b); b.Dispose();
        fork(); // MAYBE FORK002
    }
    static void T1() { var o = Own.Of(40 << 20); Do.Look(in o);
        fork(); // WANT FORK002
        o.Dispose(); }
    static void T2() { using var p = new ByPattern(40 << 20);
        fork(); // WANT FORK001
        Use(p.Length); }
    static void T3() { using var p = new Pooled(40 << 20);
        fork(); // WANT FORK001
        p.Span[0] = 1; }
    static void T4() { var o = Own.Of(40 << 20); using (new Through(ref o)) {
        fork(); // WANT FORK002
        } }
}
