// FORK004 is documented for "reading the child's output to its end".
namespace R11;
static class U {
    static void M1() { var b = new byte[40 << 20]; Use(b); using var p = Process.Start("x")!; // WANT FORK004
        var o = p.StandardOutput; o.ReadToEnd(); }
    static void M2() { var b = new byte[40 << 20]; Use(b); using var p = Process.Start("x")!; // WANT FORK004
        while (p.StandardOutput.ReadLine() is { } line) Use(line); }
    static void M3() { var b = new byte[40 << 20]; Use(b); using var p = Process.Start("x")!; // WANT FORK004
        while (!p.HasExited) Thread.Sleep(10); }
    // not this child: it was started by someone else
    static void M4(Process other) { var b = new byte[40 << 20]; Use(b);
        Process.Start("x"); // QUIET
        other.WaitForExit(); } }
static class V {
    static void M1() { var b = new byte[40 << 20]; Use(b); using var p = Process.Start("x")!; // WANT FORK004
        string? line; var o = p.StandardOutput; while ((line = o.ReadLine()) != null) Use(line); }
    static async Task M2() { var b = new byte[40 << 20]; Use(b); using var p = Process.Start("x")!; // WANT FORK004
        while (await p.StandardOutput.ReadLineAsync() is { } line) Use(line); }
    static void M3() { var b = new byte[40 << 20]; Use(b); using var p = Process.Start("x")!; // WANT FORK004
        do { Thread.Sleep(1); } while (!p.HasExited); }
    static async Task M4() { var b = new byte[40 << 20]; Use(b); using var p = Process.Start("x")!; // WANT FORK004
        await Wait(p); }
    static async Task Wait(Process p) { await p.WaitForExitAsync(); }
    static void M5() { var b = new byte[40 << 20]; Use(b); using var p = Process.Start("x")!; // WANT FORK004
        Use(Drain(p.StandardOutput)); }
    static string Drain(StreamReader r) => r.ReadToEnd();
    static void M6() { var b = new byte[40 << 20]; Use(b); var p = new Process { StartInfo = new("x") }; p.Start(); // WANT FORK004
        p.WaitForExit(); }
    static void M7() { var b = new byte[40 << 20]; Use(b); using var p = Process.Start("x")!; // WANT FORK004
        while (!p.StandardOutput.EndOfStream) Use(p.StandardOutput.Read()); }
    static async Task M8() { var b = new byte[40 << 20]; Use(b); using var p = Process.Start("x")!; // WANT FORK004
        await Task.WhenAll(p.StandardOutput.ReadToEndAsync(), p.WaitForExitAsync()); }
    static async Task M9() { var b = new byte[40 << 20]; Use(b);
        await Git(); // WANT FORK004
    }
    static async Task<string> Git() { using var p = Process.Start("git")!; return await p.StandardOutput.ReadToEndAsync(); }
    static void M10() { var b = new byte[40 << 20]; Use(b); using var p = Process.Start("x")!; // WANT FORK004
        Use(System.Text.Json.JsonDocument.Parse(p.StandardOutput.BaseStream)); }
    static void M11() { var b = new byte[40 << 20]; Use(b); using var p = Process.Start("x")!; // WANT FORK004
        using var reader = new StreamReader(p.StandardOutput.BaseStream); Use(reader.ReadToEnd()); }
    // Not this child, and no wait.
    static void Q1() { var b = new byte[40 << 20]; Use(b); Process.Start("x"); // QUIET
        Process.GetProcessById(4).WaitForExit(); }
    static void Q2() { var b = new byte[40 << 20]; Use(b); using var p = Process.Start("x")!; // QUIET
        Use(p.StandardOutput.ReadLine()); }
    static void Q3(StreamReader r) { var b = new byte[40 << 20]; Use(b); Process.Start("x"); // QUIET
        Use(r.ReadToEnd()); }
    static void Q4(Process other) { var b = new byte[40 << 20]; Use(b); Process.Start("x"); // QUIET
        while (!other.HasExited) Thread.Sleep(1); }
    static async Task Q5(Process other) { var b = new byte[40 << 20]; Use(b); Process.Start("x"); // QUIET
        await Wait(other); }
    static void Q6() { var b = new byte[40 << 20]; Use(b); using var p = Process.Start("x")!; // QUIET
        if (p.HasExited) Use(1); }
    static void Q7() { var b = new byte[40 << 20]; Use(b); Process.Start("x"); // QUIET
        using var r = new StreamReader("f"); while (r.ReadLine() is { } l) Use(l); }
}
class Runner { Process? _p; void Begin() { _p = Process.Start("x"); } void End() => _p!.WaitForExit();
    void Run() { var b = new byte[40 << 20]; Use(b);
        Begin(); // WANT FORK004
        End(); } }
