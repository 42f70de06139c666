// Ways to a spawn that name it, and that do not; an iterator keeps its arguments, which are no fields.
using System.Collections;
using System.Reflection;
namespace WaysToSpawn;
struct Num { public static Num operator +(Num a, Num b) { fork(); return a; } public static implicit operator int(Num n) => fork(); public static bool operator true(Num n) => fork() > 0; public static bool operator false(Num n) => false; public static Num operator &(Num a, Num b) => a; public static Num operator ++(Num a) { fork(); return a; } public override string ToString() => fork().ToString(); public void operator +=(Num b) { fork(); } }
class Seq : IEnumerable<int> { public IEnumerator<int> GetEnumerator() { fork(); yield break; } IEnumerator IEnumerable.GetEnumerator() => GetEnumerator(); }
class Awt { public System.Runtime.CompilerServices.TaskAwaiter GetAwaiter() { fork(); return Task.CompletedTask.GetAwaiter(); } }
class Idx { public int this[int i] { get => fork(); set => fork(); } public int this[Range r] => fork(); public int Length => 3; public int Slice(int a, int b) => fork(); }
class Ev { public event Action E { add { fork(); } remove { } } public int P { get => fork(); init => fork(); } public void Deconstruct(out int a, out int b) { a = b = fork(); } public int Lazily => field == 0 ? field = fork() : field; }
class Disp : IDisposable { public void Dispose() => fork(); }
class Ctor { static Ctor() { fork(); } public static int X; public Ctor() { fork(); } }
class CtorD : Ctor { public CtorD() : base() { } }
class ImplD : Ctor { }
class Init { readonly int _x = fork(); }
interface IRun { int Go() => fork(); static virtual int S() => fork(); }
class RunImpl : IRun { }
abstract class Tmpl { public void Execute() { Core(); } protected abstract void Core(); }
sealed class TmplA : Tmpl { protected override void Core() => fork(); }
sealed class TmplB : Tmpl { protected override void Core() { } }
delegate int D();
[InlineArray(4)] struct Four { int _e; }
[InterpolatedStringHandler] ref struct Handler { public Handler(int l, int f) { } public void AppendLiteral(string s) { } public void AppendFormatted(int i) => fork(); }
static class T {
    static void Log(Handler h) { }
    static void M1() { var b = new byte[40 << 20]; 
        var x = new Num() + new Num(); // WANT FORK001
        Use(b); }
    static void M2() { var b = new byte[40 << 20]; 
        int x = new Num(); // WANT FORK001
        Use(b); }
    static void M3() { var b = new byte[40 << 20]; 
        if (new Num() && new Num()) { } // WANT FORK001
        Use(b); }
    static void M4() { var b = new byte[40 << 20]; var n = new Num();
        n++; // WANT FORK001
        Use(b); }
    static void M5() { var b = new byte[40 << 20]; var n = new Num();
        var s = $"{n}"; // WANT FORK001
        Use(b); }
    static void M6() { var b = new byte[40 << 20]; var n = new Num();
        n += new Num(); // WANT FORK001
        Use(b); }
    static void M7() { var b = new byte[40 << 20]; 
        foreach (var x in new Seq()) { } // WANT FORK001
        Use(b); }
    static async Task M10() { var b = new byte[40 << 20]; 
        await new Awt(); // WANT FORK001
        Use(b); }
    static void M11() { var b = new byte[40 << 20]; 
        new Idx()[3] = 4; // WANT FORK001
        Use(b); }
    static void M12() { var b = new byte[40 << 20]; 
        var x = new Idx()[^1]; // WANT FORK001
        Use(b); }
    static void M13() { var b = new byte[40 << 20]; 
        var x = new Idx()[1..2]; // WANT FORK001
        Use(b); }
    static void M14() { var b = new byte[40 << 20]; 
        new Ev().E += () => { }; // WANT FORK001
        Use(b); }
    static void M15() { var b = new byte[40 << 20]; 
        var e = new Ev { P = 3 }; // WANT FORK001
        Use(b); }
    static void M16() { var b = new byte[40 << 20]; 
        var (x, y) = new Ev(); // WANT FORK001
        Use(b); }
    static void M17() { var b = new byte[40 << 20]; 
        if (new Ev() is { P: 3 }) { } // WANT FORK001
        Use(b); }
    static void M18() { var b = new byte[40 << 20]; 
        if (new Ev() is (1, 2)) { } // WANT FORK001
        Use(b); }
    static void M19() { var b = new byte[40 << 20]; 
        using (new Disp()) { } // WANT FORK001
        Use(b); }
    static void M20() { var b = new byte[40 << 20]; 
        new CtorD(); // WANT FORK001
        Use(b); }
    static void M21() { var b = new byte[40 << 20]; 
        new ImplD(); // WANT FORK001
        Use(b); }
    static void M22() { var b = new byte[40 << 20]; 
        Init i = new(); // WANT FORK001
        Use(b); }
    static void M23(IRun r) { var b = new byte[40 << 20]; 
        r.Go(); // WANT FORK001
        Use(b); }
    static void M24(Tmpl t) { var b = new byte[40 << 20]; 
        t.Execute(); // WANT FORK001
        Use(b); }
    static void M26() { var b = new byte[40 << 20]; D d = fork;
        d(); // WANT FORK001
        Use(b); }
    static void M27() { var b = new byte[40 << 20]; D d = fork; // QUIET
        Use(d); Use(b); }
    static void M28() { var b = new byte[40 << 20]; 
        Log($"{3} x"); // WANT FORK001
        Use(b); }
    static void M29() { var b = new byte[40 << 20]; var q = from x in new[] { 1 } select fork(); 
        foreach (var y in q) { } // WANT FORK001
        Use(b); }
    static void M30() { var b = new byte[40 << 20]; var q = from x in new[] { 1 } select fork(); // QUIET
        Use(b); }
    static void M31() { var b = new byte[40 << 20]; 
        var q = Enumerable.Range(0, 3).Select(x => fork()).Sum(); // WANT FORK001
        Use(b); }
    static void M32() { var b = new byte[40 << 20]; var l = new Lazy<int>(() => fork()); // QUIET
        Use(b); }
    static void M33() { var b = new byte[40 << 20]; var l = new Lazy<int>(() => fork());
        Use(l.Value); // WANT FORK001
        Use(b); }
    static void M34() { var b = new byte[40 << 20]; Action a = () => { }; a += () => fork();
        a(); // WANT FORK001
        Use(b); }
    static void M35() { var b = new byte[40 << 20]; var d = new Dictionary<string, Action> { ["f"] = () => fork(), ["g"] = () => { } };
        d["f"](); // WANT FORK001
        Use(b); }
    static void M36(string[] args) { var b = new byte[40 << 20]; Action a = args.Length > 0 ? () => fork() : () => { };
        a?.Invoke(); // WANT FORK001
        Use(b); }
    static void M37() { var b = new byte[40 << 20]; 
        Parallel.For(0, 3, i => fork()); // WANT FORK001
        Use(b); }
    static void M38() { var b = new byte[40 << 20]; 
        new[] { 1, 2 }.ToList().ForEach(_ => fork()); // WANT FORK001
        Use(b); }
    static void M39() { var b = new byte[40 << 20]; 
        Array.ForEach(new[] { 1 }, _ => fork()); // WANT FORK001
        Use(b); }
    static void M40() { var b = new byte[40 << 20]; var x = nameof(fork); System.Linq.Expressions.Expression<Func<int>> e = () => fork(); // QUIET
        Use(b); }
    static void M41() { var b = new byte[40 << 20]; 
        int Rec(int n) => n == 0 ? fork() : Rec(n - 1);
        Rec(3); // WANT FORK001
        Use(b); }
    static void M42() { var b = new byte[40 << 20]; var e = new Ev();
        Use(e.Lazily); // WANT FORK001
        Use(b); }
    static int S<TT>() where TT : IRun => TT.S();
    static void M43() { var b = new byte[40 << 20]; 
        S<RunImpl>(); // WANT FORK001
        Use(b); }
    static void M44(object o) { var b = new byte[40 << 20]; 
        try { Use(o); } catch (Exception) when (fork() > 0) { } // WANT FORK001
        Use(b); }
    static void M45() { var b = new byte[40 << 20]; 
        lock (b) fork(); // WANT FORK001
        Use(b); }
    static void M46() { byte[] b; unsafe { delegate*<byte[], void> f = &Use2; b = new byte[40 << 20]; 
        f(b); } } // WANT FORK001
    static void Use2(byte[] b) { fork(); Use(b); }
    static IEnumerable<int> Gen(byte[] b) { fork(); yield return b.Length; }
    static void M47() { var b = new byte[40 << 20]; 
        var n = Gen(b).First(); // WANT FORK001
    }
    static Task<int> M49() { var b = new byte[40 << 20]; 
        var r = Task.FromResult(fork()); // WANT FORK001
        Use(b); return r; }
    static void M50() { var b = new byte[40 << 20]; var t = new Thread(() => fork()); 
        t.Start(); // WANT FORK001
        Use(b); t.Join(); }
    static void M52() { var b = new byte[40 << 20]; 
        AppDomain.CurrentDomain.ProcessExit += (_, _) => fork(); // QUIET
        Use(b); }
    static void M53() { var b = new byte[40 << 20]; Console.CancelKeyPress += delegate { fork(); }; // QUIET
        Use(b); }
    static int Field = fork();
    static void M55() { var b = new byte[40 << 20]; 
        typeof(T).GetMethod("M54")!.Invoke(null, null); // QUIET
        Use(b); }
}
