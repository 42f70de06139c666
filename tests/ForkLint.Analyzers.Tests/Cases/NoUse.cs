// GC.SuppressFinalize(this) inside Dispose counts as a use after the fork: FORK001 ("used after it") instead of FORK002 ("free it before").
namespace R10;
sealed class A : IDisposable { nint _p = Marshal.AllocHGlobal(40 << 20); public void Dispose() { Marshal.FreeHGlobal(_p); GC.SuppressFinalize(this); } ~A() => Marshal.FreeHGlobal(_p); }
static class U { static void M() { using var a = new A(); Use(a);
        fork(); // WANT FORK002
    } }
static class Ends {
    [System.Diagnostics.CodeAnalysis.DoesNotReturn] static void Fail(string s) { Console.WriteLine(s); throw new InvalidOperationException(s); }
    static void Throw() { throw new InvalidOperationException(); }
    static void ThrowLogged() { Console.WriteLine("x"); Throw(); }
    static int Never() => throw new NotSupportedException();
    static void M1(bool ok) { byte[]? b = null; if (!ok) { b = new byte[40 << 20]; Use(b); Fail("x"); }
        fork(); // QUIET
    }
    static void M2(bool ok) { byte[]? b = null; if (!ok) { b = new byte[40 << 20]; Use(b); Throw(); }
        fork(); // QUIET
    }
    static void M3(bool ok) { byte[]? b = null; if (!ok) { b = new byte[40 << 20]; Use(b); ThrowLogged(); }
        fork(); // QUIET
    }
    static void M4(bool ok) { byte[]? b = null; if (!ok) { b = new byte[40 << 20]; Use(b); Environment.Exit(1); }
        fork(); // QUIET
    }
    static void M5(bool ok) { byte[]? b = null; if (!ok) { b = new byte[40 << 20]; Use(b); Use(Never()); }
        fork(); // QUIET
    }
    static void M6(bool ok) { byte[]? b = null; if (!ok) { b = new byte[40 << 20]; Use(b); Log("x"); }
        fork(); // WANT FORK002
    }
    static void Log(string s) => Console.WriteLine(s);
    static void M7(bool ok) { byte[]? b = null; try { if (!ok) { b = new byte[40 << 20]; Use(b); Throw(); } } catch (InvalidOperationException) { }
        fork(); // WANT FORK002
    }
    static void M8(int n) { if (n > 0) { var b = new byte[40 << 20]; Recurse(n); Use(b); }
        fork(); // WANT FORK006
    }
    static void Recurse(int n) { if (n > 0) Recurse(n - 1); }
    static void M9() { var a = new A();
        fork(); // WANT FORK002
        GC.KeepAlive(a); a.Dispose(); }
    static void M10() { var b = new byte[40 << 20];
        fork(); // WANT FORK001
        GC.KeepAlive(b); }
    static async Task M11(bool ok) { byte[]? b = null; if (!ok) { b = new byte[40 << 20]; Use(b); await FailAsync(); }
        fork(); // QUIET
    }
    static async Task FailAsync() { await Task.Yield(); throw new InvalidOperationException(); }
}
