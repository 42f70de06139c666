// Guards of a release that ask a switch, a nullable number, a count of owners or a volatile read.
namespace ReleaseGuards;
sealed class A : IDisposable { IntPtr _p = Marshal.AllocHGlobal(40 << 20); public void Dispose() { var p = _p; if (p == IntPtr.Zero) { return; } _p = default; Marshal.FreeHGlobal(p); } }
sealed class B : IDisposable { bool _open = true; nint _p = Marshal.AllocHGlobal(40 << 20); public void Dispose() { if (_open is false) return; try { N.Use(1); } finally { Marshal.FreeHGlobal(_p); _open = false; } } }
sealed class C : IDisposable { int _state; nint _p = Marshal.AllocHGlobal(40 << 20); public void Dispose() { switch (_state) { case 1: return; default: _state = 1; break; } Marshal.FreeHGlobal(_p); } }
sealed class D : IDisposable { nint _p = Marshal.AllocHGlobal(40 << 20); public void Dispose() { ThrowIfDisposed(); Marshal.FreeHGlobal(_p); _p = 0; } void ThrowIfDisposed() { ObjectDisposedException.ThrowIf(_p == 0, this); } }
sealed class E : IDisposable { nint? _p = Marshal.AllocHGlobal(40 << 20); public void Dispose() { if (_p.HasValue) { Marshal.FreeHGlobal(_p.Value); _p = null; } } }
sealed class F : IDisposable { nint? _p = Marshal.AllocHGlobal(40 << 20); public void Dispose() { if (_p is { } p) { Marshal.FreeHGlobal(p); _p = null; } } }
sealed class G : IDisposable { int _refs = 1; nint _p = Marshal.AllocHGlobal(40 << 20); public void Dispose() { if (Interlocked.Decrement(ref _refs) == 0) Marshal.FreeHGlobal(_p); } }
sealed class H : IDisposable { readonly A _a = new(); readonly CancellationTokenSource? _c = new(); bool _d; public void Dispose() { if (_d) return; _c?.Cancel(); _c?.Dispose(); ((IDisposable)_a).Dispose(); _d = true; } }
abstract class Res : IDisposable { bool _d; public void Dispose() { if (_d) return; _d = true; OnDispose(); } protected abstract void OnDispose(); }
sealed class I : Res { nint _p = Marshal.AllocHGlobal(40 << 20); protected override void OnDispose() => Marshal.FreeHGlobal(_p); }
sealed class J : IDisposable { Action? _free; public J() { var p = Marshal.AllocHGlobal(40 << 20); _free = () => Marshal.FreeHGlobal(p); } public void Dispose() { _free?.Invoke(); _free = null; } }
sealed class K : IAsyncDisposable { nint _p = Marshal.AllocHGlobal(40 << 20); public async ValueTask DisposeAsync() { await DisposeAsyncCore().ConfigureAwait(false); GC.SuppressFinalize(this); } async ValueTask DisposeAsyncCore() { if (_p != 0) { await Task.Yield(); Marshal.FreeHGlobal(_p); } _p = 0; } }
sealed class L : IDisposable { nint _p = Marshal.AllocHGlobal(40 << 20); public void Close() => Dispose(); public void Dispose() { if (Volatile.Read(ref _p) != 0) { Marshal.FreeHGlobal(_p); Volatile.Write(ref _p, 0); } } }
sealed class M : IDisposable { readonly Stack<IDisposable> _all = new(); public M() { _all.Push(new A()); } public void Dispose() { while (_all.TryPop(out var x)) x.Dispose(); } }
sealed class Q : IDisposable { readonly A?[] _all = [new A(), null]; public void Dispose() { for (var i = 0; i < _all.Length; i++) { _all[i]?.Dispose(); _all[i] = null; } } }
static class U {
    static void M1() { using (var x = new A()) { Use(x); } fork(); }
    static void M2() { using (var x = new B()) { Use(x); } fork(); }
    static void M3() { using (var x = new C()) { Use(x); } fork(); }
    static void M4() { using (var x = new D()) { Use(x); } fork(); }
    static void M5() { using (var x = new E()) { Use(x); } fork(); }
    static void M6() { using (var x = new F()) { Use(x); } fork(); }
    static void M7() { using (var x = new G()) { Use(x); } fork(); }
    static void M8() { using (var x = new H()) { Use(x); } fork(); }
    static void M9() { using (var x = new I()) { Use(x); } fork(); }
    static void M10() { using (var x = new J()) { Use(x); } fork(); }
    static async Task M11() { await using (var x = new K()) { Use(x); } fork(); }
    static void M12() { var x = new L(); x.Close(); fork(); }
    static void M13() { using (var x = new M()) { Use(x); } fork(); }
    static void M14() { using (var x = new Q()) { Use(x); } fork(); }
    static void M15(bool b) { A? x = b ? new A() : null; if (x is not null) { try { Use(x); } finally { x.Dispose(); } } fork(); }
    static void M16() { A x = new(); try { Use(x); } catch { x.Dispose(); throw; } x.Dispose(); fork(); }
    static void M17() { using (A x = new(), y = new()) { Use(x); Use(y); } fork(); }
    static void M18() { { using var x = new A(); Use(x); } fork(); }
    static void M19() { var x = new A(); switch (x) { case IDisposable d: d.Dispose(); break; } fork(); }
    static void M20() { for (var i = 0; i < 3; i++) { using var x = new A(); Use(x); } fork(); }
    static void T1() { var x = new A(); using (x) { }
        fork(); // QUIET
    }
    static void T2() { using var x = new G();
        fork(); // WANT FORK002
    }
    static void T3() { using (var x = new Never()) { }
        fork(); // WANT FORK002
    }
    static void T4() { var x = new A(); var y = new A(); x.Dispose(); Use(y);
        fork(); // WANT FORK002
    }
    static void T5(bool b) { using (var x = new Half(b)) { }
        fork(); // WANT FORK002
    }
}
sealed class Never : IDisposable { nint _p = Marshal.AllocHGlobal(40 << 20); public void Dispose() { _p = 0; } }
sealed class Half(bool b) : IDisposable { nint _p = Marshal.AllocHGlobal(40 << 20); public void Dispose() { if (b && _p != 0) Marshal.FreeHGlobal(_p); } }
