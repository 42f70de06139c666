// FORK005 tells to set to null what cannot be set: readonly, get-only, a primary constructor's parameter that may not be null.
namespace R16;
static class A { static readonly byte[] Table = new byte[40 << 20]; // WANT FORK005 // SAYS NOT "set it to null"
    public static int M2() => 0; static void M() { Use(Table);
        fork(); // QUIET
    } }
static class B { static byte[] Table { get; } = new byte[40 << 20]; // WANT FORK005 // SAYS NOT "set it to null"
    static void M() { Use(Table); Use(A.M2()); } }
sealed class C(byte[] data) { static C Make() => new(new byte[40 << 20]); // WANT FORK005 // SAYS NOT "set it to null"
    public void M() { Use(data); fork(); } }
static class D { static readonly List<byte[]> List = []; // WANT FORK005 // SAYS "clear it"
    static void Fill() => List.Add(new byte[40 << 20]); }
static class E { static byte[]? s_b = new byte[40 << 20]; // WANT FORK005 // SAYS "set it to null"
    static void M() => Use(s_b); }
static class F { static byte[]? Prop { get; set; } = new byte[40 << 20]; // WANT FORK005 // SAYS "set it to null"
    static void M() => Use(Prop); }
sealed class G { public required byte[] Data { get; init; } // WANT FORK005 // SAYS NOT "set it to null"
    static G Make() => new() { Data = new byte[40 << 20] }; public void M() { Use(Data); fork(); } }
static class P { static void M(byte[] b) { b = new byte[40 << 20]; Use(b);
        fork(); // WANT FORK002
    } }
