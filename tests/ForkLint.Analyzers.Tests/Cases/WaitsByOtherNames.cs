// Waiting by other loops, tasks and collections of processes, and not for those that somebody else started.
namespace WaitsByOtherNames;
static class U {
    static void M1() { var b = new byte[40 << 20]; Use(b); using var p = Process.Start("x")!; // WANT FORK004
        var (o, e) = (p.StandardOutput, p.StandardError); Use(o.ReadToEnd()); Use(e.ReadToEnd()); }
    static void M2() { var b = new byte[40 << 20]; Use(b); var p = new Process(); p.StartInfo.FileName = "x"; p.Start(); // WANT FORK004
        for (string? l = p.StandardOutput.ReadLine(); l != null; l = p.StandardOutput.ReadLine()) Use(l); }
    static async Task M3() { var b = new byte[40 << 20]; Use(b); using var p = Process.Start("x")!; // WANT FORK004
        await p.StandardOutput.BaseStream.CopyToAsync(Stream.Null); }
    static void M4() { var b = new byte[40 << 20]; Use(b); using var p = Process.Start("x")!; // WANT FORK004
        if (!p.WaitForExit(5000)) p.Kill(); }
    static void M5() { var b = new byte[40 << 20]; Use(b); using var p = Process.Start("x")!; // WANT FORK004
        var t = p.StandardOutput.ReadToEndAsync(); t.Wait(); }
    static void M6() { var b = new byte[40 << 20]; Use(b); using var p = Process.Start("x")!; // WANT FORK004
        var t = Task.Run(() => p.WaitForExit()); t.Wait(); }
    static void M7() { var b = new byte[40 << 20]; Use(b); var p = Run(); // WANT FORK004
        while (true) { if (p.HasExited) break; Thread.Sleep(10); } }
    static Process Run() => Process.Start("x")!;
    static async Task M8() { var b = new byte[40 << 20]; Use(b); using var p = Process.Start("x")!; // WANT FORK004
        await foreach (var l in Lines(p.StandardOutput)) Use(l); }
    static async IAsyncEnumerable<string> Lines(StreamReader r) { while (await r.ReadLineAsync() is { } l) yield return l; }
    static void M9() { var b = new byte[40 << 20]; Use(b); using var p = Process.Start("x")!; // WANT FORK004
        var text = string.Concat(p.StandardOutput.ReadToEnd(), "x"); Use(text); }
    static void M10() { var b = new byte[40 << 20]; Use(b); using var p = Process.Start("x")!; // WANT FORK004
        p.WaitForExitAsync().GetAwaiter().GetResult(); }
    static async Task M11() { var b = new byte[40 << 20]; Use(b); using var p = Process.Start("x")!; // WANT FORK004
        var exit = p.WaitForExitAsync(); await exit.ConfigureAwait(false); }
    static void M12() { var b = new byte[40 << 20]; Use(b); using var p = Process.Start("x")!; // WANT FORK004
        var buf = new char[100]; int n; while ((n = p.StandardOutput.Read(buf, 0, 100)) > 0) Use(n); }
    static void M13() { var b = new byte[40 << 20]; Use(b); var ps = new List<Process> { Process.Start("x")! }; // WANT FORK004
        foreach (var p in ps) p.WaitForExit(); }
    static void Q1(List<Process> others) { var b = new byte[40 << 20]; Use(b); Process.Start("x"); // QUIET
        foreach (var p in others) p.WaitForExit(); }
    static void Q2() { var b = new byte[40 << 20]; Use(b); var p = Process.Start("x")!; // QUIET
        p.Exited += (_, _) => Use(1); p.EnableRaisingEvents = true; }
    static void Q3() { var b = new byte[40 << 20]; Use(b); var p = Process.Start("x")!; // QUIET
        p.StandardInput.WriteLine("x"); }
    static void Q4() { var b = new byte[40 << 20]; Use(b); Process.Start("x"); // QUIET
        foreach (var p in Process.GetProcessesByName("y")) p.WaitForExit(); }
    static void Q5() { var old = Process.GetCurrentProcess(); var b = new byte[40 << 20]; Use(b); Process.Start("x"); // QUIET
        while (!old.HasExited) Thread.Sleep(1); }
}
