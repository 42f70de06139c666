// Owners that release by an exchange, a template method, a list run backwards, a helper by reference, a handle or a pool.
namespace GuardsByOtherMeans;
sealed unsafe class A : IDisposable { nint _p = (nint)NativeMemory.Alloc(40 << 20); public void Dispose() { var p = Interlocked.Exchange(ref _p, 0); if (p == 0) return; NativeMemory.Free((void*)p); } }
sealed class B : IDisposable { readonly nint _p = Marshal.AllocHGlobal(40 << 20); bool _gone; public void Dispose() { if (!Interlocked.Exchange(ref _gone, true)) { Marshal.FreeHGlobal(_p); } } }
abstract class Template : IDisposable { bool _isDisposed; public void Dispose() { if (_isDisposed) { return; } _isDisposed = true; DisposeCore(); } protected abstract void DisposeCore(); }
sealed class C : Template { readonly nint _p = Marshal.AllocHGlobal(40 << 20); protected override void DisposeCore() => Marshal.FreeHGlobal(_p); }
sealed class CNot : Template { readonly nint _p = Marshal.AllocHGlobal(40 << 20); protected override void DisposeCore() => Use(_p.ToString()); }
sealed class D : IDisposable { readonly List<IDisposable> _owned = []; public D() { _owned.Add(new B()); _owned.Add(new A()); } public void Dispose() { for (var i = _owned.Count - 1; i >= 0; i--) { _owned[i].Dispose(); } _owned.Clear(); } }
sealed class E : IAsyncDisposable { nint _p = Marshal.AllocHGlobal(40 << 20); public ValueTask DisposeAsync() { if (_p is not 0) { Marshal.FreeHGlobal(_p); _p = 0; } return default; } }
class F : IDisposable { nint _p = Marshal.AllocHGlobal(40 << 20); public virtual void Close() { Marshal.FreeHGlobal(_p); _p = 0; } public void Dispose() => Close(); }
sealed class G : IDisposable { byte[]? _rented = ArrayPool<byte>.Shared.Rent(40 << 20); public void Dispose() { if (Interlocked.Exchange(ref _rented, null) is { } rented) { ArrayPool<byte>.Shared.Return(rented); } } }
sealed class H { public byte[]? Data; }
sealed class I : IDisposable { enum State { Open, Closing, Closed } int _state; readonly nint _p = Marshal.AllocHGlobal(40 << 20); public void Dispose() { switch ((State)Interlocked.CompareExchange(ref _state, 2, 0)) { case State.Closed: return; } Marshal.FreeHGlobal(_p); } }
sealed class J(IDisposable inner) : IDisposable { public void Dispose() => inner.Dispose(); }
static class Help { public static void Release<T>(ref T? owner) where T : class, IDisposable { owner?.Dispose(); owner = null; } public static void All(IEnumerable<IDisposable> all) { foreach (var one in all) { one.Dispose(); } } public static void Unless(IDisposable? d, bool keep) { if (!keep) { d?.Dispose(); } } }
static class U {
    static void M1() { using (var x = new A()) { Use(x); }
        fork(); // QUIET
    }
    static void M2() { using (var x = new B()) { Use(x); }
        fork(); // QUIET
    }
    static void M3() { using (Template x = new C()) { Use(x); }
        fork(); // QUIET
    }
    static void M4() { using (var x = new D()) { Use(x); }
        fork(); // QUIET
    }
    static async Task M5() { var x = new E(); await using (x.ConfigureAwait(false)) { Use(x); }
        fork(); // QUIET
    }
    static void M6() { using (var x = new F()) { Use(x); }
        fork(); // QUIET
    }
    static void M7() { using (var x = new G()) { Use(x); }
        fork(); // WANT FORK006
    }
    static void M8(bool any) { H? h = any ? new H { Data = new byte[40 << 20] } : null; Use(h); h?.Data = null; GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork(); // QUIET
        Use(h); }
    static void M9() { using (var x = new I()) { Use(x); }
        fork(); // QUIET
    }
    static void M10() { A? x = new A(); Use(x); Help.Release(ref x);
        fork(); // QUIET
    }
    static void M11() { var x = new A(); var y = new B(); Help.All([x, y]);
        fork(); // QUIET
    }
    static void M12() { using (var x = new J(new A())) { Use(x); }
        fork(); // QUIET
    }
    static async Task M13() { await using var x = new E(); await x.DisposeAsync();
        fork(); // QUIET
    }
    static void M14() { var x = new A(); try { Use(x); } finally { if (x is not null) { x.Dispose(); } }
        fork(); // QUIET
    }
    static void T1() { using (Template x = new CNot()) { Use(x); }
        fork(); // WANT FORK002
    }
    static void T2(bool keep) { var x = new A(); Use(x); Help.Unless(x, keep);
        fork(); // WANT FORK002
    }
    static void T3() { var x = new A(); var y = new A(); Help.Release(ref x!); Use(y);
        fork(); // WANT FORK002
    }
    static void T4(bool any) { H? h = any ? new H { Data = new byte[40 << 20] } : null; Use(h); h?.Data = null;
        fork(); // WANT FORK006
        Use(h); }
}
