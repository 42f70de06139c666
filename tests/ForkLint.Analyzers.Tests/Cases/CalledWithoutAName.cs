// Spawns behind Dispose, patterns, enumerators, factories, tables of pointers, continuations; and delegates that stay where they are put.
namespace CalledWithoutAName;
interface IHook { static abstract event Action Changed; static abstract int operator ~(IHook h); }
sealed class EndsBySpawn : IDisposable { public void Dispose() => fork(); }
sealed class Shape { public int Area { get { fork(); return 1; } } public int Length { get { fork(); return 2; } } public int this[int i] => i; public void Deconstruct(out int a, out int b) { fork(); a = b = 0; } }
sealed class Quiet { public int Area => 1; public int Length => 2; public int this[int i] => i; public void Deconstruct(out int a, out int b) => a = b = 0; }
sealed class Steps { public Walk GetEnumerator() => new(); public ref struct Walk { public int Current => 1; public bool MoveNext() { fork(); return false; } } }
sealed class Later { public Walk GetAsyncEnumerator(CancellationToken c = default) => new(); public sealed class Walk { public int Current => 1; public async ValueTask<bool> MoveNextAsync() { await Task.Yield(); return fork() > 0; } } }
sealed class Made { public Made() => fork(); }
sealed class Src { public Src SelectMany<T, R>(Func<int, T> a, Func<int, T, R> b) { fork(); return this; } public Src Where(Func<int, bool> p) => this; public Src Select<R>(Func<int, R> p) => this; }
interface ICount<T> where T : ICount<T> { static abstract T operator ++(T x); static abstract bool operator <(T a, T b); static abstract bool operator >(T a, T b); }
struct Cnt : ICount<Cnt> { public static Cnt operator ++(Cnt x) { fork(); return x; } public static bool operator <(Cnt a, Cnt b) => false; public static bool operator >(Cnt a, Cnt b) => fork() > 0; }
sealed class Acc { public void operator ++() => fork(); public void operator +=(int n) => fork(); }
class Notify { protected virtual void OnChanged() { } public event Action? Changed { add { OnChanged(); } remove { } } }
sealed class Started : Notify { protected override void OnChanged() => fork(); }
static unsafe class U {
    static void Spawn() => fork(); static void None() { } static int SpawnInt() => fork();
    static void M1() { var b = new byte[40 << 20];
        using (new EndsBySpawn()) { Use(1); } // WANT FORK001
        Use(b); }
    static void M2(Shape s) { var b = new byte[40 << 20];
        if (s is { Area: > 0 }) Use(1); // WANT FORK001
        Use(b); }
    static void M3(Shape s) { var b = new byte[40 << 20];
        if (s is [1, 2]) Use(1); // WANT FORK001
        Use(b); }
    static void M4(Shape s) { var b = new byte[40 << 20];
        var n = s switch { (0, 1) => 1, _ => 2 }; // WANT FORK001
        Use(b); Use(n); }
    static void M5() { var b = new byte[40 << 20];
        foreach (var x in new Steps()) Use(x); // WANT FORK001
        Use(b); }
    static T New<T>() where T : new() => new();
    static void M7() { var b = new byte[40 << 20];
        Use(New<Made>()); // MAYBE FORK001
        Use(b); }
    static void M8() { var b = new byte[40 << 20]; var l = new Lazy<Made>(static () => new Made());
        Use(l.Value); // WANT FORK001
        Use(b); }
    static void M9(Src s, Src t) { var b = new byte[40 << 20];
        var q = from x in s from y in new[] { x } select 3; // WANT FORK001
        Use(b); Use(q); }
    static void Step<T>(T x) where T : ICount<T> { x++; }
    static bool Above<T>(T x, T y) where T : ICount<T> => x > y;
    static void M10(Cnt c) { var b = new byte[40 << 20];
        Step(c); // WANT FORK001
        Use(b); }
    static void M11(Cnt c) { var b = new byte[40 << 20];
        Use(Above(c, c)); // WANT FORK001
        Use(b); }
    static void M12(Acc a) { var b = new byte[40 << 20];
        a++; // WANT FORK001
        Use(b); }
    static void M13(Acc a) { var b = new byte[40 << 20];
        a += 3; // WANT FORK001
        Use(b); }
    static void M14(Notify n) { var b = new byte[40 << 20];
        n.Changed += None; // WANT FORK001
        Use(b); }
    static void M15() { var b = new byte[40 << 20]; var table = stackalloc delegate*<int>[2]; table[0] = &SpawnInt;
        Use(table[0]()); // MAYBE FORK001
        Use(b); }
    static void M16() { var b = new byte[40 << 20];
        Task.Run(None).ContinueWith(static _ => fork()); // WANT FORK001
        Use(b); }
    static void M17() { var b = new byte[40 << 20];
        ThreadPool.QueueUserWorkItem(static _ => fork()); // WANT FORK001
        Use(b); }
    static void M18() { var b = new byte[40 << 20]; var run = Pick(true);
        run(); // WANT FORK001
        Use(b); }
    static Action Pick(bool x) => x ? Spawn : None;
    static void M19() { var b = new byte[40 << 20]; Action all = None; all += Spawn;
        all.Invoke(); // WANT FORK001
        Use(b); }
    static void M20() { var b = new byte[40 << 20]; Action run = Spawn;
        run.DynamicInvoke(); // MAYBE FORK001
        Use(b); }
    static void M21() { var b = new byte[40 << 20]; (Action Run, int N) t = (Spawn, 1);
        t.Run(); // WANT FORK001
        Use(b); }
    static void M22() { var b = new byte[40 << 20]; (true ? (Func<int>)SpawnInt : static () => 0)(); // WANT FORK001
        Use(b); }
    static void Q1() { var b = new byte[40 << 20]; AppDomain.CurrentDomain.ProcessExit += static (_, _) => fork(); // QUIET
        Use(b); }
    static void Q2(Quiet s) { var b = new byte[40 << 20];
        if (s is { Area: > 0 } or [1, 2] or (0, 1)) Use(1); // QUIET
        Use(b); }
    static void Q3() { var b = new byte[40 << 20]; var l = new Lazy<Made>(static () => new Made()); // QUIET
        Use(l); Use(b); }
    static void Q4() { var b = new byte[40 << 20]; var t = new Task(Spawn); // QUIET
        Use(t); Use(b); }
    static void Q5(Cnt c) { var b = new byte[40 << 20];
        Use(c < c); // QUIET
        Use(b); }
    static void Q6() { var b = new byte[40 << 20]; using var r = CancellationToken.None.Register(Spawn); // QUIET
        Use(b); }
}
static class A {
    static async Task M6() { var b = new byte[40 << 20];
        await foreach (var x in new Later()) Use(x); // WANT FORK001
        Use(b); }
}
