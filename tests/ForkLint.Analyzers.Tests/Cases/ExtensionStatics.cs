// Members of extension blocks called as the static methods that they are.
namespace ExtensionStatics;
class Hold { public byte[]? Data; }
sealed class Buf : IDisposable { nint _p = Marshal.AllocHGlobal(40 << 20); public void Dispose() { Marshal.FreeHGlobal(_p); } }
static class X {
    extension(byte[] b) { public void SpawnAndUse() { fork(); Use(b); } public byte[] Same() => b; public byte[] Self => b; public void AddTo(List<byte[]> l) => l.Add(b); public void Into(Hold h) { h.Data = b; } }
    extension(nint p) { public void Release() => Marshal.FreeHGlobal(p); }
    extension(Hold h) { public void Drop() => h.Data = null; public byte[]? Part { get => h.Data; set => h.Data = value; } public Hold With(byte[] b) { h.Data = b; return h; } }
    extension(int n) { public byte[] Buffer() => new byte[n]; }
    extension<T>(List<T> l) { public void Put(T x) => l.Add(x); public T First0() => l[0]; public void Empty() => l.Clear(); }
    extension(Hold) { public static Hold Make() => new() { Data = new byte[40 << 20] }; public static Hold Of(byte[] b) => new() { Data = b }; }
    extension(Buf b) { public void End() => b.Dispose(); }
    extension(ref nint p) { public void FreeAndZero() { Marshal.FreeHGlobal(p); p = 0; } }
    extension(Process p) { public void WaitAll() => p.WaitForExit(); public static Process Git() => Process.Start("git"); }
}
static class U {
    static void M1() { var b = new byte[40 << 20];
        X.SpawnAndUse(b); // WANT FORK001
    }
    static void M2() { var b = X.Same(new byte[40 << 20]);
        fork(); // WANT FORK001
        Use(b); }
    static void M3() { var b = X.get_Self(new byte[40 << 20]);
        fork(); // WANT FORK001
        Use(b); }
    static void M4() { var l = new List<byte[]>(); X.AddTo(new byte[40 << 20], l);
        fork(); // WANT FORK001
        Use(l); }
    static void M5() { var l = new List<byte[]>(); X.AddTo(l: l, b: new byte[40 << 20]);
        fork(); // WANT FORK001
        Use(l); }
    static void M6() { var p = Marshal.AllocHGlobal(40 << 20); X.Release(p);
        fork(); // QUIET
    }
    static void M7() { var h = new Hold { Data = new byte[40 << 20] }; X.Drop(h); GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork(); // QUIET
        Use(h); }
    static void M8() { var h = new Hold(); X.set_Part(h, new byte[40 << 20]);
        fork(); // WANT FORK001
        Use(X.get_Part(h)); }
    static void M9() { var b = X.Buffer(40 << 20);
        fork(); // WANT FORK001
        Use(b); }
    static void M10() { var b = X.Buffer(40);
        fork(); // QUIET
        Use(b); }
    static void M11() { var l = new List<byte[]>(); X.Put(l, new byte[40 << 20]);
        fork(); // WANT FORK001
        Use(X.First0(l)); }
    static void M12() { var l = new List<byte[]>(); X.Put(l, new byte[40 << 20]); X.Empty(l); GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork(); // QUIET
        Use(l); }
    static void M13() { var h = X.Make();
        fork(); // WANT FORK001
        Use(h); }
    static void M14() { var h = X.Of(new byte[40 << 20]);
        fork(); // WANT FORK001
        Use(h); }
    static void M15() { var b = new Buf(); X.End(b);
        fork(); // QUIET
    }
    static void M16() { var b = new byte[40 << 20]; Action run = b.SpawnAndUse;
        run(); // WANT FORK001
    }
    static void M17() { Action<byte[]> run = X.SpawnAndUse; 
        run(new byte[40 << 20]); // WANT FORK001
    }
    static void M18() { var p = Marshal.AllocHGlobal(40 << 20); p.FreeAndZero();
        fork(); // QUIET
    }
    static void M19() { var p = Marshal.AllocHGlobal(40 << 20); X.FreeAndZero(ref p);
        fork(); // QUIET
    }
    static void M20() { var b = new byte[40 << 20]; Use(b); 
        X.WaitAll(X.Git()); // WANT FORK004
    }
    static void M21() { var h = new Hold(); X.Into(h: h, b: new byte[40 << 20]);
        fork(); // WANT FORK001
        Use(h); }
    static void M22() { var h = X.With(new Hold(), new byte[40 << 20]);
        fork(); // WANT FORK001
        Use(h.Data); }
    static void M23() { var b = new byte[40 << 20]; Use(X.Same(b));
        fork(); // WANT FORK002
    }
}
class Cache { byte[]? _data; // WANT FORK005
    readonly Hold _h = new(); // WANT FORK005
    void Fill() { _data = X.Same(new byte[40 << 20]); X.Into(new byte[40 << 20], _h); } void Go() { Use(_data); Use(_h); fork(); } }
