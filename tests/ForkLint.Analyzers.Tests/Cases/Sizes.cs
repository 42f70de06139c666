// Sizes as people write them: products of parameters, properties, constants and configuration with a known minimum.
namespace Sizes;
sealed class Options { public int Megabytes { get; set; } public int? Size { get; set; } }
sealed class Frame { public const int Channels = 4; public int Width { get; } = 3840; public int Height { get; } = 2160; readonly int _depth = 2;
    int Bytes => Width * Height * Channels; static int Tile => 1024 * 1024;
    void M1() { var b = new byte[Width * Height * Channels];
        fork(); // WANT FORK001 // SAYS "31.6 MiB"
        Use(b); }
    void M2() { var b = new byte[Bytes];
        fork(); // WANT FORK001
        Use(b); }
    void M3() { var b = new byte[Tile * _depth];
        fork(); // WANT FORK001
        Use(b); }
}
sealed class Configured(Options options) { readonly Options _o = options;
    int BufferSize => Math.Max(_o.Megabytes, 16) * 1024 * 1024;
    int Least => Math.Max(_o.Megabytes * 1024, 16 << 20);
    void M1() { var b = new byte[Math.Max(_o.Megabytes << 20, 16 << 20)];
        fork(); // WANT FORK001 // SAYS "at least 16 MiB"
        Use(b); }
    void M2() { var b = new byte[Least];
        fork(); // WANT FORK001
        Use(b); }
    void M3() { var size = Math.Clamp(_o.Megabytes, 16, 64) * 1024 * 1024; var b = new byte[size];
        fork(); // WANT FORK001
        Use(b); }
    void Q1() { var b = new byte[_o.Megabytes << 20];
        fork(); // QUIET
        Use(b); }
    void Q2() { var b = new byte[Math.Min(_o.Megabytes << 20, 16 << 20)];
        fork(); // QUIET
        Use(b); }
    void Q3() { var b = new byte[_o.Size ?? (16 << 20)];
        fork(); // QUIET
        Use(b); }
}
static class Passed {
    static void Run(int n) { var b = new byte[n];
        fork(); // WANT FORK001
        Use(b); }
    static void M() => Run(40 << 20); static void M2() => Run(50 << 20);
    static void Megabytes(int width, int height) { var b = new byte[width * height * 4];
        fork(); // WANT FORK001
        Use(b); }
    static void N1() => Megabytes(3840, height: 2160);
    static void Two(int n) => Deep(n * 1024);
    static void Deep(int n) { var b = new byte[n];
        fork(); // WANT FORK001
        Use(b); }
    static void O() => Two(40 * 1024);
    static void Default(int n = 40 << 20) { var b = new byte[n];
        fork(); // WANT FORK001
        Use(b); }
    static void P() => Default();
    static void Small(int n) { var b = new byte[n];
        fork(); // QUIET
        Use(b); }
    static void Q1() => Small(40 << 20); static void Q11() => Small(100);
    static void Unknown(int n) { var b = new byte[n];
        fork(); // QUIET
        Use(b); }
    static void Q2() => Unknown(40 << 20); static void Q22(int x) => Unknown(x);
    static void Named(int n) { var b = new byte[n];
        fork(); // QUIET
        Use(b); }
    static void Q3() { Named(40 << 20); Action<int> a = Named; Use(a); }
    static void Never(int n) { var b = new byte[n];
        fork(); // QUIET
        Use(b); }
}
sealed class Worker { readonly byte[] _buffer; public Worker(int n) => _buffer = new byte[n]; // WANT FORK005
    static Worker Make() => new(40 << 20); void Run() { Use(_buffer); fork(); } }
