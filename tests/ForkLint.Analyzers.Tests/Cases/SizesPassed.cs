// A size passed as a parameter into the method that allocates and spawns: every caller known to pass a large one.
namespace SizesPassed;
static class Static {
    public static void Pub(int n) { var b = new byte[n];
        fork(); // WANT FORK001
        Use(b); }
    static void M1() => Pub(40 << 20);
    static void Two(int n, int m) { var b = new byte[n * m];
        fork(); // WANT FORK001 // SAYS "40 MiB"
        Use(b); }
    static void M2() => Two(m: 1024, n: 40 * 1024);
    static void Chain(long n) { var b = new byte[n];
        fork(); // WANT FORK001
        Use(b); }
    static void ChainOuter(int mib) => Chain(mib * 1024L * 1024);
    static void M3() => ChainOuter(40);
    static void Rec(int n, int depth) { if (depth > 0) { Rec(n, depth - 1); } var b = new byte[n];
        fork(); // MAYBE FORK001
        Use(b); }
    static void M4() => Rec(40 << 20, 3);
    static void Local() { Go(40 << 20); void Go(int n) { var b = new byte[n];
        fork(); // WANT FORK001
        Use(b); } }
    static void Lambda() { var go = (int n) => { var b = new byte[n];
        fork(); // MAYBE FORK001
        Use(b); }; go(40 << 20); }
    static async Task Async(int n) { var b = new byte[n]; await Task.Yield();
        fork(); // WANT FORK001
        Use(b); }
    static Task M5() => Async(40 << 20);
    static void Const(int n = 16 << 20) { var b = new byte[n];
        fork(); // WANT FORK001
        Use(b); }
    static void M6() => Const(); static void M66() => Const(n: 64 << 20);
    static void Generic<T>(int n) { var b = new T[n];
        fork(); // WANT FORK001
        Use(b); }
    static void M7() => Generic<long>(5 << 20);
    static void Q1() => Mixed(40 << 20); static void Q2() => Mixed(4);
    static void Mixed(int n) { var b = new byte[n];
        fork(); // QUIET
        Use(b); }
    static void Changed(int n) { n = n / 1000; var b = new byte[n];
        fork(); // QUIET
        Use(b); }
    static void Q3() => Changed(40 << 20);
    static void ByOut(out int n) => n = 5; static void ChangedByOut(int n) { ByOut(out n); var b = new byte[n];
        fork(); // QUIET
        Use(b); }
    static void Q4() => ChangedByOut(40 << 20);
    static void Guarded(int n) { if (n > 1000) { return; } var b = new byte[n];
        fork(); // MAYBE FORK001
        Use(b); }
    static void Q5() => Guarded(40 << 20);
    static void Thrice(params int[] sizes) { var b = new byte[sizes[0]];
        fork(); // QUIET
        Use(b); }
    static void Q6() => Thrice(40 << 20);
    static void Held(byte[] b) {
        fork(); // QUIET
        Use(b); }
    static void M8() => Held(new byte[40 << 20]); // WANT FORK001
}
class Base { public virtual void Run(int n) { var b = new byte[n];
        fork(); // QUIET
        Use(b); } }
class Derived : Base { public override void Run(int n) { var b = new byte[n];
        fork(); // QUIET
        Use(b); } }
static class Virt { static void M(Base b) => b.Run(40 << 20); static void N2(Base b) => b.Run(2); }
interface IRun { void Run(int n); }
class One : IRun { public void Run(int n) { var b = new byte[n];
        fork(); // WANT FORK001
        Use(b); } }
static class Face { static void M(IRun r) => r.Run(40 << 20); }
class Ctor { public Ctor(int n) { var b = new byte[n];
        fork(); // WANT FORK001
        Use(b); } static Ctor Make() => new(40 << 20); }
class Ctor2(int n) { readonly int _n = n; void Run() { var b = new byte[_n];
        fork(); // MAYBE FORK001
        Use(b); } static void Go() => new Ctor2(40 << 20).Run(); }
class Ctor3(int n) { void Run() { var b = new byte[n];
        fork(); // MAYBE FORK001
        Use(b); } static void Go() => new Ctor3(40 << 20).Run(); }
class Ind { int this[int n] { get { var b = new byte[n];
        fork(); // WANT FORK001
        Use(b); return 1; } } static int Go(Ind i) => i[40 << 20]; }
struct Op { public static Op operator +(Op o, int n) { var b = new byte[n];
        fork(); // WANT FORK001
        Use(b); return o; } static Op Go(Op o) => o + (40 << 20); }
static class Ext { public static void Grow(this string s, int n) { var b = new byte[n];
        fork(); // WANT FORK001
        Use(b); } static void Go() => "a".Grow(40 << 20); static void Go2() => Ext.Grow("a", 50 << 20); }
static class Ext14 { extension(string s) { public void Grow2(int n) { var b = new byte[n];
        fork(); // WANT FORK001
        Use(b); } } extension(int n) { public void Grow3() { var b = new byte[n];
        fork(); // WANT FORK001
        Use(b); } } static void Go() { "a".Grow2(40 << 20); } static void Go3() { (40 << 20).Grow3(); } }
