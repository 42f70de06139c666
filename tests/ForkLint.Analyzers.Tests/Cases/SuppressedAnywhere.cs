// Suppressions of every kind, and paths that start in a lambda.
using System.Diagnostics.CodeAnalysis;
[assembly: SuppressMessage("ForkLint", "FORK005", Scope = "member", Target = "~F:SuppressedAnywhere.G._a")]
[assembly: SuppressMessage("ForkLint", "FORK001", Scope = "member", Target = "~M:SuppressedAnywhere.G.M")]
namespace SuppressedAnywhere;
sealed class A { [field: SuppressMessage("x", "FORK005:because")] byte[]? D { get => field ??= new byte[40 << 20]; set; } // QUIET
    void M() { fork(); Use(D); } }
sealed class B([param: SuppressMessage("x", "FORK005")] byte[] d) { static B Make() => new(new byte[40 << 20]); public void M() { Use(d); fork(); } } // MAYBE FORK005
#pragma warning disable FORK005
sealed class C { byte[]? _d = new byte[40 << 20]; // QUIET
    void M() { fork(); Use(_d); } }
#pragma warning restore FORK005
[SuppressMessage("x", "FORK005")] sealed class D { byte[]? _d = new byte[40 << 20]; // QUIET
    void M() { fork(); Use(_d); } }
sealed class E { [SuppressMessage("x", "FORK001")] void M() { var b = new byte[40 << 20];
        fork(); // QUIET
        Use(b); }
    [SuppressMessage("x", "FORK002")] void N() { var b = new byte[40 << 20];
        fork(); // WANT FORK001
        Use(b); } }
sealed class F { Func<Task> H => async () => { var b = new byte[40 << 20]; await Task.Yield();
        fork(); // WANT FORK001 // SAYS "H"
        Use(b); };
    event Action? E; void Sub() { E += delegate { var b = new byte[40 << 20];
        fork(); // WANT FORK001 // SAYS "Sub"
        Use(b); }; }
    void Outer() { void Inner() { Action a = () => { var b = new byte[40 << 20];
        fork(); // WANT FORK001 // SAYS "Inner"
        Use(b); }; a(); } Inner(); } }
sealed class G { byte[]? _a = new byte[40 << 20]; // QUIET
    void M() { var b = new byte[40 << 20];
        fork(); // QUIET
        Use(b); Use(_a); } }
