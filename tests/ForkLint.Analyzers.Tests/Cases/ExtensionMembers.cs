// Extension members that are properties, operators, iterators and async.
namespace ExtensionMembers;
sealed class Buf : IDisposable { nint _p = Marshal.AllocHGlobal(40 << 20); public void Dispose() => Marshal.FreeHGlobal(_p); }
sealed class Hold { public byte[]? Data; public nint P; }
static class X {
    extension(ref Big b) { public void Free() { Marshal.FreeHGlobal(b.P); b.P = 0; } }
    extension(Hold h) { public byte[]? It { get => h.Data; set => h.Data = value; } public int Spawn { get { fork(); return 0; } } public void Wait() { using var p = Process.Start("x")!; p.WaitForExit(); } }
    extension<T>(T[] a) where T : class { public void Put(T x) => a[0] = x; public T this0() => a[0]; }
    extension(Hold) { public static Hold operator +(Hold a, Hold b) { fork(); return a; } }
    extension(IDisposable? d) { public void SafeDispose() { if (d is not null) d.Dispose(); } }
    extension(byte[] b) { public void Wipe() => Array.Fill(b, (byte)1); public async Task RunAsync() { await Task.Yield(); fork(); Use(b); } public IEnumerable<int> Each() { yield return fork(); yield return b.Length; } }
}
struct Big { public nint P; }
static class U {
    static void M1() { var b = new Big { P = Marshal.AllocHGlobal(40 << 20) }; b.Free();
        fork(); // QUIET
    }
    static void M2() { var h = new Hold(); h.It = new byte[40 << 20];
        fork(); // WANT FORK001
        Use(h.It); }
    static void M3() { var h = new Hold { Data = new byte[40 << 20] }; h.It = null; GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork(); // QUIET
        Use(h); }
    static void M4(Hold h) { var b = new byte[40 << 20];
        Use(h.Spawn); // WANT FORK001
        Use(b); }
    static void M5() { var a = new byte[1][]; a.Put(new byte[40 << 20]);
        fork(); // WANT FORK001
        Use(a.this0()); }
    static void M6(Hold h) { var b = new byte[40 << 20];
        h = h + h; // WANT FORK001
        Use(b); }
    static void M7() { var b = new Buf(); b.SafeDispose();
        fork(); // QUIET
    }
    static async Task M8() { var b = new byte[40 << 20];
        await b.RunAsync(); // WANT FORK001
    }
    static void M9() { var b = new byte[40 << 20];
        foreach (var x in b.Each()) Use(x); // WANT FORK001
    }
    static void M10(Hold h) { var b = new byte[40 << 20]; Use(b);
        h.Wait(); // WANT FORK004
    }
    static void M11() { var b = new byte[40 << 20]; var q = b.Each(); // QUIET
        Use(q); }
    static void M12() { var b = new byte[40 << 20];
        fork(); // WANT FORK001 FORK007 // SAYS "X.Wipe runs in the child" // SAYS NOT " .Wipe"
        b.Wipe(); }
}
