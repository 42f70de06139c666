// Fields let go of before the spawn: by tuples, volatile writes, methods of the owner, properties and awaited helpers.
namespace FieldsLetGo;
static class Gc { public static void Compact() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true); }
sealed class A { byte[]? _a = new byte[40 << 20]; byte[]? _b = new byte[40 << 20]; // QUIET
    void Run() { (_a, _b) = (null, null); Gc.Compact(); fork(); } }
sealed class B { byte[]? _a = new byte[40 << 20]; // QUIET
    void Run() { Volatile.Write(ref _a, null); Gc.Compact(); fork(); } }
sealed class C { readonly Cache _cache = new(); // QUIET
    void Run() { _cache.Load(); _cache.Evict(); fork(); } }
sealed class Cache { readonly Dictionary<int, byte[]> _map = []; public void Load() => _map[1] = new byte[40 << 20]; public void Evict() { _map.Clear(); _map.TrimExcess(); Gc.Compact(); } }
sealed class D { byte[]? _a = new byte[40 << 20]; // QUIET
    async Task Run() { await Release(); fork(); } async Task Release() { _a = null; await Task.Yield(); Gc.Compact(); } }
sealed class E { byte[] _a = new byte[40 << 20]; // QUIET
    void Run() { Array.Resize(ref _a, 0); Gc.Compact(); fork(); } }
sealed class F { byte[]? _a = new byte[40 << 20]; byte[]? Data { get => _a; set => _a = value; } // QUIET
    void Run() { Data = null; Gc.Compact(); fork(); } }
sealed class G { byte[]? _a = new byte[40 << 20]; // QUIET
    void Run() { Drop(this); fork(); } static void Drop(G g) { g._a = null; Gc.Compact(); } }
sealed class H { readonly LinkedList<byte[]> _l = new([new byte[40 << 20]]); // QUIET
    void Run() { _l.Clear(); Gc.Compact(); fork(); } }
sealed class I { IMemoryOwner<byte>? _owner; // MAYBE FORK005
    void Run() { _owner = MemoryPool<byte>.Shared.Rent(40 << 20); _owner.Dispose(); _owner = null; fork(); } }
sealed class J { readonly byte[]?[] _slots = [new byte[40 << 20], null]; // QUIET
    void Run() { for (var i = 0; i < _slots.Length; i++) { _slots[i] = null; } Gc.Compact(); fork(); } }
sealed class K { List<byte[]>? _l = [new byte[40 << 20]]; // QUIET
    void Run() { _l?.Clear(); _l = null; Gc.Compact(); fork(); } }
sealed class L { byte[]? _a; void Load() => _a = new byte[40 << 20]; // QUIET
    void Run() { try { Load(); Use(_a); } finally { _a = null; Gc.Compact(); } fork(); } }
sealed class TA { byte[]? _a = new byte[40 << 20]; // QUIET
    byte[]? _b = new byte[40 << 20]; // WANT FORK005
    void Run() { (_a, var b) = (null, _b); Gc.Compact(); fork(); Use(b); } }
sealed class TD { byte[]? _a = new byte[40 << 20]; // MAYBE FORK005
    async Task Run() { var later = Release(); fork(); await later; } async Task Release() { await Task.Yield(); _a = null; Gc.Compact(); } }
sealed class TE { byte[] _a = new byte[40 << 20]; // WANT FORK005
    void Run() { Array.Resize(ref _a, 50 << 20); Gc.Compact(); fork(); } }
sealed class TL { byte[]? _a; void Load() => _a = new byte[40 << 20]; // WANT FORK005
    void Run() { try { _a = null; Gc.Compact(); } finally { Load(); } fork(); } }
