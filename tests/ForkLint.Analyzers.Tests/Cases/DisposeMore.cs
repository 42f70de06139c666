// More of the same: what is disposed of in a loop, by a delegate, by a helper; Interlocked.Exchange takes the memory, and does not read it.
namespace DisposeMore;
sealed class O1 : IDisposable { nint _p = Marshal.AllocHGlobal(40 << 20); public void Dispose() { var p = Interlocked.Exchange(ref _p, 0); if (p != 0) Marshal.FreeHGlobal(p); } }
sealed class O2 : IAsyncDisposable { nint _p = Marshal.AllocHGlobal(40 << 20); public ValueTask DisposeAsync() { Marshal.FreeHGlobal(_p); _p = 0; return default; } }
sealed class O3 : IAsyncDisposable { nint _p = Marshal.AllocHGlobal(40 << 20); public ValueTask DisposeAsync() { Marshal.FreeHGlobal(_p); return ValueTask.CompletedTask; } }
class AsyncBase : IAsyncDisposable { public async ValueTask DisposeAsync() { await DisposeAsyncCore().ConfigureAwait(false); GC.SuppressFinalize(this); } protected virtual ValueTask DisposeAsyncCore() => default; }
sealed class AsyncDerived : AsyncBase { nint _p = Marshal.AllocHGlobal(40 << 20); protected override async ValueTask DisposeAsyncCore() { if (_p != 0) { Marshal.FreeHGlobal(_p); _p = 0; } await base.DisposeAsyncCore(); } }
static class T {
    static void M1() { using var o = new O1();
        fork(); // WANT FORK002
    }
    static async Task M2() { await using var o = new O2();
        fork(); // WANT FORK002
    }
    static async Task M3() { await using var o = new O3();
        fork(); // WANT FORK002
    }
    static async Task M4() { var o = new AsyncDerived(); await using (o.ConfigureAwait(false)) { }
        fork(); // QUIET
    }
    static async Task M5() { var o = new AsyncDerived(); await using (o) { }
        fork(); // QUIET
    }
    static async Task M6() { var o = new AsyncDerived(); await o.DisposeAsync();
        fork(); // QUIET
    }
    static async Task M7() { await using (new O2().ConfigureAwait(false)) { }
        fork(); // QUIET
    }
    static void M8() { var all = new IDisposable[] { new O1() }; foreach (var d in all) d.Dispose();
        fork(); // QUIET
    }
    static void M9() { var all = new O1[] { new O1(), new O1() }; foreach (var d in all) d.Dispose();
        fork(); // QUIET
    }
    static void M10() { var all = new List<O1> { new O1(), new O1() }; foreach (var d in all) d.Dispose();
        fork(); // QUIET
    }
    static void M11() { var all = new List<O1>(); all.Add(new O1()); all.ForEach(d => d.Dispose());
        fork(); // QUIET
    }
    static void M12() { var all = new O1[4]; for (int i = 0; i < 4; i++) all[i] = new O1(); for (int i = 0; i < all.Length; i++) all[i].Dispose();
        fork(); // QUIET
    }
    static void M13() { var d = new O1(); Action a = d.Dispose; a();
        fork(); // QUIET
    }
    static void M14() { var d = new O1(); Action a = () => d.Dispose(); a();
        fork(); // QUIET
    }
    static void Q(O1 x, out O1 d) { d = x; x.Dispose(); }
    static O1 R(O1 x) { x.Dispose(); return x; }
    static void M15() { Q(new O1(), out var d);
        fork(); // QUIET
    }
    static void M16() { var d = R(new O1());
        fork(); // QUIET
    }
}
