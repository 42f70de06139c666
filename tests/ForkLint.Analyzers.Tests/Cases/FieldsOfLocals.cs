// What a local object holds is the local's, where no field is reported for it; even if its own method spawns.
namespace FieldsOfLocals;
sealed class A { readonly byte[] _d; public A(byte[] d) { _d = d; }
  public int Len => _d.Length; public void Go() { fork(); } }
sealed class B { byte[] _d = [];
  public void Set(byte[] d) => _d = d; public int Len => _d.Length; public void Go() { fork(); } }
sealed class C { public byte[] D = [];
  public int Len => D.Length; public void Go() { fork(); } }
sealed class D { public byte[] D1 = new byte[40 << 20]; // WANT FORK005
  public int Len => D1.Length; public void Go() { fork(); } }
sealed class E { public byte[] D1 = new byte[40 << 20];
  public int Len => D1.Length; }
class Data { public byte[] B = []; }
static class T {
    static void M1() { var p = new A(new byte[40 << 20]); 
        p.Go(); // WANT FORK001
        Use(p.Len); }
    static void M2() { var p = new B(); p.Set(new byte[40 << 20]); 
        p.Go(); // WANT FORK001
        Use(p.Len); }
    static void M3() { var p = new C(); p.D = new byte[40 << 20]; 
        p.Go(); // WANT FORK001
        Use(p.Len); }
    static void M5() { var p = new E(); 
        fork(); // WANT FORK001
        Use(p.Len); }
    static void M6() { var p = new Data { B = new byte[40 << 20] };
        Go(p); // WANT FORK001
        Use(p); }
    static void Go(Data d) { fork(); }
}
sealed class Prim(byte[] data) { public int Len => data.Length; public void Go() { fork(); } }
sealed class Stored { byte[] _d; public Stored(byte[] d) { _d = d; } // WANT FORK005
  public int Len => _d.Length; public void Go() { fork(); } }
sealed class Kept { [field: System.Diagnostics.CodeAnalysis.SuppressMessage("Memory", "FORK005")] public byte[] D { get; set; } = new byte[40 << 20]; public void Go() { fork(); } }
static class U { static Stored Make() => new(new byte[40 << 20]);
    static void M1() { var p = new Prim(new byte[40 << 20]);
        p.Go(); // WANT FORK001
        Use(p.Len); }
    static void M2() { var p = Make();
        p.Go(); // QUIET
        Use(p.Len); }
    static void M3() { var p = new Kept();
        p.Go(); // QUIET
        Use(p.D); } }
