// Loops that dispose of all elements, by taking them out or by their index.
namespace LoopsOverAll;
sealed class A : IDisposable { IntPtr _p = Marshal.AllocHGlobal(40 << 20); public void Dispose() { var p = _p; if (p == IntPtr.Zero) { return; } _p = default; Marshal.FreeHGlobal(p); } }
sealed class M : IDisposable { readonly Stack<IDisposable> _all = new(); public M() { _all.Push(new A()); } public void Dispose() { while (_all.TryPop(out var x)) x.Dispose(); } }
sealed class M2 : IDisposable { readonly Stack<A> _all = new(); public M2() { _all.Push(new A()); } public void Dispose() { while (_all.TryPop(out var x)) x.Dispose(); } }
sealed class M3 : IDisposable { readonly Stack<A> _all = new(); public M3() { _all.Push(new A()); } public void Dispose() { while (_all.Count > 0) _all.Pop().Dispose(); } }
sealed class M4 : IDisposable { readonly Stack<A> _all = new(); public M4() { _all.Push(new A()); } public void Dispose() { foreach (var x in _all) x.Dispose(); } }
sealed class M5 : IDisposable { readonly Stack<A> _all = new(); public M5() { _all.Push(new A()); } public void Dispose() { while (_all.Count > 0) { var x = _all.Peek(); x.Dispose(); _all.Pop(); } } }
static class U {
    static void M1() { using (var x = new M()) { Use(x); } fork(); }
    static void M12() { using (var x = new M2()) { Use(x); } fork(); }
    static void M13() { using (var x = new M3()) { Use(x); } fork(); }
    static void M14() { using (var x = new M4()) { Use(x); } fork(); }
    static void M15() { using (var x = new M5()) { Use(x); } fork(); }
    static void M16() { var s = new Stack<A>(); s.Push(new A()); while (s.TryPop(out var x)) x.Dispose(); fork(); }
    static void M17() { var s = new Stack<A>(); s.Push(new A()); while (s.Count > 0) s.Pop().Dispose(); fork(); }
    static void M18(Stack<A> s) { s.Push(new A()); while (s.Count != 0) s.Pop().Dispose(); fork(); }
    static void M19() { var s = new Queue<A>(); s.Enqueue(new A()); while (s.TryDequeue(out var x)) { Use(x); if (s.Count > 3) x.Dispose(); }
        fork(); // WANT FORK002
    }
    static void M20() { var s = new A[3]; for (var i = 0; i < s.Length; i++) s[i] = new A(); for (var i = 0; i < s.Length; i++) s[i].Dispose(); fork(); }
    static void M21() { var s = new A[3]; for (var i = 0; i < s.Length; i++) s[i] = new A(); for (var i = 0; i < s.Length; i++) Use(s[i]);
        fork(); // WANT FORK002
    }
    static void M22() { var s = new A[3]; for (var i = 0; i < s.Length; i++) s[i] = new A(); for (var i = 1; i < 2; i++) s[i].Dispose();
        fork(); // WANT FORK002
    }
}
