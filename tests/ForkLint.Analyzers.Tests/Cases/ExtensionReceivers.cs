// Extension blocks over generics, interfaces, tuples, spans and handles; members that call members of the same block.
namespace ExtensionReceivers;
sealed class Own : IDisposable { nint _p = Marshal.AllocHGlobal(40 << 20); public void Dispose() => Marshal.FreeHGlobal(_p); }
sealed class Hold { public byte[]? Data; public List<byte[]> Parts = []; }
interface IRun { void Run(); }
sealed class Git : IRun { public void Run() => fork(); }
static class X {
    extension<T>(T owner) where T : IDisposable { public void Done() => owner.Dispose(); public T Tap(Action<T> a) { a(owner); return owner; } }
    extension((byte[] A, int B) t) { public byte[] First => t.A; public void Spawn() { fork(); Use(t.B); } }
    extension(Span<byte> s) { public void Zero() => s.Clear(); public int Sum() { var n = 0; foreach (var b in s) n += b; return n; } }
    extension(IRun run) { public void Twice() { run.Run(); run.Run(); } }
    extension(Hold h) { public byte[] Need() => h.Data ??= Make(); public void Add(byte[] b) => h.Parts.Add(b); public void Reset() { h.Forget(); GC.Collect(2, GCCollectionMode.Aggressive, true, true); } void Forget() { h.Data = null; h.Parts.Clear(); } static byte[] Make() => new byte[40 << 20]; public static Hold Full { get { var full = new Hold(); full.Need(); return full; } } public void operator +=(byte[] b) => h.Parts.Add(b); }
    extension(string command) { public async Task Run() { using var p = Process.Start(command)!; await p.WaitForExitAsync(); } public Process Begin() => Process.Start(command)!; }
}
static class U {
    static void M1() { var o = new Own(); o.Done();
        fork(); // QUIET
    }
    static void M2() { var o = new Own().Tap(static x => Use(x));
        fork(); // WANT FORK002
    }
    static void M3() { var b = (new byte[40 << 20], 1).First;
        fork(); // WANT FORK001
        Use(b); }
    static void M4() { Span<byte> s = new byte[40 << 20];
        fork(); // WANT FORK001
        Use(s.Sum()); }
    static void M5() { var b = new byte[40 << 20];
        new Git().Twice(); // WANT FORK001
        Use(b); }
    static void M6() { var h = new Hold(); h.Need();
        fork(); // WANT FORK001
        Use(h.Data); }
    static void M7() { var h = new Hold(); h.Add(new byte[40 << 20]); h.Reset();
        fork(); // QUIET
        Use(h); }
    static void M8() { var h = Hold.Full;
        fork(); // WANT FORK001
        Use(h); }
    static void M9() { var h = new Hold(); h += new byte[40 << 20];
        fork(); // WANT FORK001
        Use(h); }
    static async Task M10() { var b = new byte[40 << 20]; Use(b);
        await "git".Run(); // WANT FORK004
    }
    static void M11() { var b = new byte[40 << 20]; Use(b); using var p = "git".Begin(); // WANT FORK004
        p.WaitForExit(); }
    static void M12() { (new byte[40 << 20], 2).Spawn(); // MAYBE FORK006
    }
    static void T1() { var b = new byte[40 << 20]; Use(b); using var p = "git".Begin(); // QUIET
        Use(p.Id); }
    static void T2() { var h = new Hold(); h.Add(new byte[40]); h += new byte[40];
        fork(); // QUIET
        Use(h); }
    static async Task T3() { var b = new byte[40 << 20]; Use(b);
        var t = "git".Run(); // MAYBE FORK004
        Use(t); }
}
