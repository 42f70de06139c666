// Dispose patterns of derived classes, asynchronous ones, handles, wrappers and structs.
namespace DisposeByBase;
using System.Buffers;
using Microsoft.Win32.SafeHandles;
// Dispose patterns
class Base : IDisposable { bool _d; protected virtual void Dispose(bool disposing) { if (_d) return; _d = true; } public void Dispose() { Dispose(true); GC.SuppressFinalize(this); } ~Base() => Dispose(false); }
sealed unsafe class Derived : Base { void* _p = NativeMemory.Alloc(40 << 20); protected override void Dispose(bool disposing) { if (_p != null) { NativeMemory.Free(_p); _p = null; } base.Dispose(disposing); } public void Touch() => *(byte*)_p = 1; }
sealed class BufHandle : SafeHandleZeroOrMinusOneIsInvalid { public BufHandle(nint n) : base(true) => SetHandle(Marshal.AllocHGlobal(n)); protected override bool ReleaseHandle() { Marshal.FreeHGlobal(handle); return true; } }
sealed class AsyncOwner : IAsyncDisposable { nint _p = Marshal.AllocHGlobal(40 << 20); public ValueTask DisposeAsync() { var p = Interlocked.Exchange(ref _p, 0); if (p != 0) Marshal.FreeHGlobal(p); return ValueTask.CompletedTask; } }
sealed class AsyncBoth : IAsyncDisposable, IDisposable { nint _p = Marshal.AllocHGlobal(40 << 20); public void Dispose() { Core(); GC.SuppressFinalize(this); } public async ValueTask DisposeAsync() { await Task.Yield(); Core(); GC.SuppressFinalize(this); } void Core() { if (_p == 0) return; Marshal.FreeHGlobal(_p); _p = 0; } }
class AsyncBase : IAsyncDisposable { public async ValueTask DisposeAsync() { await DisposeAsyncCore().ConfigureAwait(false); GC.SuppressFinalize(this); } protected virtual ValueTask DisposeAsyncCore() => default; }
sealed class AsyncDerived : AsyncBase { nint _p = Marshal.AllocHGlobal(40 << 20); protected override async ValueTask DisposeAsyncCore() { if (_p != 0) { Marshal.FreeHGlobal(_p); _p = 0; } await base.DisposeAsyncCore(); } }
sealed class Wrapper(IDisposable inner) : IDisposable { public void Dispose() => inner.Dispose(); }
sealed class Composite : IDisposable { readonly List<IDisposable> _all = []; public T Add<T>(T d) where T : IDisposable { _all.Add(d); return d; } public void Dispose() { foreach (var d in _all) d.Dispose(); _all.Clear(); } }
unsafe struct StructOwner : IDisposable { void* _p; public static StructOwner Create() => new() { _p = NativeMemory.Alloc(40 << 20) }; public void Dispose() { NativeMemory.Free(_p); _p = null; } }
unsafe readonly struct RoOwner(nuint n) : IDisposable { readonly void* _p = NativeMemory.Alloc(n); public void Dispose() => NativeMemory.Free(_p); }
static class T {
    static void M1() { using var d = new Derived(); 
        fork(); // WANT FORK002
    }
    static void M2() { using (var d = new Derived()) d.Touch();
        fork(); // QUIET
    }
    static void M3() { var d = new Derived(); try { d.Touch(); } finally { d.Dispose(); }
        fork(); // QUIET
    }
    static void M4() { using (var h = new BufHandle(40 << 20)) Use(h.IsInvalid);
        fork(); // QUIET
    }
    static void M5() { using var h = new BufHandle(40 << 20);
        fork(); // WANT FORK002
    }
    static async Task M6() { await using (var o = new AsyncOwner()) { }
        fork(); // QUIET
    }
    static async Task M7() { await using var o = new AsyncOwner();
        fork(); // WANT FORK002
    }
    static async Task M8() { await using (var o = new AsyncBoth()) { } using (var o = new AsyncBoth()) { }
        fork(); // QUIET
    }
    static async Task M9() { await using (new AsyncDerived().ConfigureAwait(false)) { }
        fork(); // QUIET
    }
    static async Task M10() { var o = new AsyncDerived(); await using (o.ConfigureAwait(false)) {
        fork(); } // WANT FORK002
    }
    static void M11() { using (new Wrapper(new Derived())) { }
        fork(); // QUIET
    }
    static void M12() { using (var c = new Composite()) { c.Add(new Derived()).Touch(); }
        fork(); // QUIET
    }
    static void M13() { using var c = new Composite(); c.Add(new Derived()).Touch();
        fork(); // WANT FORK002
    }
    static void M14() { using (var s = StructOwner.Create()) { }
        fork(); // QUIET
    }
    static void M15() { var s = StructOwner.Create(); s.Dispose();
        fork(); // QUIET
    }
    static void M16() { using var s = StructOwner.Create();
        fork(); // WANT FORK002
    }
    static void M17() { using (var s = new RoOwner(40 << 20)) { }
        fork(); // QUIET
    }
    static void M18() { using var s = new RoOwner(40 << 20);
        fork(); // WANT FORK002
    }
    static void M19() { var a = ArrayPool<byte>.Shared.Rent(40 << 20); try { Use(a); } finally { ArrayPool<byte>.Shared.Return(a); }
        fork(); // WANT FORK006
    }
    static void M20() { byte[]? rented = null; Span<byte> s = 3 > 2 ? (rented = ArrayPool<byte>.Shared.Rent(40 << 20)) : stackalloc byte[256]; try {
        fork(); // WANT FORK001
        s.Clear(); } finally { if (rented is not null) ArrayPool<byte>.Shared.Return(rented); } }
    static void M21() { using var o = MemoryPool<byte>.Shared.Rent(40 << 20);
        fork(); // WANT FORK001
        o.Memory.Span.Clear(); }
    static void M22() { using (var o = MemoryPool<byte>.Shared.Rent(40 << 20)) o.Memory.Span.Clear();
        fork(); // WANT FORK006
    }
    static void M23() { Span<byte> s = stackalloc byte[2 << 20];
        fork(); // QUIET
        s.Clear(); }
    static void M24() { var h = GCHandle.Alloc(new byte[40 << 20], GCHandleType.Pinned); try { 
        fork(); // WANT FORK001
        Use(h.AddrOfPinnedObject()); } finally { h.Free(); } }
    static void M25() { var h = GCHandle.Alloc(new byte[40 << 20], GCHandleType.Pinned); h.Free();
        fork(); // WANT FORK006
    }
    static void M26() { IDisposable? d = new Derived(); d?.Dispose(); d = null;
        fork(); // QUIET
    }
    static void M27(bool c) { Derived? d = null; try { d = new Derived(); d.Touch(); } catch (InvalidOperationException) { return; } finally { d?.Dispose(); }
        fork(); // QUIET
    }
    static unsafe void M28() { var p = NativeMemory.AllocZeroed(40 << 20, 1); try { } finally { NativeMemory.Free(p); }
        fork(); // QUIET
    }
    static unsafe void M29() { var p = (byte*)Marshal.AllocCoTaskMem(40 << 20); Marshal.FreeCoTaskMem((nint)p);
        fork(); // QUIET
    }
    static unsafe void M30() { var p = NativeMemory.AlignedAlloc(40 << 20, 64); NativeMemory.AlignedFree(p);
        fork(); // QUIET
    }
    static unsafe void M31() { fixed (byte* p = new byte[40 << 20]) {
        fork(); // WANT FORK001
        *p = 1; } }
    static void M32() { using var a = new Derived(); using var b = new Derived();
        fork(); // WANT FORK002, FORK002
    }
    static void M36() { var s = new MemoryStream(40 << 20); using (s) s.WriteByte(1);
        fork(); // WANT FORK006
    }
    static void M37() { using var m = new MemoryStream(40 << 20); using var w = new StreamWriter(m); 
        fork(); // WANT FORK001
        w.Write("x"); }
    static void M38() { Derived d = new(); (d as IDisposable)!.Dispose();
        fork(); // QUIET
    }
    static void M39() { var d = new Derived(); if (d is IDisposable x) x.Dispose();
        fork(); // QUIET
    }
    static void M40() { object d = new Derived(); (d as IDisposable)?.Dispose();
        fork(); // QUIET
    }
    static void M41() { var all = new IDisposable[] { new Derived(), new Derived() }; foreach (var d in all) d.Dispose();
        fork(); // QUIET
    }
    static void M43() { using var _ = Defer.Of(static () => { }, new Derived(), out var d); d.Touch();
        fork(); // QUIET
    }
}
sealed class Defer(Action a) : IDisposable { public static Defer Of(Action a, Derived x, out Derived d) { d = x; x.Dispose(); return new(a); } public void Dispose() => a(); }
