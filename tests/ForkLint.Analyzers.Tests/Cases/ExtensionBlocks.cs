// C# 14 extension members: the receiver is not followed (aspire#18292 is the same mistake in another analyzer built on Roslyn 4.8).
namespace R04;
static class X { extension(byte[] b) { public void SpawnAndUse() { fork(); Use(b); } public byte[] Same => b; public void Fill() => Array.Fill(b, (byte)1); public void AddTo(List<byte[]> l) => l.Add(b); } extension(nint p) { public void Release() => Marshal.FreeHGlobal(p); } extension(Hold h) { public void Drop() => h.Data = null; } }
class Hold { public byte[]? Data; }
static class U {
    static void M1() { var b = new byte[40 << 20];
        b.SpawnAndUse(); // WANT FORK001
    }
    static void M2() { var b = new byte[40 << 20].Same;
        fork(); // WANT FORK001
        Use(b); }
    static void M3() { var b = new byte[40 << 20];
        fork(); // WANT FORK001
        b.Fill(); }
    static void M4() { var l = new List<byte[]>(); new byte[40 << 20].AddTo(l);
        fork(); // WANT FORK001
        Use(l); }
    static void M5() { var p = Marshal.AllocHGlobal(40 << 20); p.Release();
        fork(); // QUIET
    }
    static void M6() { var h = new Hold { Data = new byte[40 << 20] }; h.Drop(); GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork(); // QUIET
        Use(h); }
}
static class Y { extension(int n) { public byte[] Buffer() => new byte[n]; } extension<T>(List<T> l) { public void Put(T x) => l.Add(x); public T First0 => l[0]; public void Empty() => l.Clear(); } extension(Hold) { public static Hold Make() => new() { Data = new byte[40 << 20] }; } extension(Process) { public static Process Git() => Process.Start("git"); } extension(Buf b) { public void End() => b.Dispose(); } }
sealed class Buf : IDisposable { nint _p = Marshal.AllocHGlobal(40 << 20); public void Dispose() { Marshal.FreeHGlobal(_p); } }
static class W {
    static void M1() { var b = (40 << 20).Buffer();
        fork(); // WANT FORK001
        Use(b); }
    static void M2() { var l = new List<byte[]>(); l.Put(new byte[40 << 20]);
        fork(); // WANT FORK001
        Use(l.First0); }
    static void M3() { var l = new List<byte[]>(); l.Put(new byte[40 << 20]); l.Empty(); GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork(); // QUIET
        Use(l); }
    static void M4() { var h = Hold.Make();
        fork(); // WANT FORK001
        Use(h); }
    static void M5() { var b = new byte[40 << 20]; Use(b);
        Process.Git().WaitForExit(); // WANT FORK004
    }
    static void M6() { var b = new Buf(); b.End();
        fork(); // QUIET
    }
    static void M7() { var b = new byte[40 << 20]; Use(b.Same.Length);
        fork(); // WANT FORK002
    }
}
