// Ordinary code that is easily taken for something else: guards, copies, waits, params, partial owners.
namespace MoreHostile;
sealed class Flagged : IDisposable { nint _p = Marshal.AllocHGlobal(40 << 20); int _done; public bool IsOpen => _done == 0; public void Dispose() { if (Interlocked.CompareExchange(ref _done, 1, 0) != 0) { return; } Marshal.FreeHGlobal(_p); GC.SuppressFinalize(this); } ~Flagged() => Dispose(); }
class Parent : IDisposable { protected nint P = Marshal.AllocHGlobal(40 << 20); public void Dispose() { Dispose(true); GC.SuppressFinalize(this); } protected virtual void Dispose(bool disposing) { if (P != 0) { Marshal.FreeHGlobal(P); P = 0; } } }
sealed class Child : Parent { protected override void Dispose(bool disposing) { if (disposing) { Use(this); } base.Dispose(disposing); } }
sealed class Forgets : Parent { protected override void Dispose(bool disposing) { Use(disposing); } }
sealed class Handle : SafeHandle { public Handle() : base(0, true) => SetHandle(Marshal.AllocHGlobal(40 << 20)); public override bool IsInvalid => handle == 0; protected override bool ReleaseHandle() { Marshal.FreeHGlobal(handle); return true; } }
static class U {
    static void M1() { using (var f = new Flagged()) { Use(f.IsOpen); }
        fork(); // QUIET
    }
    static void M2() { Flagged? f = new Flagged(); f?.Dispose(); f = null;
        fork(); // QUIET
    }
    static void M3() { using (new Child()) { }
        fork(); // QUIET
    }
    static void M4() { using (new Forgets()) { }
        fork(); // WANT FORK002
    }
    static void M5() { using (new Handle()) { }
        fork(); // QUIET
    }
    static void M6() { var h = new Handle(); try { Use(h.IsInvalid); } finally { h.Close(); }
        fork(); // QUIET
    }
    static void M7() { IDisposable d = new Child(); using (d) { }
        fork(); // QUIET
    }
    static void M8() { object o = new Child(); if (o is IDisposable d) { d.Dispose(); }
        fork(); // QUIET
    }
    static void M9() { object o = new Child(); (o as IDisposable)?.Dispose();
        fork(); // QUIET
    }
    static async Task M10() { var b = new byte[40 << 20]; Use(b); using var p = Process.Start("true"); await p.WaitForExitAsync(); } // WANT FORK004
    static async Task M11(Process other) { var b = new byte[40 << 20]; Use(b); using var p = Process.Start("true"); await other.WaitForExitAsync(); } // QUIET
    static void M12() { var b = new byte[40 << 20]; Use(b); var p = Process.Start("true"); while (!p.HasExited) { Thread.Sleep(1); } } // WANT FORK004
    static void M13() { var b = new byte[40 << 20]; Use(b); var p = Process.Start("true"); string? line; while ((line = p.StandardOutput.ReadLine()) != null) { Use(line); } } // WANT FORK004
    static void Keep(params ReadOnlySpan<byte[]> all) { fork(); Use(all[0]); }
    static void M14() => Keep(new byte[40 << 20]); // WANT FORK001
    static void M15() { var list = new List<byte[]> { new byte[40 << 20] }; list.Clear(); GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork(); // QUIET
        Use(list); }
    static void M16() { if (fork() == 0) { Environment.FailFast("x"); } } // MAYBE FORK007
    static void M17() { var b = new byte[40 << 20]; if (fork() == 0) { throw new Exception(); } } // WANT FORK002
    static void M18() { var big = new byte[40 << 20]; var copy = big; big = null; GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork(); // WANT FORK001
        Use(copy); }
    static void M19() { var big = new byte[40 << 20]; var weak = new WeakReference(big); big = null; GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork(); // QUIET
        Use(weak.Target); }
    static void M20() { var q = from x in new[] { 1 } select Go(x); var b = new byte[40 << 20];
        foreach (var y in q) { } // WANT FORK001
        Use(b); }
    static int Go(int x) { fork(); return x; }
    static void M21() { var q = from x in new[] { 1 } select Go(x); var b = new byte[40 << 20]; Use(b); Use(q is null); } // QUIET
    static void M22() { Action a = () => fork(); var b = new byte[40 << 20]; Use(a.Method); Use(b); } // QUIET
}
