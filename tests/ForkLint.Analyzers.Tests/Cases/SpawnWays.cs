// Spawns that are reached through whatever C# calls a method by, and delegates that are only kept.
namespace SpawnWays;
interface IRun { static abstract void Go(); static abstract int Value { get; } } interface ISum<T> where T : ISum<T> { static abstract T operator +(T a, T b); }
sealed class Git : IRun, ISum<Git> { public static void Go() => fork(); public static int Value => fork(); public static Git operator +(Git a, Git b) { fork(); return a; } }
interface IQuiet { static abstract void Go(); }
sealed class Quiet : IQuiet { public static void Go() { } }
sealed class Ev { public event Action Changed { add { fork(); } remove { fork(); } } public event Action? Plain; public void Raise() => Plain?.Invoke(); }
sealed class Num { public byte[]? Data;
    public static Num operator +(Num a, Num b) { fork(); return a; }
    public static Num operator -(Num a) { fork(); return a; }
    public static Num operator ++(Num a) { fork(); return a; }
    public static bool operator true(Num a) { fork(); return true; }
    public static bool operator false(Num a) { fork(); return false; }
    public static Num operator &(Num a, Num b) => a;
    public static Num operator <<(Num a, int n) { fork(); return a; }
    public static bool operator ==(Num a, Num b) { fork(); return true; }
    public static bool operator !=(Num a, Num b) => false;
    public static implicit operator int(Num a) => fork();
    public static explicit operator Num(int a) { fork(); return new Num(); }
    public void operator *=(int n) { fork(); }
    public override bool Equals(object? o) => false; public override int GetHashCode() => 0; }
sealed class Seq { public Seq Select<T>(Func<int, T> f) { fork(); return this; } public Seq Where(Func<int, bool> f) => this; }
static unsafe class U
{
    static void Spawn() => fork();
    static void Nothing() { }
    static void Run<T>() where T : IRun { T.Go(); }
    static int Read<T>() where T : IRun => T.Value;
    static T Sum<T>(T a, T b) where T : ISum<T> => a + b;
    static void M1() { var b = new byte[40 << 20];
        Run<Git>(); // WANT FORK001
        Use(b); }
    static void M2() { var b = new byte[40 << 20];
        Use(Read<Git>()); // WANT FORK001
        Use(b); }
    static void M3(Git g) { var b = new byte[40 << 20];
        Sum(g, g); // WANT FORK001
        Use(b); }
    static void M4(Ev e) { var b = new byte[40 << 20];
        e.Changed += Nothing; // WANT FORK001
        Use(b); }
    static void M5(Ev e) { var b = new byte[40 << 20];
        e.Changed -= Nothing; // WANT FORK001
        Use(b); }
    static void M6(Num n) { var b = new byte[40 << 20];
        n = n + n; // WANT FORK001
        Use(b); }
    static void M7(Num n) { var b = new byte[40 << 20];
        n = -n; // WANT FORK001
        Use(b); }
    static void M8(Num n) { var b = new byte[40 << 20];
        n++; // WANT FORK001
        Use(b); }
    static void M9(Num n) { var b = new byte[40 << 20];
        n += n; // WANT FORK001
        Use(b); }
    static void M10(Num n) { var b = new byte[40 << 20];
        n <<= 2; // WANT FORK001
        Use(b); }
    static void M11(Num n) { var b = new byte[40 << 20];
        if (n == n) Use(1); // WANT FORK001
        Use(b); }
    static void M12(Num n) { var b = new byte[40 << 20];
        int i = n; // WANT FORK001
        Use(b); Use(i); }
    static void M13() { var b = new byte[40 << 20];
        var n = (Num)3; // WANT FORK001
        Use(b); Use(n); }
    static void M14(Num n) { var b = new byte[40 << 20];
        if (n) Use(1); // WANT FORK001
        Use(b); }
    static void M15(Num n) { var b = new byte[40 << 20];
        n *= 2; // WANT FORK001
        Use(b); }
    static void M16(Num n) { var b = new byte[40 << 20];
        if (n && n) Use(1); // WANT FORK001
        Use(b); }
    static void M17(Seq s) { var b = new byte[40 << 20];
        var q = from x in s select x; // WANT FORK001
        Use(b); Use(q); }
    static void M18(int[] a) { var b = new byte[40 << 20]; var q = from x in a select fork();
        Use(q.ToList()); // WANT FORK001
        Use(b); }
    static void M19() { var b = new byte[40 << 20]; delegate*<void> f = &Spawn;
        f(); // WANT FORK001
        Use(b); }
    static void M20() { var b = new byte[40 << 20]; Action f = Spawn;
        f(); // WANT FORK001
        Use(b); }
    static void Call(Action a) => a();
    static void CallPointer(delegate*<void> a) => a();
    static void M21() { var b = new byte[40 << 20];
        Call(Spawn); // WANT FORK001
        Use(b); }
    static void M22() { var b = new byte[40 << 20];
        CallPointer(&Spawn); // WANT FORK001
        Use(b); }
    static void M23() { var b = new byte[40 << 20]; var e = new Ev(); e.Plain += Spawn;
        e.Raise(); // MAYBE FORK001
        Use(b); }
    static void M24() { var b = new byte[40 << 20]; Func<int> f = fork;
        f(); // WANT FORK001
        Use(b); }
    // Only kept, only stored, or not reached.
    static Action? s_kept; static readonly List<Action> s_list = [];
    static void Q1() { var b = new byte[40 << 20]; s_kept = Spawn; // QUIET
        Use(b); }
    static void Q2() { var b = new byte[40 << 20]; Action f = Spawn; GC.KeepAlive(f); // QUIET
        Use(b); }
    static void Q3() { var b = new byte[40 << 20]; s_list.Add(() => fork()); // QUIET
        Use(b); }
    static void Q4() { var b = new byte[40 << 20]; delegate*<void> f = &Spawn; Use((nint)f == 0); // QUIET
        Use(b); }
    static void RunQuiet<T>() where T : IQuiet { T.Go(); }
    static void Q5() { var b = new byte[40 << 20];
        RunQuiet<Quiet>(); // QUIET
        Use(b); }
    static void Q6(int[] a) { var b = new byte[40 << 20]; var q = from x in a select fork(); // QUIET
        Use(b); }
    static void Q7(Ev e) { var b = new byte[40 << 20]; e.Plain += Spawn; // QUIET
        Use(b); }
    static void Q8(Num n) { var b = new byte[40 << 20];
        Use(n & n); // QUIET
        Use(b); }
    static void Keep(Action a) => s_kept = a;
    static void Q9() { var b = new byte[40 << 20]; Keep(Spawn); // QUIET
        Use(b); }
}
