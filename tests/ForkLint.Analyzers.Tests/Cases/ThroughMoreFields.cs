// Memory that hangs on a static field through lazy values, nested collections, tuples and objects of objects.
namespace ThroughMoreFields;
sealed class Svc(Cache c) { readonly Cache _c = c; public byte[] Get() => _c.Get(); public void Run() { Use(Get());
        fork(); // QUIET
    } }
sealed class Cache { byte[]? _b; public byte[] Get() => _b ??= new byte[40 << 20]; }
static class P { static readonly Svc S = new(new Cache()); // WANT FORK005
    static void M() => S.Run(); }
sealed class L { readonly Lazy<byte[]> _l = new(() => new byte[40 << 20]); // WANT FORK005
    void M() { Use(_l.Value);
        fork(); // QUIET
    } }
static class M1 { static readonly Dictionary<string, Dictionary<int, byte[]>> D = []; // WANT FORK005
    static void Add() { D["a"] = new() { [1] = new byte[40 << 20] }; } }
static class M2 { static Holder H = new(); // WANT FORK005
    static void Add() { H.Inner.Data = new byte[40 << 20]; } }
sealed class Holder { public Inner Inner { get; } = new(); } sealed class Inner { public byte[]? Data { get; set; } }
static class M3 { static (byte[]? A, int B) s_t; // WANT FORK005
    static void Add() { s_t.A = new byte[40 << 20]; } }
static class M4 { [ThreadStatic] static byte[]? t_b; // WANT FORK005
    static void Add() { t_b = new byte[40 << 20]; } }
static class M5 { static readonly AsyncLocal<byte[]> A = new(); // MAYBE FORK005
    static void Add() { A.Value = new byte[40 << 20]; } }
static class M6 { static readonly System.Collections.Concurrent.ConcurrentBag<byte[]> Bag = []; // WANT FORK005
    static void Add() { Bag.Add(new byte[40 << 20]); } }
static class M7 { static readonly System.Runtime.CompilerServices.ConditionalWeakTable<object, byte[]> T = []; // QUIET
    static void Add(object o) { T.Add(o, new byte[40 << 20]); } }
static class M8 { static Func<byte[]>? s_f; // MAYBE FORK005
    static void Add() { var b = new byte[40 << 20]; s_f = () => b; } }
