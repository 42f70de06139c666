// Waiting with spinning, timers, continuations, redirected output, a process that a record carries; and what is no wait.
namespace WaitsInOtherShapes;
sealed record Job(Process Process, string Name);
sealed class Tool : IDisposable { readonly Process _p; Tool(Process p) => _p = p; public static Tool Start() => new(Process.Start("x")!); public int Finish() { _p.WaitForExit(); return _p.ExitCode; } public void Dispose() => _p.Dispose(); }
static class U {
    static void M1() { var b = new byte[40 << 20]; Use(b); using var p = Process.Start("x")!; // WANT FORK004
        SpinWait.SpinUntil(() => p.HasExited); }
    static async Task M2() { var b = new byte[40 << 20]; Use(b); using var p = Process.Start("x")!; // WANT FORK004
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1)); while (!p.HasExited && await timer.WaitForNextTickAsync()) { } }
    static void M3() { var b = new byte[40 << 20]; Use(b); using var p = Process.Start("x")!; // WANT FORK004
        while (!p.WaitForExit(TimeSpan.FromSeconds(1))) { Use("still"); } }
    static void M4() { var b = new byte[40 << 20]; Use(b); using var p = new Process { StartInfo = new("x") { RedirectStandardOutput = true } }; p.OutputDataReceived += static (_, e) => Use(e.Data); p.Start(); // WANT FORK004
        p.BeginOutputReadLine(); p.WaitForExit(); }
    static void M5() { var b = new byte[40 << 20]; Use(b); var job = new Job(Process.Start("x")!, "n"); // WANT FORK004
        job.Process.WaitForExit(); }
    static int M6() { var b = new byte[40 << 20]; Use(b); using var tool = Tool.Start(); // WANT FORK004
        return tool.Finish(); }
    static async Task M7() { var b = new byte[40 << 20]; Use(b); using var p = Process.Start("x")!; // WANT FORK004
        await p.WaitForExitAsync(default).WaitAsync(TimeSpan.FromMinutes(1)); }
    static async Task M8() { var b = new byte[40 << 20]; Use(b); using var p = Process.Start("x")!; // WANT FORK004
        await Task.WhenAny(p.WaitForExitAsync(), Task.Delay(1000)); }
    static async Task<int> M9() { var b = new byte[40 << 20]; Use(b); var p = Process.Start("x")!; // MAYBE FORK004
        var done = new TaskCompletionSource<int>(); p.EnableRaisingEvents = true; p.Exited += (_, _) => done.SetResult(p.ExitCode); return await done.Task; }
    static void M10() { var b = new byte[40 << 20]; Use(b); var p = Process.Start("x"); if (p is null) { return; } // WANT FORK004
        using (p) { while (true) { var line = p.StandardOutput.ReadLine(); if (line is null) { break; } Use(line); } } }
    static void M11() { var b = new byte[40 << 20]; Use(b); using var p = Process.Start("x")!; // WANT FORK004
        foreach (var line in Lines(p.StandardOutput)) { Use(line); } }
    static IEnumerable<string> Lines(TextReader r) { for (var l = r.ReadLine(); l is not null; l = r.ReadLine()) { yield return l; } }
    static void M12() { var b = new byte[40 << 20]; Use(b); Shell("x"); // WANT FORK004
        Use(1); }
    static (int, string) Shell(string c) { using var p = Process.Start(c)!; var o = p.StandardOutput.ReadToEnd(); p.WaitForExit(); return (p.ExitCode, o); }
    static void Q1() { var b = new byte[40 << 20]; Use(b); using var p = Process.Start("x")!; // QUIET
        if (!p.HasExited) { p.Kill(); } }
    static void Q2(Tool other) { var b = new byte[40 << 20]; Use(b); using var tool = Tool.Start(); // QUIET
        other.Finish(); }
    static void Q3(Job job) { var b = new byte[40 << 20]; Use(b); Process.Start("x"); // QUIET
        job.Process.WaitForExit(); }
    static async Task Q4() { var b = new byte[40 << 20]; Use(b); Process.Start("x"); // QUIET
        await Task.Delay(1000); }
    static void Q5() { var parent = Process.GetProcessById(1); var b = new byte[40 << 20]; Use(b); Process.Start("x"); // QUIET
        SpinWait.SpinUntil(() => parent.HasExited); }
    static Task Q6() { var b = new byte[40 << 20]; Use(b); var p = Process.Start("x")!; // QUIET
        return p.WaitForExitAsync(); }
}
