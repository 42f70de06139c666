// The field was freed as the message asks, in the spawning method, before the spawn.
namespace R03;
sealed class Buf : IDisposable { nint _p = Marshal.AllocHGlobal(40 << 20); public void Dispose() { Marshal.FreeHGlobal(_p); _p = 0; } }
sealed class A { Buf? _buf = new(); // QUIET
    void Run() { _buf?.Dispose(); _buf = null;
        fork(); // QUIET
    } }
sealed class B { nint _p = Marshal.AllocHGlobal(40 << 20); // QUIET
    void Run() { if (_p != 0) { Marshal.FreeHGlobal(_p); _p = 0; }
        fork(); // QUIET
    } }
sealed class C { byte[]? _b = new byte[40 << 20]; // QUIET
    void Run() { if (_b != null) { _b = null; GC.Collect(2, GCCollectionMode.Aggressive, true, true); }
        fork(); // QUIET
    } }
sealed class D { readonly List<byte[]> _l = []; // QUIET
    void Fill() => _l.Add(new byte[40 << 20]); void Run() { Fill(); _l.Clear(); GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork(); // QUIET
    } }
sealed class E1 { Buf? _buf = new(); // QUIET
    void Run() { Helper.Drop(ref _buf);
        fork(); // QUIET
    } }
static class Helper { public static void Drop(ref Buf? b) { b?.Dispose(); b = null; } }
sealed class G { readonly Dictionary<string, byte[]> _d = []; // QUIET
    void Run() { _d["a"] = new byte[40 << 20]; _d.Clear(); GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork(); // QUIET
    } }
sealed class H { byte[]? _b = new byte[40 << 20]; // WANT FORK005
    void Run() { _b = null;
        fork(); // QUIET
    } }
sealed class I { Buf? _buf = new(); // WANT FORK005
    void Run(bool x) { if (x) _buf?.Dispose();
        fork(); // QUIET
    } }
sealed class J { readonly List<byte[]> _l = []; // WANT FORK005
    void Run() { _l.Add(new byte[40 << 20]); _l.Clear();
        fork(); // QUIET
    } }
sealed class K { readonly List<byte[]> _l = []; // WANT FORK005
    void Run() { _l.Clear(); GC.Collect(2, GCCollectionMode.Aggressive, true, true); _l.Add(new byte[40 << 20]);
        fork(); // QUIET
    } }
sealed class L { byte[]?[] _parts = new byte[4][]; // QUIET
    void Run() { _parts[0] = new byte[40 << 20]; Array.Clear(_parts); GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork(); // QUIET
    } }
sealed class M { Buf _buf = new(); // QUIET
    void Run() { _buf.Dispose();
        fork(); // QUIET
    } }
