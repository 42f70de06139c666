// Small programs that hold large memory and start processes, written as most people write them.
namespace OrdinaryPrograms;
static class Tools
{
    public static int Run(string file, params ReadOnlySpan<string> arguments) { var info = new ProcessStartInfo(file); foreach (var argument in arguments) { info.ArgumentList.Add(argument); } using var process = Process.Start(info)!; process.WaitForExit(); return process.ExitCode; }
    public static async Task<string> ReadAsync(string file, string arguments) { using var process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true })!; var text = await process.StandardOutput.ReadToEndAsync(); await process.WaitForExitAsync(); return text; }
    public static void Detach(string file) => Process.Start(file)?.Dispose();
    extension(string command) { public int Execute() => Run(command); }
}
sealed class NativeFrame : IDisposable { nint _pixels = Marshal.AllocHGlobal(64 << 20); bool _isDisposed; public nint Pixels => _pixels; public void Dispose() { Dispose(true); GC.SuppressFinalize(this); } void Dispose(bool disposing) { if (_isDisposed) { return; } Marshal.FreeHGlobal(_pixels); _pixels = 0; _isDisposed = true; } ~NativeFrame() => Dispose(false); }
readonly struct NativeSpan(int length) : IDisposable { readonly nint _at = Marshal.AllocHGlobal(length); public nint At => _at; public void Dispose() => Marshal.FreeHGlobal(_at); }
static class Calls
{
    static void A1() { using var frame = new NativeFrame(); Use(frame.Pixels); Tools.Run("ffmpeg"); } // WANT FORK004
    static void A2() { using (var frame = new NativeFrame()) { Use(frame.Pixels); } Tools.Run("ffmpeg"); }
    static void A3() { var frame = new NativeFrame(); try { Use(frame.Pixels); } finally { frame.Dispose(); } Tools.Run("ffmpeg"); }
    static void A4() { using var span = new NativeSpan(64 << 20); Use(span.At); Tools.Run("git", "gc"); } // WANT FORK004
    static void A5() { using (var span = new NativeSpan(64 << 20)) { Use(span.At); } Tools.Run("git", "gc"); }
    static void A6() { var image = new byte[64 << 20]; Tools.Run("convert", "a", "b"); Use(image); } // WANT FORK003
    static void A7() { var image = new byte[64 << 20]; "convert".Execute(); Use(image); } // WANT FORK003
    static async Task A8() { var image = new byte[64 << 20]; Use(image); await Tools.ReadAsync("git", "status"); } // WANT FORK004
    static async Task A9() { var image = new byte[64 << 20]; var text = await Tools.ReadAsync("git", "log"); Use(image.Length + text); } // WANT FORK003
    static void A10() { var image = new byte[64 << 20]; Use(image); Tools.Detach("xdg-open"); }
    static void A11() { var rented = ArrayPool<byte>.Shared.Rent(64 << 20); try { Tools.Run("git"); Use(rented[0]); } finally { ArrayPool<byte>.Shared.Return(rented); } } // WANT FORK003
    static void A12() { var rented = ArrayPool<byte>.Shared.Rent(1 << 10); try { Tools.Run("git"); Use(rented[0]); } finally { ArrayPool<byte>.Shared.Return(rented); } }
    static void A13() { using var stream = new MemoryStream(64 << 20); stream.WriteByte(1); Tools.Run("git"); Use(stream.Length); } // WANT FORK003
    static void A14(string path) { var data = File.ReadAllBytes(path); fork(); Use(data); } // WANT FORK008
    static void A15(string path) { var data = File.ReadAllBytes(path); Tools.Run("git"); Use(data); }
    static void A16(string path) { var length = File.ReadAllText(path).Length; fork(); Use(length); }
    static void A17() { var parts = Enumerable.Range(0, 64).Select(_ => new byte[1 << 20]).ToList(); Tools.Run("git"); Use(parts); } // MAYBE FORK003
    static void A18() { List<byte[]> parts = [new byte[64 << 20], new byte[64 << 20]]; Tools.Run("git"); Use(parts.Count); } // WANT FORK004
    static void A19() { byte[]? image = new byte[64 << 20]; Use(image); image = null; GC.Collect(2, GCCollectionMode.Aggressive, true, true); fork(); }
    static void A20() { byte[]? image = new byte[64 << 20]; Use(image); image = null; fork(); } // WANT FORK006
    static void A21() { byte[]? image = new byte[64 << 20]; Use(image); image = null; foreach (var name in new[] { "a", "b" }) { Use(name); fork(); } } // WANT FORK006
    static void A22(bool quick) { var image = new byte[64 << 20]; if (quick) { return; } Tools.Run("git"); Use(image); } // WANT FORK003
    static void A23(bool quick) { byte[]? image = quick ? null : new byte[64 << 20]; fork(); Use(image); } // WANT FORK001
    static void A24(string kind) { var image = kind switch { "small" => new byte[16], _ => new byte[64 << 20] }; fork(); Use(image); } // WANT FORK001
    static void A25() { var image = GC.AllocateUninitializedArray<byte>(64 << 20); fork(); Use(image); } // WANT FORK001
    static unsafe void A26() { var block = NativeMemory.Alloc(64 << 20); fork(); NativeMemory.Free(block); } // WANT FORK002
    static unsafe void A27() { var block = NativeMemory.Alloc(64 << 20); NativeMemory.Free(block); fork(); }
    static void A28() { var text = new string('x', 32 << 20); fork(); Use(text); } // WANT FORK001
    static void A29() { var table = new Dictionary<long, long>(4 << 20); fork(); Use(table); } // WANT FORK001
    static void A30() { var grid = new double[4096, 4096]; fork(); Use(grid); } // WANT FORK001
    static void A31() { Parallel.For(0, 4, _ => { var image = new byte[64 << 20]; fork(); Use(image); }); } // WANT FORK001
    static async Task A32() { var image = new byte[64 << 20]; await Task.Run(() => Tools.Run("git")); Use(image); } // WANT FORK003
    static void A33() { var image = new byte[64 << 20]; void Start() => Tools.Run("git"); Start(); Use(image); } // WANT FORK003
    static void A34() { var weak = new WeakReference<byte[]>(new byte[64 << 20]); Tools.Run("git"); Use(weak); }
    static void A35() { var image = new byte[64 << 20]; var (first, second) = (image, 1); image = null; fork(); Use(first); Use(second); } // WANT FORK001
}
sealed class LazyCache { readonly Lazy<byte[]> _table = new(() => new byte[64 << 20]); public int Go() { var table = _table.Value; Tools.Run("git"); return table.Length; } } // WANT FORK005
sealed class FieldCache { byte[]? _table; public void Load() => _table ??= new byte[64 << 20]; public int Go() { Load(); Tools.Run("git"); return _table!.Length; } } // WANT FORK005
sealed class FreedCache { byte[]? _table; public void Load() => _table ??= new byte[64 << 20]; public void Go() { Load(); Use(_table); _table = null; GC.Collect(2, GCCollectionMode.Aggressive, true, true); Tools.Run("git"); } }
interface IImages { byte[] Load(string path); }
sealed class DiskImages : IImages { public byte[] Load(string path) => new byte[64 << 20]; }
interface IShell { int Run(string command); }
sealed class Shell : IShell { public int Run(string command) => Tools.Run(command); }
sealed class Worker(IImages images, IShell shell) { public int Go(string path) { var image = images.Load(path); shell.Run("git"); return image.Length; } } // WANT FORK003
sealed class Quiet(IImages images, IShell shell) { public int Go(string path) { var length = images.Load(path).Length; return shell.Run("git") + length; } }
