// The memory hangs on a field, through an object: FORK005 is missing, and FORK002/006 say things that are not so.
namespace R08;
static class A { public static readonly Hub H = new(); // WANT FORK005
    static void M() { H.Load();
        fork(); // QUIET
    } }
sealed class Hub { public byte[]? Data; public void Load() => Data = new byte[40 << 20]; }
static class B { static readonly System.Collections.Concurrent.ConcurrentDictionary<string, byte[]> Cache = new(); // WANT FORK005
    static byte[] Get(string k) => Cache.GetOrAdd(k, static _ => new byte[40 << 20]); static void M() { Get("a");
        fork(); // QUIET
    } }
sealed class C { readonly Store _s = new(); // WANT FORK005
    void M() { _s.Put();
        fork(); // QUIET
    } }
sealed class Store { readonly List<byte[]> _l = []; public void Put() => _l.Add(new byte[40 << 20]); }
sealed class D { static readonly Dictionary<string, List<byte[]>> Map = new(); // WANT FORK005
    static void Fill() { if (!Map.TryGetValue("a", out var l)) { l = []; Map["a"] = l; } l.Add(new byte[40 << 20]); }
    static void M() { Fill();
        fork(); // QUIET
    } }
sealed class Cache { readonly Dictionary<string, byte[]> _d = new(); public byte[] Get(string k) { if (!_d.TryGetValue(k, out var v)) { v = new byte[40 << 20]; _d[k] = v; } return v; } }
sealed class Service(Cache cache) { public void Warm() => cache.Get("a"); }
static class E { static readonly Cache C = new(); // WANT FORK005 // SAYS "E.C._d"
    static void M() { Use(C.Get("x"));
        fork(); // QUIET
    } }
sealed class F { readonly Cache _cache = new(); // WANT FORK005
    void Load() => _cache.Get("a");
    void Run() { Load();
        fork(); // QUIET
    } }
sealed class G { readonly System.Collections.Concurrent.ConcurrentDictionary<int, byte[]> _c = new(); // WANT FORK005
    byte[] Get(int i) => _c.GetOrAdd(i, Make); static byte[] Make(int i) => new byte[40 << 20];
    void Run() { Use(Get(1));
        fork(); // QUIET
    } }
static class Global { public static readonly Cache Shared = new(); } // WANT FORK005
static class Startup { static void Init() => Global.Shared.Get("all"); }
// The twins: nothing large hangs there, or it is let go.
sealed class Q1 { readonly Small _s = new(); // QUIET
    void M() { _s.Put();
        fork(); // QUIET
    } }
sealed class Small { readonly List<byte[]> _l = []; public void Put() => _l.Add(new byte[400]); }
sealed class Q2 { readonly Cache2 _c = new(); // QUIET
    void M() { Use(_c.Get("a")); _c.Drop(); GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork(); // QUIET
    } }
sealed class Cache2 { readonly Dictionary<string, byte[]> _d = new(); public byte[] Get(string k) { var v = new byte[40 << 20]; _d[k] = v; return v; } public void Drop() => _d.Clear(); }
sealed class Q3 { readonly WeakReference<byte[]> _w = new(new byte[40 << 20]); // QUIET
    void M() { Use(_w); GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork(); // QUIET
    } }
sealed class Q4 { void M(Cache c) { c.Get("a");
        fork(); // MAYBE FORK001
    } }
