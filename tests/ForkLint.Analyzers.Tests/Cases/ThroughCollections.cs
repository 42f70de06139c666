// Memory that hangs on a field through lazy values, immutable collections, references into dictionaries and nodes.
using System.Collections.Concurrent; using System.Collections.Immutable;
namespace ThroughCollections;
sealed class Node { public byte[]? Data; public Node? Next; }
static class A { static readonly ConcurrentDictionary<int, Node> Map = new(); // WANT FORK005
    static void M(int k) { var n = Map.GetOrAdd(k, static _ => new Node()); n.Data = new byte[40 << 20]; fork(); } }
static class B { static ImmutableDictionary<int, byte[]> s_map = ImmutableDictionary<int, byte[]>.Empty; // WANT FORK005
    static void M() { s_map = s_map.Add(1, new byte[40 << 20]); fork(); } }
static class C { static readonly Node Head = new(); // WANT FORK005
    static void M() { Head.Next = new Node { Data = new byte[40 << 20] }; fork(); } }
static class D { static readonly ConcurrentDictionary<string, Lazy<byte[]>> L = new(); // WANT FORK005
    static byte[] Get(string k) => L.GetOrAdd(k, _ => new Lazy<byte[]>(() => new byte[40 << 20])).Value;
    static void M() { Use(Get("a")); fork(); } }
interface ICache { byte[] Get(); } sealed class RealCache : ICache { byte[]? _d; public byte[] Get() => _d ??= new byte[40 << 20]; } // MAYBE FORK005
sealed class E(ICache cache) { public void M() { Use(cache.Get()); fork(); } } // WANT FORK005
static class F { static readonly Dictionary<int, byte[]> D = new(); // WANT FORK005
    static void M() { ref var slot = ref CollectionsMarshal.GetValueRefOrAddDefault(D, 1, out _); slot = new byte[40 << 20]; fork(); } }
static class G { static readonly Queue<(int, byte[])> Q = new(); // WANT FORK005
    static void M() { Q.Enqueue((1, new byte[40 << 20])); fork(); } }
static class H { static readonly LinkedList<byte[]> L = new(); // WANT FORK005
    static void M() { L.AddLast(new byte[40 << 20]); fork(); } }
static class I { static readonly List<Node> L = [new Node()]; // WANT FORK005
    static void M() { L[0].Data = new byte[40 << 20]; fork(); } }
static class J { static readonly List<Node> L = []; // WANT FORK005
    static void M() { var n = new Node(); L.Add(n); n.Data = new byte[40 << 20]; fork(); } }
static class K { static readonly SortedDictionary<int, byte[]> D = new() { { 1, new byte[40 << 20] } }; // WANT FORK005
    static void M() { fork(); Use(D); } }
static class L1 { static Node s_n = Make(); static Node Make() => new() { Data = new byte[40 << 20] }; // WANT FORK005
    static void M() { fork(); Use(s_n); } }
class Base<T> where T : new() { protected T Item = new(); } // WANT FORK005
sealed class Der : Base<Node> { void M() { Item.Data = new byte[40 << 20]; fork(); } }
static class Singleton { sealed class Impl { public readonly byte[] Data = new byte[40 << 20]; } static readonly Impl Instance = new(); // WANT FORK005
    static void M() { fork(); Use(Instance.Data); } }
static class Memo { static readonly Func<int, byte[]> Get = Memoize(static n => new byte[40 << 20]); // MAYBE FORK005
    static Func<int, byte[]> Memoize(Func<int, byte[]> f) { var d = new Dictionary<int, byte[]>(); return n => d.TryGetValue(n, out var v) ? v : d[n] = f(n); }
    static void M() { Use(Get(1)); fork(); } }
// twins
static class TA { static readonly ConcurrentDictionary<int, Node> Map = new(); // QUIET
    static void M(int k) { var n = Map.GetOrAdd(k, static _ => new Node()); n.Data = new byte[40]; fork(); } }
sealed class TB { readonly ConcurrentDictionary<int, byte[]> Map = new(); // QUIET
    void M(int k) { Use(Map.GetOrAdd(k, static _ => new byte[40 << 20])); Map.TryRemove(k, out _); Map.Clear(); GC.Collect(2, GCCollectionMode.Aggressive, true, true); fork(); } }
sealed class TC { readonly Node Head = new(); // QUIET
    void M() { Head.Next = new Node { Data = new byte[40 << 20] }; Head.Next = null; GC.Collect(2, GCCollectionMode.Aggressive, true, true); fork(); } }
static class TD { static int Len(Node n) => n.Data!.Length; static int s_len; // QUIET
    static void M() { s_len = Len(new Node { Data = new byte[40 << 20] }); GC.Collect(2, GCCollectionMode.Aggressive, true, true); fork(); } }
