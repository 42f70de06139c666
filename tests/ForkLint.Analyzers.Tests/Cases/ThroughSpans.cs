// A span over an array reads it.
namespace ThroughSpans;
static class Refs {
    static void M1() { var a = new long[10 << 20];
        fork(); // WANT FORK001
        foreach (ref var x in a.AsSpan()) x = 1; }
    static void M2() { var a = new long[10 << 20];
        fork(); // WANT FORK001
        foreach (var x in a.AsSpan(5)) Use(x); }
    static void M3() { var a = new long[10 << 20];
        fork(); // WANT FORK001
        foreach (ref readonly var x in new ReadOnlySpan<long>(a)) Use(x); }
    static void M4() { var a = new long[10 << 20]; var s = a.AsSpan();
        fork(); // WANT FORK001
        s.Fill(3); }
    static void M5() { var a = new List<long>(10 << 20);
        fork(); // WANT FORK001
        foreach (ref var x in CollectionsMarshal.AsSpan(a)) x = 1; }
    static void M6() { Memory<long> a = new long[10 << 20];
        fork(); // WANT FORK001
        foreach (ref var x in a.Span) x = 1; }
    static void M7() { var a = new long[10 << 20];
        fork(); // WANT FORK001
        foreach (var x in a) { } }
}
