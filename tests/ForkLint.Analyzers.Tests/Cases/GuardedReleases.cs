// the same as R01 with what most programs do: Process.Start and wait (FORK004, a warning by default)
namespace Mainstream {
sealed class Frame : IDisposable { nint _p = Marshal.AllocHGlobal(3840 * 2160 * 4); public void Save(string f) => File.WriteAllText(f, _p.ToString()); public void Dispose() { if (_p != IntPtr.Zero) { Marshal.FreeHGlobal(_p); _p = IntPtr.Zero; } } }
static class Encoder { static void Encode(string file) { using (var frame = new Frame()) { frame.Save(file); }
        using var ffmpeg = Process.Start("ffmpeg", $"-i {file} out.mp4"); // QUIET
        ffmpeg.WaitForExit(); } }
}

namespace Guards
{
    // Every way of writing Dispose that reads "free it once".
    sealed class Flag : IDisposable { bool _disposed; readonly nint _p = Marshal.AllocHGlobal(40 << 20); public void Use() => N.Use(_p.ToString()); public void Dispose() { if (_disposed) return; _disposed = true; Marshal.FreeHGlobal(_p); } }
    sealed class FlagBraces : IDisposable { bool _done; readonly nint _p = Marshal.AllocHGlobal(40 << 20); public void Dispose() { if (!_done) { Marshal.FreeHGlobal(_p); _done = true; } } }
    sealed class Alive : IDisposable { bool _alive = true; readonly nint _p = Marshal.AllocHGlobal(40 << 20); public void Dispose() { if (!_alive) { return; } _alive = false; Marshal.FreeHGlobal(_p); } }
    sealed class Once : IDisposable { int _disposed; readonly nint _p = Marshal.AllocHGlobal(40 << 20); public void Dispose() { if (Interlocked.Exchange(ref _disposed, 1) == 0) { Marshal.FreeHGlobal(_p); } } }
    sealed class OnceReturn : IDisposable { int _disposed; readonly nint _p = Marshal.AllocHGlobal(40 << 20); public void Dispose() { if (Interlocked.CompareExchange(ref _disposed, 1, 0) != 0) return; Marshal.FreeHGlobal(_p); } }
    sealed class Swap : IDisposable { nint _p = Marshal.AllocHGlobal(40 << 20); public void Dispose() { var p = Interlocked.Exchange(ref _p, 0); if (p != 0) Marshal.FreeHGlobal(p); } }
    sealed class Locked : IDisposable { readonly object _gate = new(); nint _p = Marshal.AllocHGlobal(40 << 20); public void Dispose() { lock (_gate) { if (_p == 0) return; Marshal.FreeHGlobal(_p); _p = 0; } } }
    class Pattern : IDisposable
    {
        bool _disposed; nint _p = Marshal.AllocHGlobal(40 << 20); readonly MemoryStream _log = new();
        public void Dispose() { Dispose(true); GC.SuppressFinalize(this); }
        protected virtual void Dispose(bool disposing) { if (!_disposed) { if (disposing) { _log.Dispose(); } if (_p != 0) { Marshal.FreeHGlobal(_p); _p = 0; } _disposed = true; } }
        ~Pattern() => Dispose(false);
    }
    class OnlyDisposing : IDisposable { nint _p = Marshal.AllocHGlobal(40 << 20); public void Dispose() => Dispose(disposing: true); protected virtual void Dispose(bool disposing) { if (disposing) { Marshal.FreeHGlobal(_p); } } }
    unsafe sealed class Pointer : IDisposable { void* _p = NativeMemory.Alloc(40 << 20); public void Dispose() { if (_p is not null) { NativeMemory.Free(_p); _p = null; } } }
    sealed class Outer : IDisposable { Flag? _inner = new(); public void Dispose() { _inner?.Dispose(); _inner = null; } }
    static class Helper { public static void SafeDispose(IDisposable? d) { if (d != null) { d.Dispose(); } } public static void Drop<T>(ref T? d) where T : class, IDisposable { d?.Dispose(); d = null; } public static void Free(ref nint p) { if (p != 0) { Marshal.FreeHGlobal(p); p = 0; } } }
    sealed class AsyncOwner : IAsyncDisposable { nint _p = Marshal.AllocHGlobal(40 << 20); public ValueTask DisposeAsync() { if (_p != 0) { Marshal.FreeHGlobal(_p); _p = 0; } return default; } }
    sealed class Hold { public byte[]? Data; public nint P; }
    static class U
    {
        static void M1() { using (var f = new Flag()) { f.Use(); }
            fork(); // QUIET
        }
        static void M2() { var f = new FlagBraces(); f.Dispose();
            fork(); // QUIET
        }
        static void M3() { var f = new Alive(); f.Dispose();
            fork(); // QUIET
        }
        static void M4() { using (new Once()) { }
            fork(); // QUIET
        }
        static void M5() { using (new OnceReturn()) { }
            fork(); // QUIET
        }
        static void M6() { using (new Swap()) { }
            fork(); // QUIET
        }
        static void M7() { using (new Locked()) { }
            fork(); // QUIET
        }
        static void M8() { using (new Pattern()) { }
            fork(); // QUIET
        }
        static void M9() { using (new OnlyDisposing()) { }
            fork(); // QUIET
        }
        static void M10() { using (new Pointer()) { }
            fork(); // QUIET
        }
        static void M11() { using (new Outer()) { }
            fork(); // QUIET
        }
        static void M12() { var f = new Flag(); Helper.SafeDispose(f);
            fork(); // QUIET
        }
        static void M13() { var f = new Flag(); Helper.Drop(ref f);
            fork(); // QUIET
        }
        static void M14() { var p = Marshal.AllocHGlobal(40 << 20); Helper.Free(ref p);
            fork(); // QUIET
        }
        static void M15(bool x) { Flag? f = null; if (x) f = new Flag(); f?.Dispose();
            fork(); // QUIET
        }
        static void M16(bool x) { Flag? f = null; try { f = new Flag(); f.Use(); } finally { f?.Dispose(); }
            fork(); // QUIET
        }
        static async Task M17() { await using (new AsyncOwner().ConfigureAwait(false)) { }
            fork(); // QUIET
        }
        static async Task M18() { var o = new AsyncOwner(); await using (o.ConfigureAwait(false)) { await Task.Yield(); }
            fork(); // QUIET
        }
        static void M19() { var h = new Hold { Data = new byte[40 << 20] }; h?.Data = null; GC.Collect(2, GCCollectionMode.Aggressive, true, true);
            fork(); // QUIET
            Use(h); }
        static void M20() { IDisposable d = new Flag(); d.Dispose();
            fork(); // QUIET
        }
        static void M21() { using var f = new Flag(); f.Use(); f.Dispose();
            fork(); // QUIET
        }
        static void M23() { var h = new Hold { P = Marshal.AllocHGlobal(40 << 20) }; if (h.P != 0) { Marshal.FreeHGlobal(h.P); h.P = 0; }
            fork(); // QUIET
        }
        // What looks like it and frees nothing, or frees not on every path.
        static void T1() { var f = new Flag();
            fork(); // WANT FORK002
            f.Dispose(); }
        static void T2(bool x) { var f = new Flag(); if (x) f.Dispose();
            fork(); // WANT FORK002
        }
        static void T3() { using (var f = new Lost()) { }
            fork(); // WANT FORK002
        }
        static void T4() { using (var f = new Owns(false)) { }
            fork(); // WANT FORK002
        }
        static void T5() { using var f = new Pattern();
            fork(); // WANT FORK002
        }
        static async Task T6() { await using var o = new AsyncOwner(); await Task.Yield();
            fork(); // WANT FORK002
        }
        static void T7() { var h = new Hold { Data = new byte[40 << 20] }; h?.Data = null;
            fork(); // WANT FORK006
            Use(h); }
    }
    sealed class Lost : IDisposable { bool _disposed; readonly nint _p = Marshal.AllocHGlobal(40 << 20); public void Dispose() { if (_disposed) return; _disposed = true; N.Use(_disposed); } }
    sealed class Owns(bool owns) : IDisposable { readonly nint _p = Marshal.AllocHGlobal(40 << 20); public void Dispose() { if (owns) Marshal.FreeHGlobal(_p); } }
}
