// What `new T()` makes, and what is called on it, is known where the type argument is.
namespace MadeByTypeParameter;
static class Git { public static void Gc() { using var process = Process.Start("git", "gc"); process.WaitForExit(); } }
interface IWorker { void Work(); }
sealed class Runner : IWorker { public void Work() => Git.Gc(); }
sealed class Forker : IWorker { public void Work() => fork(); }
sealed class Silent : IWorker { public void Work() { } }
class Starting { public Starting() => Git.Gc(); }
class StartingByBase : Starting { }
class StartingByField { readonly int _id = fork(); public int Id => _id; }
class Plain { public int Id = 1; }
sealed class Big { public readonly byte[] Data = new byte[64 << 20]; }
interface IStep { static abstract void Go(); }
sealed class StepForks : IStep { public static void Go() => fork(); }
sealed class StepRests : IStep { public static void Go() { } }
static class Methods
{
    static T Make<T>() where T : new() => new T();
    static T MakeDeeper<T>() where T : class, new() { var made = Make<T>(); Use(made); return made; }
    static void Do<T>() where T : IWorker, new() { var worker = new T(); worker.Work(); }
    static void DoDeeper<T>() where T : IWorker, new() { Use(typeof(T)); Do<T>(); }
    static void DoMade<T>() where T : IWorker, new() => Make<T>().Work();
    static void DoGiven<T>(T worker) where T : IWorker, new() { worker = worker ?? new T(); worker.Work(); }
    static void Step<T>() where T : IStep => T.Go();
    static void A1() { var big = new byte[64 << 20]; Use(Make<Starting>()); Use(big); } // WANT FORK003
    static void A2() { var big = new byte[64 << 20]; Use(Make<Plain>()); Use(big); }
    static void A3() { var big = new byte[64 << 20]; Use(Make<StartingByBase>()); Use(big); } // WANT FORK003
    static void A4() { var big = new byte[64 << 20]; Use(Make<StartingByField>()); Use(big); } // WANT FORK001
    static void A5() { var big = new byte[64 << 20]; Use(MakeDeeper<Starting>()); Use(big); } // WANT FORK003
    static void A6() { var big = new byte[64 << 20]; Use(MakeDeeper<Plain>()); Use(big); }
    static void A7() { var big = new byte[64 << 20]; Do<Runner>(); Use(big); } // WANT FORK003
    static void A8() { var big = new byte[64 << 20]; Do<Silent>(); Use(big); }
    static void A9() { var big = new byte[64 << 20]; Do<Forker>(); Use(big); } // WANT FORK001
    static void A10() { var big = new byte[64 << 20]; DoDeeper<Runner>(); Use(big); } // WANT FORK003
    static void A11() { var big = new byte[64 << 20]; DoDeeper<Silent>(); Use(big); }
    static void A12() { var big = new byte[64 << 20]; DoMade<Forker>(); Use(big); } // WANT FORK001
    static void A13() { var big = new byte[64 << 20]; DoMade<Silent>(); Use(big); }
    static void A14(Silent silent) { var big = new byte[64 << 20]; DoGiven(silent); Use(big); }
    static void A15(Runner runner) { var big = new byte[64 << 20]; DoGiven(runner); Use(big); } // WANT FORK003
    static void A16() { var big = Make<Big>(); Git.Gc(); Use(big.Data); } // WANT FORK003
    static void A17() { var plain = Make<Plain>(); Git.Gc(); Use(plain.Id); }
    static void A18() { var big = new byte[64 << 20]; Step<StepForks>(); Use(big); } // WANT FORK001
    static void A19() { var big = new byte[64 << 20]; Step<StepRests>(); Use(big); }
    static void A20<T>() where T : IWorker, new() { var big = new byte[64 << 20]; new T().Work(); Use(big); } // WANT FORK001
    static void A21() { var big = new byte[64 << 20]; T Local<T>() where T : new() => new(); Use(Local<Starting>()); Use(big); } // WANT FORK003
    static void A22() { var big = new byte[64 << 20]; T Local<T>() where T : new() => new(); Use(Local<Plain>()); Use(big); }
    static void A23() { var big = new byte[64 << 20]; Use(Activator.CreateInstance<Starting>()); Use(big); } // WANT FORK003
    static void A24() { var big = new byte[64 << 20]; Use(Activator.CreateInstance<Plain>()); Use(big); }
    static void A25() { var big = new byte[64 << 20]; var make = Make<Starting>; Use(make()); Use(big); } // WANT FORK003
    static void A26() { var big = new byte[64 << 20]; var make = Make<Plain>; Use(make()); Use(big); }
}
class Host<T> where T : IWorker, new()
{
    readonly T _kept = new();
    T? _late;
    public void Run() => new T().Work();
    public void RunKept() => _kept.Work();
    public void RunLate() => (_late ??= new T()).Work();
    public static void RunOnce() { T worker = new(); worker.Work(); }
    public void RunInside() { RunOnce(); }
}
sealed class SilentHost : Host<Silent> { public void Go() { var big = new byte[64 << 20]; Run(); Use(big); } }
sealed class ForkingHost : Host<Forker> { public void Go() { var big = new byte[64 << 20]; Run(); Use(big); } } // WANT FORK001
static class Classes
{
    static void B1() { var big = new byte[64 << 20]; new Host<Runner>().Run(); Use(big); } // WANT FORK003
    static void B2() { var big = new byte[64 << 20]; new Host<Silent>().Run(); Use(big); }
    static void B3() { var big = new byte[64 << 20]; new Host<Forker>().RunKept(); Use(big); } // WANT FORK001
    static void B4() { var big = new byte[64 << 20]; new Host<Silent>().RunKept(); Use(big); }
    static void B5(Host<Runner> host) { var big = new byte[64 << 20]; host.Run(); Use(big); } // WANT FORK003
    static void B6(Host<Silent> host) { var big = new byte[64 << 20]; host.Run(); Use(big); }
    static void B7(Host<Forker> host) { var big = new byte[64 << 20]; host.RunKept(); Use(big); } // WANT FORK001
    static void B8(Host<Silent> host) { var big = new byte[64 << 20]; host.RunKept(); Use(big); }
    static void B9() { var big = new byte[64 << 20]; Host<Forker>.RunOnce(); Use(big); } // WANT FORK001
    static void B10() { var big = new byte[64 << 20]; Host<Silent>.RunOnce(); Use(big); }
    static void B11(Host<Forker> host) { var big = new byte[64 << 20]; host.RunInside(); Use(big); } // WANT FORK001
    static void B12(Host<Silent> host) { var big = new byte[64 << 20]; host.RunInside(); Use(big); }
    static void B13(Host<Silent> host) { var big = new byte[64 << 20]; host.RunLate(); Use(big); }
    static void B14(Host<Runner> host) { var big = new byte[64 << 20]; host.RunLate(); Use(big); } // WANT FORK003
}
