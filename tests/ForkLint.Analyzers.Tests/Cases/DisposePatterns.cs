// The Dispose patterns that templates and libraries write, and loops that dispose of all elements.
namespace DisposePatterns;
sealed class FA : IDisposable { nint _p; bool _isDisposed; public FA() { _p = Marshal.AllocHGlobal(40 << 20); } public void Dispose() { if (_isDisposed) { return; } ReleaseCore(); _isDisposed = true; GC.SuppressFinalize(this); } void ReleaseCore() { if (_p == IntPtr.Zero) return; Marshal.FreeHGlobal(_p); _p = IntPtr.Zero; } ~FA() { ReleaseCore(); } }
class FB : IDisposable { private bool disposedValue; nint _p = Marshal.AllocHGlobal(40 << 20);
    protected virtual void Dispose(bool disposing) { if (!disposedValue) { if (disposing) { } Marshal.FreeHGlobal(_p); _p = 0; disposedValue = true; } }
    ~FB() { Dispose(disposing: false); } public void Dispose() { Dispose(disposing: true); GC.SuppressFinalize(this); } }
sealed class FC : FB { nint _q = Marshal.AllocHGlobal(40 << 20); protected override void Dispose(bool disposing) { if (_q != 0) { Marshal.FreeHGlobal(_q); _q = 0; } base.Dispose(disposing); } }
sealed class FD : SafeHandle { public FD() : base(0, true) { SetHandle(Marshal.AllocHGlobal(40 << 20)); } public override bool IsInvalid => handle == 0; protected override bool ReleaseHandle() { Marshal.FreeHGlobal(handle); return true; } }
sealed class FE : IAsyncDisposable, IDisposable { nint _p = Marshal.AllocHGlobal(40 << 20); int _d; public void Dispose() { if (Interlocked.Exchange(ref _d, 1) == 1) return; Marshal.FreeHGlobal(_p); } public async ValueTask DisposeAsync() { await Task.Yield(); Dispose(); } }
sealed class FF : IDisposable { nint _p = Marshal.AllocHGlobal(40 << 20); readonly Lock _l = new(); bool _d; public void Dispose() { lock (_l) { if (_d) return; _d = true; } Marshal.FreeHGlobal(_p); } }
sealed class FG : IDisposable { MemoryStream? _m = new(new byte[40 << 20]); public void Dispose() { _m?.Dispose(); _m = null; } }
sealed class FH : IDisposable { enum St { Open, Closed } St _s; readonly nint _p = Marshal.AllocHGlobal(40 << 20); public void Dispose() { if (_s == St.Closed) return; _s = St.Closed; Marshal.FreeHGlobal(_p); } }
sealed class FI : IDisposable { readonly List<FA> _l = [new FA()]; public void Dispose() { foreach (var x in _l) x.Dispose(); _l.Clear(); } }
sealed class FJ : IDisposable { FA? _a = new(); public void Dispose() { var a = _a; _a = null; a?.Dispose(); } }
sealed class FK : IDisposable { FA? _a = new(); public void Dispose() { if (Interlocked.Exchange(ref _a, null) is { } a) a.Dispose(); } }
sealed class FL : IDisposable { volatile bool _disposed; nint _p = Marshal.AllocHGlobal(40 << 20); public bool IsDisposed => _disposed; public void Dispose() { if (IsDisposed) return; Marshal.FreeHGlobal(_p); _disposed = true; } }
sealed class FM : IDisposable { nint _p = Marshal.AllocHGlobal(40 << 20); void IDisposable.Dispose() { if (_p != 0) { Marshal.FreeHGlobal(_p); _p = 0; } } }
// Owners that refer to each other: each is disposed of once, and the search for what that frees comes to an end.
sealed class FN : IDisposable { public IDisposable? Other; nint _p = Marshal.AllocHGlobal(40 << 20); public void Dispose() { var other = Other; Other = null; other?.Dispose(); Marshal.FreeHGlobal(_p); _p = 0; } }
static class U {
    static void M22() { var a = new FN(); var b = new FN { Other = a }; a.Other = b; a.Dispose(); fork(); }
    static void M1() { using (var x = new FA()) { Use(x); } fork(); }
    static void M2() { using (var x = new FB()) { Use(x); } fork(); }
    static void M3() { using (var x = new FC()) { Use(x); } fork(); }
    static void M4() { using (var x = new FD()) { Use(x); } fork(); }
    static async Task M5() { await using (var x = new FE()) { Use(x); } fork(); }
    static void M6() { using (var x = new FF()) { Use(x); } fork(); }
    static void M7() { using (var x = new FG()) { Use(x); } GC.Collect(2, GCCollectionMode.Aggressive, true, true); fork(); }
    static void M8() { using (var x = new FH()) { Use(x); } fork(); }
    static void M9() { using (var x = new FI()) { Use(x); } fork(); }
    static void M10() { using (var x = new FJ()) { Use(x); } fork(); }
    static void M11() { using (var x = new FK()) { Use(x); } fork(); }
    static void M12() { using (var x = new FL()) { Use(x); } fork(); }
    static void M13() { using (new FM()) { } fork(); }
    static void M14() { var x = new FA(); try { Use(x); } finally { x.Dispose(); } fork(); }
    static void M15() { FA? x = new FA(); Use(x); if (x != null) { x.Dispose(); x = null; } fork(); }
    static void M16() { var x = new FA(); Use(x); (x as IDisposable)?.Dispose(); fork(); }
    static void M17() { object x = new FA(); if (x is IDisposable d) d.Dispose(); fork(); }
    static void M18(List<IDisposable> bag) { var x = new FA(); bag.Add(x); foreach (var d in bag) d.Dispose(); bag.Clear(); fork(); }
    static void M19() { var p = Marshal.AllocHGlobal(40 << 20); try { Use(p.ToString()); } finally { if (p != IntPtr.Zero) Marshal.FreeHGlobal(p); } fork(); }
    static void DisposeAll(params IDisposable?[] all) { foreach (var d in all) d?.Dispose(); }
    static void M20() { var x = new FA(); DisposeAll(x); fork(); }
    static void M21() { var x = new FA(); IDisposable? y = x; using (y) { } fork(); }
}
static class T {
    static void M1(List<FA> all) { all.Add(new FA()); foreach (var x in all) Use(x);
        fork(); // WANT FORK001
    }
    static void M2() { var all = new List<FA> { new FA() }; foreach (var x in all) { if (all.Count > 3) x.Dispose(); }
        fork(); // WANT FORK002
    }
    static void M3(bool b) { object x = new FA(); if (b && x is IDisposable d) d.Dispose();
        fork(); // WANT FORK002
    }
}
