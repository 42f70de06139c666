// What a method returns in a tuple, or a query makes and only counts, is held by what can refer to it.
namespace PartsOfTuples;
sealed class Meta { public string Name = ""; }
sealed class Image(int n) { readonly byte[] _pixels = new byte[n]; public int Length => _pixels.Length; }
static class T {
    static string RunGit(string args) { using var p = Process.Start(args)!; var s = p.StandardOutput.ReadToEnd(); p.WaitForExit(); return s; }
    static (byte[], string) Pair() => (new byte[64 << 20], "x");
    static (byte[] Data, Meta Meta) Named() => (new byte[64 << 20], new Meta());
    static (Image, string) Picture() => (new Image(64 << 20), "x");
    static (Task<byte[]>, string) Later() => (Task.FromResult(new byte[64 << 20]), "x");
    static (object, string) Any() => (new byte[64 << 20], "x");
    static void M1() { var (a, n) = Pair(); Use(a); a = null!; RunGit(n); } // QUIET
    static void M2() { var (_, n) = Pair(); RunGit(n); } // QUIET
    static void M3() { var n = Pair().Item2; RunGit(n); } // QUIET
    static void M4() { var (a, n) = Pair(); Use(a);
        RunGit(n); } // WANT FORK004
    static void M5() { var (_, meta) = Named(); RunGit(meta.Name); } // QUIET
    static void M6() { var (data, meta) = Named();
        RunGit(meta.Name); // WANT FORK003
        Use(data); }
    static void M7() { var (_, name) = Picture(); RunGit(name); } // QUIET
    static void M8() { var (image, name) = Picture();
        RunGit(name); // WANT FORK003
        Use(image.Length); }
    static async Task M9() { var (task, name) = Later();
        RunGit(name); // WANT FORK003
        Use(await task); }
    static void M10() { var (any, name) = Any();
        RunGit(name); // WANT FORK003
        Use(any); }
    static void M11() { var n = new[] { 1, 2, 3 }.Select(_ => new byte[64 << 20]).Sum(x => x.Length); RunGit("x"); Use(n); } // QUIET
    static void M12() { var last = new[] { 1, 2, 3 }.Select(_ => new byte[64 << 20]).Last();
        RunGit("x"); // WANT FORK003
        Use(last); }
    static async Task WaitAsync() { using var p = Process.Start("x")!; await p.WaitForExitAsync(); }
    static Task M13(bool c) { var b = new byte[64 << 20]; Use(b); return c ? WaitAsync() : Task.CompletedTask; } // QUIET
    static Task M14(int c) { var b = new byte[64 << 20]; Use(b); return c switch { 0 => Task.CompletedTask, _ => (WaitAsync()) }; } // QUIET
    static async Task M15(bool c) { var b = new byte[64 << 20]; Use(b);
        await (c ? WaitAsync() : Task.CompletedTask); } // WANT FORK004
    static async Task M16(bool c) { var b = new byte[64 << 20]; Use(b);
        await M13(c); } // WANT FORK004
}
