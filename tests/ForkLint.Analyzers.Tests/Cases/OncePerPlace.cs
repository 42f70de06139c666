// One finding for what a reader would fix at one place, remedies that can be followed, and suppressions on what is generated for a property.
namespace OncePerPlace;
using System.Diagnostics.CodeAnalysis;
sealed class A { readonly byte[] _b; public A() : this(40 << 20) { } public A(int n) { _b = new byte[n]; } public void Go() { fork(); fork(); Use(_b); } } // WANT FORK005 // SAYS NOT "null"
sealed class B { byte[]? _b; public byte[] Data => _b ??= Load(); static byte[] Load() => new byte[40 << 20]; // WANT FORK005 // SAYS "set it to null"
    void M() { var d = Data; Use(d); fork(); Use(d); } void N() { Use(Data.Length); fork(); } }
sealed class C { public static C Shared { get; } = new(); readonly byte[] _b = new byte[40 << 20]; public void Go() => fork(); public void Read() => Use(_b); } // WANT FORK005 // SAYS NOT "null"
static class CM { static void M() { C.Shared.Go(); var c = C.Shared; c.Go(); c.Read(); } }
static class D { static void Twice() { One(); One(); fork(); } // WANT FORK006
    static void One() { var a = new byte[40 << 20]; Use(a); } }
static class E { static byte[] Make() { var made = new byte[40 << 20]; return made; }
    static void M() { var one = Make(); var two = Make(); Use(one); Use(two);
        fork(); // WANT FORK002 FORK002 // SAYS "'one'" // SAYS "'two'"
    } }
static class F { static void M(in byte[] seen, ref byte[] kept) { kept = new byte[40 << 20]; Use(seen);
        fork(); // WANT FORK001 // SAYS NOT "null"
    } }
sealed class G(int n) { readonly byte[] _b = new byte[n]; static G Make() => new(40 << 20); public void Go() { fork(); Use(_b); } } // WANT FORK005 // SAYS NOT "null"
sealed record H { public byte[] Data { get; init; } = new byte[40 << 20]; public void Go() => fork(); } // WANT FORK005 // SAYS NOT "null"
sealed class I { [field: SuppressMessage("Memory", "FORK005", Justification = "needed")] byte[] Data => field ??= new byte[40 << 20]; // QUIET
    void M() { Use(Data); fork(); } }
sealed class J { [field: SuppressMessage("Memory", "FORK005")] event Action? Changed; byte[]? _b = new byte[40 << 20]; // WANT FORK005
    void M() { Changed?.Invoke(); Use(_b); fork(); } }
static class K { static void Outer() { Parallel.Invoke(() => { var b = new byte[40 << 20];
            fork(); // WANT FORK001 // SAYS "Outer"
            Use(b); }); } }
sealed class L { readonly ReadOnlyMemory<byte> _m = new byte[40 << 20]; public void Go() { fork(); Use(_m.Length); } } // WANT FORK005 // SAYS NOT "null"
static class M { const int N = 40 << 20; [ThreadStatic] static byte[]? t_b; static void Go() { t_b ??= new byte[N]; fork(); Use(t_b); } } // WANT FORK005
