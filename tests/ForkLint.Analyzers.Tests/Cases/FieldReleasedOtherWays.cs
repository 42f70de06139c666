// Fields released by a helper, an exchange, a swap of tuples or a lambda for each element.
namespace FieldReleasedOtherWays;
sealed class Buf : IDisposable { nint _p = Marshal.AllocHGlobal(40 << 20); public void Dispose() { Marshal.FreeHGlobal(_p); _p = 0; } }
sealed class A { Buf? _b = new(); // QUIET
    void Run() { using (_b) { }
        fork(); // QUIET
    } }
sealed class B { byte[]? _b = new byte[40 << 20]; // QUIET
    void Run() { Release(); fork(); } void Release() { _b = null; Collect(); } static void Collect() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, true, true); }
sealed class C { byte[]? _b = new byte[40 << 20]; // QUIET
    async Task Run() { (_b, var old) = (null, _b); old = null; GC.Collect(2, GCCollectionMode.Aggressive, true, true); await Task.Yield(); fork(); } }
sealed class D { readonly HashSet<byte[]> _s = [new byte[40 << 20]]; // QUIET
    void Run() { _s.Clear(); GC.Collect(2, GCCollectionMode.Aggressive, true, true); fork(); } }
sealed class E { byte[][] _p = [new byte[40 << 20]]; // QUIET
    void Run() { _p = []; GC.Collect(2, GCCollectionMode.Aggressive, true, true); fork(); } }
sealed class F { byte[]? _b = new byte[40 << 20]; // QUIET
    void Run() { Interlocked.Exchange(ref _b, null); GC.Collect(2, GCCollectionMode.Aggressive, true, true); fork(); } }
sealed class G { Buf? s_b = new(); // QUIET
    void Run() { if (s_b is { } b) { b.Dispose(); s_b = null; } fork(); } }
sealed class H { Buf? _b = new(); // QUIET
    void Run() { Interlocked.Exchange(ref _b, null)?.Dispose(); fork(); } }
sealed class I { nint _p = Marshal.AllocHGlobal(40 << 20); // QUIET
    void Run() { try { Use(1); } finally { Marshal.FreeHGlobal(_p); } fork(); } }
sealed class J { readonly List<Buf> _l = [new()]; // QUIET
    void Run() { foreach (var b in _l) b.Dispose(); _l.Clear(); fork(); } }
sealed class K { readonly List<Buf> _l = [new()]; // QUIET
    void Run() { _l.ForEach(static b => b.Dispose()); _l.Clear(); fork(); } }
sealed class L { byte[]? Data { get; set; } = new byte[40 << 20]; // QUIET
    void Run() { Data = null; GC.Collect(2, GCCollectionMode.Aggressive, true, true); fork(); } }
sealed class M { Lazy<byte[]> _l = new(() => new byte[40 << 20]); // QUIET
    void Run() { Use(_l.Value); _l = new(() => new byte[40 << 20]); GC.Collect(2, GCCollectionMode.Aggressive, true, true); fork(); } }
// twins
sealed class TA { byte[]? _b = new byte[40 << 20]; // WANT FORK005
    void Run() { GC.Collect(2, GCCollectionMode.Aggressive, true, true); _b = null; fork(); } }
sealed class TB { Buf? _b = new(); // WANT FORK005
    void Run() { fork(); _b?.Dispose(); } }
sealed class TC { readonly List<byte[]> _l = []; // WANT FORK005
    void Fill() => _l.Add(new byte[40 << 20]);
    void Run() { if (_l.Count > 3) _l.Clear(); GC.Collect(2, GCCollectionMode.Aggressive, true, true); fork(); } }
sealed class TD { byte[]? _b = new byte[40 << 20]; // WANT FORK005
    void One() { _b = null; GC.Collect(2, GCCollectionMode.Aggressive, true, true); fork(); } void Two() { Use(_b); fork(); } }
