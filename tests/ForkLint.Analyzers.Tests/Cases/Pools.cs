// A pool of the compilation keeps what its factory made.
namespace Pooled;
class FPool<T>(Func<T> make) { public T Get() => make(); }
class FPool2<T> where T : class { readonly Func<T> _make; readonly Stack<T> _items = new(); public FPool2(Func<T> make) { _make = make; } public T Rent() => _items.Count > 0 ? _items.Pop() : _make(); public void Return(T t) => _items.Push(t); }
static class Pools {
    static void M2() { var p = new FPool<byte[]>(() => new byte[40 << 20]); var b = p.Get();
        fork(); // WANT FORK001
        Use(b.Length); }
    static void M3() { var p = new FPool2<byte[]>(() => new byte[40 << 20]); var b = p.Rent();
        fork(); // WANT FORK001
        Use(b.Length); }
    static void M4() { var p = new FPool2<byte[]>(static () => new byte[40 << 20]); var b = p.Rent(); p.Return(b);
        fork(); // WANT FORK001
        Use(p.Rent()); }
    static void Q1() { var p = new FPool<byte[]>(() => new byte[40 << 20]); 
        fork(); // QUIET
        Use(p); }
    static void Q2() { var p = new FPool2<byte[]>(() => new byte[40 << 20]); 
        fork(); // QUIET
        Use(p.Rent()); }
}
