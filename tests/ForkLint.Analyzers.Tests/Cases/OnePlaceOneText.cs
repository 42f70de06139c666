// One finding for one place and text, whatever other name a field has.
namespace OnePlaceOneText;
static class U {
    static byte[] Make() => new byte[40 << 20];
    static void M1() { var a = Make(); var b = Make();
        fork(); // WANT FORK001 FORK001 // SAYS "'a'" // SAYS "'b'"
        Use(a); Use(b); }
    static void M2() { foreach (var n in new[] { 1, 2 }) { Work(n); }
        fork(); // WANT FORK006
    }
    static void Work(int n) { var b = new byte[40 << 20]; Use(b); Use(n); }
    static void M4() { var t = (Make(), Make());
        fork(); // WANT FORK001 FORK001
        Use(t); }
    static void M5() { var l = new List<byte[]> { Make(), Make() };
        fork(); // MAYBE FORK001
        Use(l); }
    static void M6() { Local(); Local(); void Local() { var b = new byte[40 << 20]; Use(b); }
        fork(); // WANT FORK006
    }
    static void M7(bool x) { var b = new byte[40 << 20]; if (x) { 
        fork(); // WANT FORK001
        } else { fork(); } Use(b); }
    static void M8() { var b = new byte[40 << 20]; for (;;) {
        fork(); // WANT FORK001
        Use(b); } }
}
sealed class F { byte[]? _d = new byte[40 << 20]; // WANT FORK005
    void M() { var d = _d;
        fork(); // QUIET
        Use(d); }
    void N() { ref var d = ref _d;
        fork(); // QUIET
        Use(d); }
    byte[] Get() => _d!;
    void O() { var d = Get();
        fork(); // QUIET
        Use(d); } }
static class G { static readonly byte[] S = new byte[40 << 20]; // WANT FORK005
    static void M(Span<byte> s) { s = S;
        fork(); // QUIET
        s[0] = 1; }
    static void P() { Q(S); } static void Q(byte[] b) {
        fork(); // QUIET
        Use(b); } }
partial class H { byte[]? _a = new byte[40 << 20]; } // WANT FORK005
partial class H { void M() { fork(); } void N() { fork(); } }
