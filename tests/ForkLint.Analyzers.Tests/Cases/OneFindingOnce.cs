// One allocation expression, four calls of its helper: four diagnostics that are equal in place and text.
namespace R07;
static class U { static void Work(int n) { var b = new byte[40 << 20]; Use(b); Use(n); }
    static void M() { Work(1); Work(2); Work(3); Work(4);
        fork(); // WANT FORK006
    } }
// One array, two diagnostics: at the field and at the call, the second with advice that cannot be followed (h is needed to make the call).
class H { public byte[] Data = new byte[40 << 20]; public void Go() => fork(); } // WANT FORK005
static class V {
    static void M1() {
        new H().Go(); // QUIET
    }
    static void M2() { var h = new H();
        h.Go(); // QUIET
    } }
// Several allocations of one helper: told apart by variable or line, one finding each.
static class X {
    static void Two() { var one = new byte[40 << 20]; var two = new byte[40 << 20]; Use(one); Use(two); }
    static void M() { Two();
        fork(); // WANT FORK006 FORK006 // SAYS "'one'" // SAYS "'two'"
    }
    static void Loop() { for (var i = 0; i < 3; i++) { Two1(i); }
        fork(); // WANT FORK006
    }
    static void Two1(int i) { var b = new byte[40 << 20]; Use(b); Use(i); }
    static void N1() { Use(1); }
    static void Anon() { Use(new byte[40 << 20]); Use(new byte[40 << 20]); }
    static void O() { Anon(); Anon();
        fork(); // WANT FORK006 FORK006
    }
}
class H2 { byte[]? _d; public void Load() => _d = new byte[40 << 20]; public void Go() => fork(); } // WANT FORK005
static class Y {
    static void M1() { var h = new H2(); h.Load();
        h.Go(); // QUIET
    }
    static void M2(H2 h) { h.Load();
        h.Go(); // QUIET
    }
    static void Run(H2 h) { h.Go(); }
    static void M3() { var h = new H2(); h.Load();
        Run(h); // QUIET
    }
    static void M4() { var b = new byte[40 << 20]; var c = new byte[40 << 20];
        fork(); // WANT FORK002 FORK002
        } }
