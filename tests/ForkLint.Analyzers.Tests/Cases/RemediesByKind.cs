// What can be done about the memory depends on what holds it.
namespace RemediesByKind;
static class A { static readonly byte[] T = new byte[40 << 20]; // WANT FORK005 // SAYS NOT "null"
    static void M() { fork(); Use(T); } }
sealed class B { byte[] D { get; } = new byte[40 << 20]; // WANT FORK005 // SAYS NOT "null"
    void M() { fork(); Use(D); } }
sealed class C(List<byte[]> l) { public void M() { l.Add(new byte[40 << 20]); fork(); } } // WANT FORK005 // SAYS NOT "null"
struct S { public readonly byte[] D; public S() { D = new byte[40 << 20]; } public void M() { fork(); Use(D); } } // WANT FORK005 // SAYS NOT "null"
static class E { static void M(out byte[] r) { r = new byte[40 << 20];
        fork(); // WANT FORK001 // SAYS NOT "null"
    } static void N(in byte[] r) {
        fork(); // QUIET
        Use(r); }
    static void O(byte[] r) { r = new byte[40 << 20];
        fork(); // WANT FORK002
        }
    static void P(ref byte[] r) { r = new byte[40 << 20];
        fork(); // WANT FORK001 // SAYS NOT "set 'r' to null"
        } }
sealed class F { readonly Lazy<byte[]> _l = new(static () => new byte[40 << 20]); // WANT FORK005 // SAYS NOT "set it to null"
    void M() { Use(_l.Value); fork(); } }
sealed record G(byte[] D) { static G Make() => new(new byte[40 << 20]); public void M() { fork(); } } // WANT FORK005 // SAYS NOT "set it to null"
static class H { static readonly byte[]?[] Slots = [new byte[40 << 20]]; // WANT FORK005 // SAYS NOT "set it to null"
    static void M() => Use(Slots); }
static class I { static void M() { foreach (var b in new[] { new byte[40 << 20] }) {
        fork(); // WANT FORK001
        Use(b); } }
    static void N() { using var m = new MemoryStream(new byte[40 << 20]);
        fork(); // WANT FORK002
    } }
static class TW { static byte[]? s_b = new byte[40]; // QUIET
    static void M() { fork(); Use(s_b); } }
