// What a base class allocates, or starts, for an object whose own constructor nobody wrote.
namespace HB1 {
class A { protected nint P = Marshal.AllocHGlobal(40 << 20); }
class B : A { }
sealed class C : B { }
sealed class D(int n) : B { public int N => n; }
static class U3 {
    static void M1() { var a = new A();
        fork(); // WANT FORK002
    }
    static void M9() { var a = new B();
        fork(); // WANT FORK002
    }
    static void M8() { var a = new C();
        fork(); // WANT FORK002
    }
    static void M7() { var a = new D(1);
        fork(); // WANT FORK002
    }
}
}
namespace HB2 {
class A<T> { protected T[] P; public A() { P = new T[40 << 20]; } }
sealed class B : A<byte> { }
sealed class B2 : A<byte> { public B2(int x) { } }
static class U3 {
    static void M1() { var a = new B();
        fork(); // WANT FORK002
    }
    static void M9() { var a = new B2(1);
        fork(); // WANT FORK002
    }
}
}
namespace HB3 { class A { public A() => fork(); } class B : A;
static class U3 { static void M() { var b = new byte[40 << 20];
  new B(); // WANT FORK001
  Use(b); } }
}
