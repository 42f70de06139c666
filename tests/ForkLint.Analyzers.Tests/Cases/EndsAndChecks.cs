// What looks at memory without needing it, and calls after which there is no way on.
namespace EndsAndChecks;
using System.Diagnostics.CodeAnalysis;
sealed class Own : IDisposable { nint _p = Marshal.AllocHGlobal(40 << 20); public void Dispose() { Dispose(true); GC.SuppressFinalize(this); GC.KeepAlive(this); } void Dispose(bool disposing) { if (_p != 0) { Marshal.FreeHGlobal(_p); _p = 0; } } ~Own() => Dispose(false); }
sealed class AsyncOwn : IAsyncDisposable { nint _p = Marshal.AllocHGlobal(40 << 20); public async ValueTask DisposeAsync() { await Task.Yield(); Marshal.FreeHGlobal(_p); GC.SuppressFinalize(this); } }
static class Throw { [DoesNotReturn] public static void Bad() => throw new InvalidOperationException(); public static void If([DoesNotReturnIf(true)] bool bad) { if (bad) throw new InvalidOperationException(); } public static T Value<T>() => throw new UnreachableException(); }
static class U {
    static void M1() { using var o = new Own(); Use(o);
        fork(); // WANT FORK002
    }
    static async Task M2() { await using var o = new AsyncOwn(); Use(o);
        fork(); // WANT FORK002
    }
    static void M3() { var b = new byte[40 << 20]; Use(b);
        fork(); // WANT FORK002
        _ = nameof(b); _ = sizeof(int); }
    static void M4(bool ok) { byte[]? b = null; if (!ok) { b = new byte[40 << 20]; Use(b); Throw.Bad(); }
        fork(); // QUIET
    }
    static void M5(bool ok) { byte[]? b = null; try { Use(ok); } catch (Exception e) { b = new byte[40 << 20]; Use(b); Environment.FailFast(e.Message, e); }
        fork(); // QUIET
    }
    static void M6(int n) { var b = n switch { 0 => null, 1 => Throw.Value<byte[]>(), _ => (byte[]?)null };
        fork(); // QUIET
        Use(b); }
    static void M7(bool ok) { byte[]? b = null; if (!ok) { b = new byte[40 << 20]; Use(b); while (true) { Thread.Sleep(1000); } }
        fork(); // QUIET
    }
    static void M8(bool ok) { byte[]? b = null; if (!ok) { b = new byte[40 << 20]; Use(b); Quit(); void Quit() { Use("bye"); Environment.Exit(3); } }
        fork(); // QUIET
    }
    static void M9(bool ok) { byte[]? b = null; if (!ok) { b = new byte[40 << 20]; Use(b); Throw.If(!ok); }
        fork(); // MAYBE FORK002
    }
    static void M10(bool ok) { byte[]? b = null; if (!ok) { b = new byte[40 << 20]; Use(b); Forever(); }
        fork(); // QUIET
    }
    static void Forever() { for (;;) { Thread.Sleep(1000); } }
    static void M11() { var b = new byte[40 << 20]; Use(b);
        fork(); // WANT FORK002
        b = null; }
    static void T1() { using var o = new Own();
        fork(); // WANT FORK001
        Use(o); }
    static void T2(bool ok) { byte[]? b = null; if (!ok) { b = new byte[40 << 20]; Use(b); Until(3); }
        fork(); // WANT FORK002
    }
    static void Until(int n) { while (true) { if (n-- == 0) break; Thread.Sleep(1000); } }
    static void T3(bool ok) { byte[]? b = null; if (!ok) { b = new byte[40 << 20]; Use(b); Action later = () => Environment.Exit(3); Use(later); }
        fork(); // WANT FORK002
    }
}
