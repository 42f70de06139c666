// Sizes that the class library or arithmetic fixes, and those that nothing does.
using System.Numerics; using System.Text; using System.Security.Cryptography; using System.Collections; using System.Collections.Generic;
namespace SizesByContract;
struct Pixel { public float R, G, B, A; }
sealed class Config { public required int Width { get; init; } public const int Rows = 4096; public static readonly TimeSpan Time = TimeSpan.FromSeconds(1); public int Limit { get; set; } = 40 << 20; }
static unsafe class U {
    const int W = 4096, H = 2160;
    static void M1() { var b = new Pixel[checked(W * H)];
        fork(); // WANT FORK001 // SAYS "135 MiB"
        Use(b); }
    static void M2() { var b = new byte[sizeof(double) * W * H];
        fork(); // WANT FORK001
        Use(b); }
    static void M3() { var b = new byte[Unsafe.SizeOf<Pixel>() * W * 1000];
        fork(); // WANT FORK001
        Use(b); }
    static void M4() { var b = new byte[BitOperations.RoundUpToPowerOf2(40_000_000u)];
        fork(); // MAYBE FORK001
        Use(b); }
    static void M5() { var a = Array.CreateInstance(typeof(double), 5_000_000);
        fork(); // WANT FORK001
        Use(a); }
    static void M6() { var b = RandomNumberGenerator.GetBytes(40 << 20);
        fork(); // WANT FORK001
        Use(b); }
    static void M7() { var s = "".PadLeft(40 << 20);
        fork(); // WANT FORK001
        Use(s); }
    static void M8() { var b = new BitArray(400_000_000);
        fork(); // MAYBE FORK001
        Use(b); }
    static void M9() { var s = string.Create(20 << 20, 0, static (span, _) => span.Fill('x'));
        fork(); // WANT FORK001
        Use(s); }
    static void M10() { var p = NativeMemory.AllocZeroed(1000, 40_000); Use(((nint)p).ToString());
        fork(); // WANT FORK002
        NativeMemory.Free(p); }
    static void M11() { var m = new MemoryStream(); m.SetLength(40 << 20);
        fork(); // MAYBE FORK001
        Use(m); }
    static void M12() { var m = new Memory<byte>(new byte[40 << 20]);
        fork(); // WANT FORK001
        Use(m.Length); }
    static void M13() { int[] a = [.. Enumerable.Range(0, 10_000_000)];
        fork(); // MAYBE FORK001
        Use(a); }
    static void M14() { var h = Enumerable.Range(0, 10_000_000).ToHashSet();
        fork(); // WANT FORK001
        Use(h); }
    static void M15() { var pool = ArrayPool<int>.Create(1 << 26, 4); var b = pool.Rent(10 << 20);
        fork(); // WANT FORK001
        Use(b); pool.Return(b); }
    static void M16() { var b = new byte[(long)W * H * 4];
        fork(); // WANT FORK001
        Use(b); }
    static void M17() { var n = (nuint)W * H; var p = NativeMemory.AlignedAlloc(n, 64);
        fork(); // WANT FORK002
        NativeMemory.AlignedFree(p); }
    static void Fill(int width, int height) { var b = new float[height, width, 4];
        fork(); // WANT FORK001 // SAYS "at least 31.6 MiB"
        Use(b); }
    static void F1() => Fill(1920, 1080); static void F2() => Fill(height: 4000, width: 3000);
    static void M18() { var b = GC.AllocateArray<long>(5_000_000, pinned: true);
        fork(); // WANT FORK001
        Use(b); }
    static void M19() { var b = Encoding.UTF8.GetBytes(new string('x', 40 << 20));
        fork(); // WANT FORK006
        Use(b); }
    static void M20() { var rows = new float[Config.Rows][]; for (var i = 0; i < rows.Length; i++) { rows[i] = new float[4096]; }
        fork(); // MAYBE FORK001
        Use(rows); }
    static void M21() { var b = new List<Pixel>(); b.EnsureCapacity(4_000_000);
        fork(); // MAYBE FORK001
        Use(b); }
    static void M22() { var b = new List<long>(); CollectionsMarshal.SetCount(b, 5_000_000);
        fork(); // MAYBE FORK001
        Use(b); }
    static void M23() { using var a = new NativeBlock<double>(5_000_000);
        fork(); // WANT FORK002
    }
    static void M24() { var half = new Half[W * H * 4]; var q = new Int128[1 << 20];
        fork(); // WANT FORK001 FORK001
        Use(half); Use(q); }
    static void Q1(Config c) { var b = new byte[c.Width * c.Width];
        fork(); // QUIET
        Use(b); }
    static void Q2(Config c) { var b = new byte[c.Limit];
        fork(); // QUIET
        Use(b); }
    static void Q3() { Span<byte> b = stackalloc byte[1 << 10]; var e = Array.Empty<long>(); var a = Array.CreateInstance(typeof(byte), 100);
        fork(); // QUIET
        Use(b.Length); Use(e); Use(a); }
    static void Q4() { var s = "abc".PadLeft(5); var r = RandomNumberGenerator.GetBytes(32); var t = new BitArray(100);
        fork(); // QUIET
        Use(s); Use(r); Use(t); }
    static void Q5(int n) { Cut(n); Cut(40 << 20); }
    static void Cut(int n) { var b = new byte[n & 0xffff];
        fork(); // QUIET
        Use(b); }
}
sealed unsafe class NativeBlock<T>(int n) : IDisposable where T : unmanaged { T* _p = (T*)NativeMemory.Alloc((nuint)n, (nuint)sizeof(T)); public void Dispose() { NativeMemory.Free(_p); _p = null; } }
