// Paths that end in a helper, a lambda or an endless loop, and finalizers that are suppressed in a base class.
using System.Diagnostics.CodeAnalysis;
namespace PathsThatEnd;
class A : IDisposable { protected nint P = Marshal.AllocHGlobal(40 << 20); public virtual void Dispose() { GC.SuppressFinalize(this); Marshal.FreeHGlobal(P); } ~A() => Marshal.FreeHGlobal(P); }
sealed class B : A { public override void Dispose() { base.Dispose(); GC.SuppressFinalize(this); } }
sealed class C : IAsyncDisposable { nint _p = Marshal.AllocHGlobal(40 << 20); public ValueTask DisposeAsync() { Marshal.FreeHGlobal(_p); GC.SuppressFinalize(this); return ValueTask.CompletedTask; } }
sealed class D : IDisposable { nint _p = Marshal.AllocHGlobal(40 << 20); public void Dispose() { Marshal.FreeHGlobal(_p); GC.KeepAlive(this); } }
static class Throw { [DoesNotReturn] public static void Because(string s) => throw new InvalidOperationException(s); public static T Of<T>() => throw new InvalidOperationException(); public static void IfNull([NotNull] object? o) { if (o is null) Because("x"); } public static void Forever() { while (true) { Thread.Sleep(1); } } }
static class U {
    static void M1() { using var a = new A(); Use(a);
        fork(); // WANT FORK002
    }
    static void M2() { using var b = new B(); Use(b);
        fork(); // WANT FORK002
    }
    static async Task M3() { await using var c = new C(); Use(c);
        fork(); // WANT FORK002
    }
    static void M4() { using var d = new D(); Use(d);
        fork(); // WANT FORK002
    }
    static void M5(bool ok) { byte[]? b = null; if (!ok) { b = new byte[40 << 20]; Use(b); Throw.Because("x"); }
        fork(); // QUIET
    }
    static void M6(bool ok) { byte[]? b = null; if (!ok) { b = new byte[40 << 20]; Use(b); Use(Throw.Of<int>()); }
        fork(); // QUIET
    }
    static void M7(bool ok) { byte[]? b = null; if (!ok) { b = new byte[40 << 20]; Use(b); Throw.Forever(); }
        fork(); // QUIET
    }
    static void M8(bool ok) { byte[]? b = null; if (!ok) { b = new byte[40 << 20]; Use(b); System.Diagnostics.UnreachableException e = new(); throw e; }
        fork(); // QUIET
    }
    static void M9(int x) { byte[]? b = null; switch (x) { case 1: b = new byte[40 << 20]; Use(b); Environment.FailFast("x", new Exception()); break; }
        fork(); // QUIET
    }
    static void M10(bool ok) { byte[]? b = null; if (!ok) { b = new byte[40 << 20]; Use(b); Die(); }
        fork(); // QUIET
        void Die() { Console.Error.WriteLine("x"); Environment.Exit(2); } }
    static void M11(object? o) { var b = new byte[40 << 20]; Use(b); Throw.IfNull(o);
        fork(); // WANT FORK002
    }
    static void M12(bool ok) { byte[]? b = null; try { if (!ok) { b = new byte[40 << 20]; Use(b); Throw.Because("x"); } } catch (IOException) { }
        fork(); // MAYBE FORK002
    }
    static void M13(bool ok) { byte[]? b = null; Action die = () => Environment.Exit(3); if (!ok) { b = new byte[40 << 20]; Use(b); die(); }
        fork(); // QUIET
    }
    static void M15() { var a = new A(); GC.ReRegisterForFinalize(a);
        fork(); // WANT FORK002
        a.Dispose(); }
}
