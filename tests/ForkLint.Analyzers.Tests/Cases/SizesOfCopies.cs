// Sizes of copies, of pooled memory, of enums, choices and whatever else gives a number.
using System.Text; using System.Buffers.Binary; using System.Collections.Immutable;
namespace SizesOfCopies;
enum Sz { Big = 40 << 20 }
sealed class Cfg { public const int Mb = 1024 * 1024; public static readonly int Count = 40; public int N { get; init; } = 40; public static int P => Count * Mb; public uint U => 40u << 20; }
interface ISize { static virtual int Bytes => 40 << 20; } sealed class Im : ISize;
static class U {
    static void M1() { var b = new byte[Cfg.P];
        fork(); // WANT FORK001
        Use(b); }
    static void M2() { var b = new byte[(int)Sz.Big];
        fork(); // WANT FORK001
        Use(b); }
    static void M3() { var b = new byte[new Cfg().U];
        fork(); // WANT FORK001
        Use(b); }
    static void M4(int n) { var b = new byte[n < 16 << 20 ? 16 << 20 : n];
        fork(); // MAYBE FORK001
        Use(b); }
    static void M5(int n) { if (n < 16 << 20) n = 16 << 20; var b = new byte[n];
        fork(); // MAYBE FORK001
        Use(b); }
    static void M6(int n) { ArgumentOutOfRangeException.ThrowIfLessThan(n, 16 << 20); var b = new byte[n];
        fork(); // MAYBE FORK001
        Use(b); }
    static void M7(string? s) { var n = s is null ? 32 << 20 : 64 << 20; var b = new byte[n];
        fork(); // WANT FORK001
        Use(b); }
    static void M8() { var img = new Rgba[3840 * 2160];
        fork(); // WANT FORK001
        Use(img); }
    static void M9() { var img = new float[3, 1080, 1920];
        fork(); // WANT FORK001
        Use(img); }
    static void M10() { var l = Enumerable.Range(0, 10_000_000).ToList();
        fork(); // WANT FORK001
        Use(l); }
    static void M11() { var a = Enumerable.Repeat(0L, 10_000_000).ToArray();
        fork(); // WANT FORK001
        Use(a); }
    static void M12() { var b = ArrayPool<byte>.Shared.Rent(40 << 20);
        fork(); // WANT FORK001
        Use(b); ArrayPool<byte>.Shared.Return(b); }
    static void M13() { using var m = MemoryPool<byte>.Shared.Rent(40 << 20);
        fork(); // WANT FORK001
        Use(m.Memory.Length); }
    static void M14() { var big = new byte[40 << 20]; var copy = big.ToArray(); big = null; GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork(); // WANT FORK001
        Use(copy); }
    static void M15() { var big = new byte[40 << 20]; var copy = big[..(20 << 20)]; big = null; GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork(); // MAYBE FORK001
        Use(copy); }
    static void M16() { var big = new byte[40 << 20]; var copy = (byte[])big.Clone(); big = null; GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork(); // WANT FORK001
        Use(copy); }
    static void M17() { var s = new string('x', 40 << 20);
        fork(); // WANT FORK001
        Use(s); }
    static void M18() { var sb = new StringBuilder(40 << 20);
        fork(); // WANT FORK001
        Use(sb); }
    static void M19() { var b = GC.AllocateUninitializedArray<byte>(40 << 20, pinned: true);
        fork(); // WANT FORK001
        Use(b); }
    static void M20() { const long gb = 1L << 30; var b = new byte[gb / 8];
        fork(); // WANT FORK001
        Use(b); }
    static void M21() { var n = 1; n <<= 25; var b = new byte[n];
        fork(); // MAYBE FORK001
        Use(b); }
    static byte[] Get<T>() where T : ISize => new byte[T.Bytes];
    static void M22() { var b = Get<Im>();
        fork(); // MAYBE FORK001
        Use(b); }
    static void M23(nuint n) { var b = new byte[nuint.Max(n, 16 << 20)];
        fork(); // MAYBE FORK001
        Use(b); }
    static void Deep(int w, int h, int c = 4) { var b = new byte[w * h * c]; Use(b);
        Process.Start("x")!.WaitForExit(); // WANT FORK004
    } static void D1() => Deep(3840, 2160); static void D2() => Deep(w: 4000, c: 3, h: 3000);
    static void M24() { Span<byte> s = new byte[40 << 20];
        fork(); // WANT FORK001
        s[0] = 1; }
    static void M25() { var ia = ImmutableArray.Create(new byte[40 << 20]);
        fork(); // WANT FORK001
        Use(ia); }
    static void Q1() { var b = new byte[Cfg.Count];
        fork(); // QUIET
        Use(b); }
    static void Q2(int n) { var b = new byte[Math.Max(n, 100)];
        fork(); // QUIET
        Use(b); }
    static void Q3() { var l = Enumerable.Range(0, 10_000_000).Where(i => i < 3).ToList();
        fork(); // QUIET
        Use(l); }
    static void Q4() { var l = Enumerable.Range(0, 10_000_000);
        fork(); // QUIET
        Use(l); }
    static void Q5(int n) { var b = new byte[n > 16 << 20 ? 16 << 20 : n];
        fork(); // QUIET
        Use(b); }
    static void Q6() { var big = new byte[40 << 20]; var copy = big[..100]; big = null; GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork(); // QUIET
        Use(copy); }
}
struct Rgba { public byte R, G, B, A; }
