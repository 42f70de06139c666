// Spawns that are reached through what C# calls without a name.
namespace ImplicitSpawns;
interface IStart<TSelf> where TSelf : IStart<TSelf> { static virtual void Go() => fork(); static abstract TSelf Create(); static abstract implicit operator int(TSelf s); }
sealed class S1 : IStart<S1> { public static S1 Create() { fork(); return new(); } public static implicit operator int(S1 s) => fork(); }
sealed class Q1 : IStart<Q1> { static void IStart<Q1>.Go() { } public static Q1 Create() => new(); public static implicit operator int(Q1 s) => 0; }
sealed class Ev { EventHandler? _h; public event EventHandler Changed { add { _h += value; Hook(); } remove => _h -= value; } void Hook() => fork(); }
struct Num { public static Num operator checked +(Num a, Num b) { fork(); return a; } public static Num operator +(Num a, Num b) => a; public static Num operator ~(Num a) { fork(); return a; } public static bool operator <(Num a, Num b) { fork(); return false; } public static bool operator >(Num a, Num b) => false; public static Num operator >>>(Num a, int b) { fork(); return a; } public static explicit operator checked byte(Num a) { fork(); return 1; } public static explicit operator byte(Num a) => 1; }
sealed class Idx { public int this[int i] { get { fork(); return i; } set { } } public int this[Index i] => 0; }
sealed class Dec { public void Deconstruct(out int a, out int b) { fork(); a = b = 1; } }
sealed class Col : System.Collections.IEnumerable { public void Add(int i) => fork(); public System.Collections.IEnumerator GetEnumerator() => throw new Exception(); }
sealed class Aw { public Awt GetAwaiter() => new(); } struct Awt : INotifyCompletion { public bool IsCompleted { get { fork(); return true; } } public void OnCompleted(Action a) { } public int GetResult() => 0; }
sealed class Rng { public Rng Slice(int a, int b) { fork(); return this; } public int Length => 3; }
[InterpolatedStringHandler] struct Hd { public Hd(int a, int b) { } public void AppendLiteral(string s) => fork(); public void AppendFormatted<T>(T t) { } }
sealed class Qs { public Qs OrderBy<T>(Func<int, T> f) { fork(); return this; } public Qs Select<T>(Func<int, T> f) => this; }
sealed class Pin { public ref byte GetPinnableReference() { fork(); return ref s_b; } static byte s_b; }
class Tostr { public override string ToString() { fork(); return ""; } }
sealed class Lk { public IDisposable Enter() { fork(); return new MemoryStream(); } }
record Rec(int X) { protected Rec(Rec o) { fork(); X = o.X; } }
class Ini { public int P { init { fork(); } } }
class SC { static SC() => fork(); public static int X = 1; public static void Touch() { } }
[CollectionBuilder(typeof(Made), nameof(Create))] sealed class Made : IEnumerable<int> { public static Made Create(ReadOnlySpan<int> items) { fork(); return new(); } public IEnumerator<int> GetEnumerator() => throw new Exception(); System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator(); public void Add(int i) { } }
static unsafe class U {
    static void Go<T>() where T : IStart<T> => T.Go();
    static T New<T>() where T : IStart<T> => T.Create();
    static int Conv<T>(T t) where T : IStart<T> => t;
    static void Log(Hd h) { }
    static void M1() { var b = new byte[40 << 20];
        Go<S1>(); // WANT FORK001
        Use(b); }
    static void M2() { var b = new byte[40 << 20];
        Use(New<S1>()); // WANT FORK001
        Use(b); }
    static void M3(S1 s) { var b = new byte[40 << 20];
        Use(Conv(s)); // WANT FORK001
        Use(b); }
    static void M4(Ev e) { var b = new byte[40 << 20];
        e.Changed += (_, _) => { }; // WANT FORK001
        Use(b); }
    static void M5(Num n) { var b = new byte[40 << 20];
        n = checked(n + n); // WANT FORK001
        Use(b); }
    static void M6(Num n) { var b = new byte[40 << 20];
        n = ~n; // WANT FORK001
        Use(b); }
    static void M7(Num n) { var b = new byte[40 << 20];
        if (n < n) Use(1); // WANT FORK001
        Use(b); }
    static void M8(Num n) { var b = new byte[40 << 20];
        n >>>= 1; // WANT FORK001
        Use(b); }
    static void M9(Num n) { var b = new byte[40 << 20];
        Use(checked((byte)n)); // WANT FORK001
        Use(b); }
    static void M10(Idx i) { var b = new byte[40 << 20];
        i[0]++; // WANT FORK001
        Use(b); }
    static void M11(Dec d) { var b = new byte[40 << 20];
        var (x, y) = d; // WANT FORK001
        Use(b); Use(x + y); }
    static void M12() { var b = new byte[40 << 20];
        Col c = [1]; // WANT FORK001
        Use(b); Use(c); }
    static void M31() { var b = new byte[40 << 20];
        Made c = [1]; // WANT FORK001
        Use(b); Use(c); }
    static void M14(Rng r) { var b = new byte[40 << 20];
        r = r[1..]; // WANT FORK001
        Use(b); }
    static void M15() { var b = new byte[40 << 20];
        Log($"a{1}"); // WANT FORK001
        Use(b); }
    static void M16(Qs q) { var b = new byte[40 << 20];
        var r = from x in q orderby x select x; // WANT FORK001
        Use(b); Use(r); }
    static void M17(Pin p) { var b = new byte[40 << 20];
        fixed (byte* x = p) { } // WANT FORK001
        Use(b); }
    static void M18(Tostr t) { var b = new byte[40 << 20];
        Use($"{t}"); // WANT FORK001
        Use(b); }
    static void M19(Rec r) { var b = new byte[40 << 20];
        r = r with { X = 2 }; // WANT FORK001
        Use(b); }
    static void M20() { var b = new byte[40 << 20];
        Use(new Ini { P = 1 }); // WANT FORK001
        Use(b); }
    static void M21() { var b = new byte[40 << 20];
        SC.Touch(); // MAYBE FORK001
        Use(b); }
    static void Spawn() => fork(); static int SpawnInt(int i) => fork();
    static void M22() { var b = new byte[40 << 20]; delegate*<int, int> f = &SpawnInt; var g = f;
        Use(g(1)); // WANT FORK001
        Use(b); }
    static void M23() { var b = new byte[40 << 20]; Action f = Spawn; f += Nothing;
        f(); // WANT FORK001
        Use(b); }
    static void Nothing() { }
    static void M24() { var b = new byte[40 << 20]; var d = new Dictionary<string, Action> { ["a"] = Spawn };
        d["a"](); // WANT FORK001
        Use(b); }
    static void M25() { var b = new byte[40 << 20];
        new Thread(Spawn).Start(); // WANT FORK001
        Use(b); }
    static void M26() { var b = new byte[40 << 20];
        Parallel.For(0, 3, i => fork()); // WANT FORK001
        Use(b); }
    static void M27() { var b = new byte[40 << 20];
        using var t = new Timer(_ => fork(), null, 0, 10); // MAYBE FORK001
        Use(b); }
    static void M28() { var b = new byte[40 << 20];
        Use(new[] { 1 }.Select(SpawnInt).ToList()); // WANT FORK001
        Use(b); }
    static void M29() { var b = new byte[40 << 20];
        typeof(U).GetHashCode(); // QUIET
        Use(b); }
    static void M30(Func<int> f) { var b = new byte[40 << 20];
        f(); // QUIET
        Use(b); }
    static void Q3(Num n) { var b = new byte[40 << 20];
        n = n + n; // QUIET
        Use((byte)n); Use(b); }
    static void Q4(Idx i) { var b = new byte[40 << 20];
        i[0] = 1; // QUIET
        Use(b); }
    static void Q5() { var b = new byte[40 << 20];
        var q = new[] { 1 }.Select(SpawnInt); // QUIET
        Use(b); Use(q); }
    static void Q6() { var b = new byte[40 << 20]; var d = new Dictionary<string, Action> { ["a"] = Spawn }; // QUIET
        Use(b); Use(d); }
    static void Q7() { var b = new byte[40 << 20]; var t = new Thread(Spawn); // QUIET
        Use(b); Use(t); }
    static void Q8() { var b = new byte[40 << 20]; System.Linq.Expressions.Expression<Func<int>> e = () => fork(); // QUIET
        Use(b); Use(e); }
}
static class Awaiters {
    public static TaskAwaiter<int> GetAwaiter(this TaskCompletionSource<int> source) { fork(); return source.Task.GetAwaiter(); }
    public static TaskAwaiter GetAwaiter(this TaskCompletionSource source) => source.Task.GetAwaiter();
}
static class UA {
    static async Task M31(TaskCompletionSource<int> source) { var b = new byte[40 << 20];
        await source; // WANT FORK001
        Use(b); }
    static async Task Q31(TaskCompletionSource source) { var b = new byte[40 << 20];
        await source; // QUIET
        Use(b); }
    static async Task Q32(Task task) { var b = new byte[40 << 20];
        await task; // QUIET
        Use(b); }
    static async Task M13() { var b = new byte[40 << 20];
        await new Aw(); // WANT FORK001
        Use(b); }
}
