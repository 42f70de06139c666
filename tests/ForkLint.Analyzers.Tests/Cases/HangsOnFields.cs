// Memory that hangs on a field through lazies, pools, channels, immutable maps, nodes and services.
using System.Collections.Concurrent; using System.Collections.Immutable; using System.Threading.Channels;
namespace HangsOnFields;
static class A { static readonly ConcurrentDictionary<string, Lazy<byte[]>> Map = new(); // WANT FORK005
    static byte[] Get(string k) => Map.GetOrAdd(k, static _ => new Lazy<byte[]>(static () => new byte[40 << 20])).Value; static void M() { Use(Get("a")); fork(); } }
sealed class B { readonly Lazy<Task<byte[]>> _l = new(static async () => { await Task.Yield(); return new byte[40 << 20]; }); // WANT FORK005
    async Task M() { Use(await _l.Value); fork(); } }
sealed class Pool<T>(Func<T> make) { readonly ConcurrentBag<T> _free = []; public T Rent() => _free.TryTake(out var x) ? x : make(); public void Return(T x) => _free.Add(x); }
static class C { static readonly Pool<byte[]> Buffers = new(static () => new byte[40 << 20]); // MAYBE FORK005
    static void M() { var b = Buffers.Rent(); Use(b); Buffers.Return(b); fork(); } }
static class D { static readonly Channel<byte[]> Queue = Channel.CreateUnbounded<byte[]>(); // MAYBE FORK005
    static void M() { Queue.Writer.TryWrite(new byte[40 << 20]); fork(); } }
static class E { static ImmutableDictionary<int, byte[]> s_map = ImmutableDictionary<int, byte[]>.Empty; // WANT FORK005
    static void M() { s_map = s_map.SetItem(1, new byte[40 << 20]); fork(); } }
static class F { static ImmutableDictionary<int, byte[]> s_map = ImmutableDictionary<int, byte[]>.Empty; // MAYBE FORK005
    static void M() { Use(ImmutableInterlocked.GetOrAdd(ref s_map, 1, static _ => new byte[40 << 20])); fork(); } }
sealed class Node { public Node? Next; public byte[]? Data; }
static class G { static Node? s_head; // WANT FORK005
    static void Push() => s_head = new Node { Next = s_head, Data = new byte[40 << 20] }; static void M() { Push(); fork(); } }
sealed class H { readonly Dictionary<int, byte[]> _map = []; // WANT FORK005
    void M() { if (_map.TryAdd(1, new byte[40 << 20])) { Use(1); } fork(); } }
abstract class Buffered { private byte[]? _b; protected byte[] Buffer => _b ??= new byte[40 << 20]; } // WANT FORK005
sealed class I : Buffered { void M() { Use(Buffer); fork(); } }
interface IStore { byte[] Get(); }
sealed class Store : IStore { byte[]? _b; public byte[] Get() => _b ??= new byte[40 << 20]; } // MAYBE FORK005
sealed class J(IStore store) { public void M() { Use(store.Get()); fork(); } } // MAYBE FORK005
static class K { static readonly ThreadLocal<byte[]> Local = new(static () => new byte[40 << 20]); // WANT FORK005
    static void M() { Use(Local.Value); fork(); } }
sealed class L { static L? s_it; public static L It => s_it ??= new L(); readonly byte[] _b = new byte[40 << 20]; public byte First => _b[0]; } // WANT FORK005
static class LM { static void M() { Use(L.It.First); fork(); } }
sealed class M0 { static readonly List<Action> Jobs = []; // MAYBE FORK005
    static void M() { var b = new byte[40 << 20]; Jobs.Add(() => Use(b)); fork(); } } // MAYBE FORK001
static class TA { static readonly ConcurrentDictionary<string, Lazy<byte[]>> Map = new(); // QUIET
    static byte[] Get(string k) => Map.GetOrAdd(k, static _ => new Lazy<byte[]>(static () => new byte[40])).Value; static void M() { Use(Get("a")); fork(); } }
static class TC { static readonly Pool<byte[]> Buffers = new(static () => new byte[40]); // QUIET
    static void M() { var b = Buffers.Rent(); Use(b); Buffers.Return(b); fork(); } }
sealed class TG { Node? s_head; // QUIET
    void M() { s_head = new Node { Data = new byte[40 << 20] }; s_head.Data = null; GC.Collect(2, GCCollectionMode.Aggressive, true, true); fork(); } }
static class TH { static readonly Dictionary<int, int> Lengths = []; // QUIET
    static void M() { Lengths.TryAdd(1, new byte[40 << 20].Length); GC.Collect(2, GCCollectionMode.Aggressive, true, true); fork(); } }
