// A release, or a spawn, that only an object's own type decides.
namespace LazyOwners
{
    sealed class Frame : IDisposable { nint _p = Marshal.AllocHGlobal(40 << 20); public void Dispose() { if (_p != 0) { Marshal.FreeHGlobal(_p); _p = 0; } } }
    sealed class Guarded : IDisposable { readonly Lazy<Frame> _lazy = new(() => new Frame()); public Frame Frame => _lazy.Value; public void Dispose() { if (_lazy.IsValueCreated) _lazy.Value.Dispose(); } }
    sealed class Returns : IDisposable { readonly Lazy<Frame> _lazy = new(() => new Frame()); public Frame Frame => _lazy.Value; public void Dispose() { if (!_lazy.IsValueCreated) return; _lazy.Value.Dispose(); } }
    sealed class Matches : IDisposable { readonly Lazy<Frame> _lazy = new(() => new Frame()); public Frame Frame => _lazy.Value; public void Dispose() { if (_lazy is { IsValueCreated: true, Value: var made }) made.Dispose(); } }
    sealed class TheWrongWayRound : IDisposable { readonly Lazy<Frame> _lazy = new(() => new Frame()); public Frame Frame => _lazy.Value; public void Dispose() { if (!_lazy.IsValueCreated) _lazy.Value.Dispose(); } }
    sealed class Unguarded : IDisposable { readonly Lazy<Frame> _lazy = new(() => new Frame()); public Frame Frame => _lazy.Value; public void Dispose() => _lazy.Value.Dispose(); }
    static class U
    {
        static void A() { var o = new Guarded(); _ = o.Frame; o.Dispose();
            fork(); // QUIET
        }
        static void B() { using (var o = new Returns()) { _ = o.Frame; }
            fork(); // QUIET
        }
        static void C() { using (var o = new Matches()) { _ = o.Frame; }
            fork(); // QUIET
        }
        static void D() { var lazy = new Lazy<Frame>(() => new Frame()); _ = lazy.Value; if (lazy.IsValueCreated) lazy.Value.Dispose();
            fork(); // QUIET
        }
        static void NeverMade() { var o = new Guarded(); o.Dispose();
            fork(); // QUIET
        }
        static void MadeToBeDisposed() { var o = new Unguarded(); o.Dispose();
            fork(); // QUIET
        }
        static void ByAThread() { var lazy = new ThreadLocal<Frame>(() => new Frame()); _ = lazy.Value; if (lazy.IsValueCreated) lazy.Value!.Dispose();
            fork(); // QUIET
        }
        static void TooLate() { var o = new Guarded(); _ = o.Frame;
            fork(); // WANT FORK002
            o.Dispose();
        }
        static void Wrong() { var o = new TheWrongWayRound(); _ = o.Frame; o.Dispose();
            fork(); // WANT FORK002
        }
        static void Sometimes(bool b) { var lazy = new Lazy<Frame>(() => new Frame()); _ = lazy.Value; if (b) lazy.Value.Dispose();
            fork(); // WANT FORK002
        }
    }
}

namespace ThroughDelegates
{
    class Base : IDisposable { public virtual void Dispose() { } }
    sealed class Frame : Base { nint _p = Marshal.AllocHGlobal(40 << 20); public override void Dispose() { Marshal.FreeHGlobal(_p); base.Dispose(); } }
    sealed class Leaking : Base { nint _p = Marshal.AllocHGlobal(40 << 20); }
    static class U
    {
        static Base Make() => new Frame();
        static void Run(Action action) => action();
        static void Release(Base? item) => item?.Dispose();
        static void A() { Base d = new Frame(); var a = new Action(d.Dispose); a();
            fork(); // QUIET
        }
        static void B() { Base d = new Frame(); Run(d.Dispose);
            fork(); // QUIET
        }
        static void C() { IDisposable d = new Frame(); Action a = d.Dispose; a.Invoke();
            fork(); // QUIET
        }
        static void D() { Base d = new Frame(); Run(() => d.Dispose());
            fork(); // QUIET
        }
        static void E() { IDisposable d = Make(); Run(d.Dispose);
            fork(); // QUIET
        }
        static void F() { var d = Make(); Release(d);
            fork(); // QUIET
        }
        static void TooLate() { Base d = new Frame(); Action a = d.Dispose;
            fork(); // WANT FORK002
            a();
        }
        static void Leaks() { Base d = new Leaking(); Action a = d.Dispose; a();
            fork(); // WANT FORK002
        }
        static void LeaksBelow() { Release(new Leaking());
            fork(); // WANT FORK002
        }
    }
}

namespace Templates
{
    abstract class Job { public void Run() { Console.WriteLine("run"); Inner(); } void Inner() => Body(); protected abstract void Body(); }
    sealed class Forking : Job { protected override void Body() => fork(); }
    class Calm : Job { protected override void Body() { } }
    class Calmer : Calm { public Calmer() => Run(); public void Again() => Run(); }
    abstract class Owner : IDisposable { public void Dispose() => Release(); protected abstract void Release(); }
    sealed class Frees : Owner { nint _p = Marshal.AllocHGlobal(40 << 20); protected override void Release() => Marshal.FreeHGlobal(_p); }
    sealed class Leaks : Owner { nint _p = Marshal.AllocHGlobal(40 << 20); protected override void Release() { } }
    abstract class Base<T> { public T? Item; public void Fill(T item) => Keep(item); protected virtual void Keep(T item) => Item = item; }
    sealed class Keeps : Base<byte[]>;
    sealed class Forgets : Base<byte[]> { protected override void Keep(byte[] item) { } }
    interface IRunner { void Run(); }
    class Plain : IRunner { public virtual void Run() { } }
    sealed class Fancy : Plain { public override void Run() => fork(); }
    static class U
    {
        static void A() { var x = new byte[40 << 20]; new Calm().Run(); // QUIET
            Console.WriteLine(x[0]);
        }
        static void B(Calm job) { var x = new byte[40 << 20]; job.Run(); // QUIET
            Console.WriteLine(x[0]);
        }
        static void C() { var x = new byte[40 << 20]; new Calmer().Again(); // QUIET
            Console.WriteLine(x[0]);
        }
        static void D() { var x = new byte[40 << 20]; new Forking().Run(); // WANT FORK001
            Console.WriteLine(x[0]);
        }
        static void E(Job any) { var x = new byte[40 << 20]; any.Run(); // WANT FORK001
            Console.WriteLine(x[0]);
        }
        static void F() { using (var owner = new Frees()) { }
            fork(); // QUIET
        }
        static void G() { var owner = new Leaks(); owner.Dispose();
            fork(); // WANT FORK002
        }
        static void H() { var keeps = new Keeps(); keeps.Fill(new byte[40 << 20]);
            fork(); // WANT FORK001
            Console.WriteLine(keeps.Item![0]);
        }
        static void I() { IRunner runner = new Fancy(); var x = new byte[40 << 20]; runner.Run(); // WANT FORK001
            Console.WriteLine(x[0]);
        }
        static void J() { IRunner runner = new Plain(); var x = new byte[40 << 20]; runner.Run(); // QUIET
            Console.WriteLine(x[0]);
        }
    }
}

namespace MembersOfNothing
{
    sealed class Hold { public byte[]? Data; }
    static class U
    {
        static void Collect() => GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        static void A(Hold? h) { h?.Data = new byte[40 << 20]; h?.Data = null; Collect();
            fork(); // QUIET
        }
        static void B(Hold? h) { var x = new byte[40 << 20]; h?.Data = x; x = null; h?.Data = null; Collect();
            fork(); // QUIET
        }
        static void C(Hold? h) { if (h != null) h.Data = new byte[40 << 20]; if (h != null) h.Data = null; Collect();
            fork(); // QUIET
        }
        static void D(Hold? h) { h?.Data = new byte[40 << 20];
            fork(); // WANT FORK001
        }
        static void E(Hold? h) { var x = new byte[40 << 20]; h?.Data = x; h?.Data = null;
            fork(); // WANT FORK001
            Console.WriteLine(x[0]);
        }
    }
}
