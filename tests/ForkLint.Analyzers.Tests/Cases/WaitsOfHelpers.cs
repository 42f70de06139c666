// Helpers that start a process and wait, awaited or not, on other threads or here.
namespace WaitsOfHelpers;
static class T {
    static async Task<int> RunAsync(string f, CancellationToken ct = default) { using var p = new Process { StartInfo = new ProcessStartInfo(f) { RedirectStandardOutput = true }, EnableRaisingEvents = true }; p.Start(); var o = p.StandardOutput.ReadToEndAsync(ct); await p.WaitForExitAsync(ct); await o; return p.ExitCode; }
    static Task<int> RunTcs(string f) { var tcs = new TaskCompletionSource<int>(); var p = new Process { StartInfo = new(f), EnableRaisingEvents = true }; p.Exited += (_, _) => tcs.SetResult(p.ExitCode); p.Start(); return tcs.Task; }
    static int Run(string f) { using var p = Process.Start(f)!; p.WaitForExit(); return p.ExitCode; }
    static bool RunT(string f) { using var p = Process.Start(f)!; return p.WaitForExit(1000); }
    static async Task M1() { var b = new byte[40 << 20]; Use(b);
        var code = await RunAsync("x"); // WANT FORK004
    }
    static void M3() { var b = new byte[40 << 20]; Use(b);
        Run("x"); // WANT FORK004
    }
    static void M4() { var b = new byte[40 << 20]; Use(b);
        if (!RunT("x")) return; // WANT FORK004
    }
    static async Task M5() { var b = new byte[40 << 20]; Use(b);
        var t1 = RunAsync("x"); var t2 = RunAsync("y"); // WANT FORK004
        await Task.WhenAll(t1, t2); }
    static async Task M6() { var b = new byte[40 << 20]; Use(b);
        await Parallel.ForEachAsync(Enumerable.Range(0, 4), async (i, ct) => await RunAsync("x", ct)); // WANT FORK004
    }
    static async Task M7() { var b = new byte[40 << 20]; Use(b);
        await Task.Run(() => Run("x")); // WANT FORK004
    }
    static void M8() { var b = new byte[40 << 20]; Use(b);
        Task.Run(() => Run("x")); // QUIET
    }
    static void M9() { var b = new byte[40 << 20]; Use(b);
        new Thread(() => Run("x")).Start(); // QUIET
    }
    static Task<int> M10() { var b = new byte[40 << 20]; Use(b);
        return RunAsync("x"); // QUIET
    }
    static Task<int> M11() { var b = new byte[40 << 20]; Use(b);
        return Task.Run(() => Run("x")); // QUIET
    }
    static async Task<int> M12() { var b = new byte[40 << 20]; Use(b);
        return await RunAsync("x"); // WANT FORK004
    }
    static async Task M13() { var b = new byte[40 << 20]; Use(b);
        await foreach (var l in Lines("x")) Use(l); // WANT FORK004
    }
    static async IAsyncEnumerable<string> Lines(string f) { using var p = Process.Start(f)!; while (await p.StandardOutput.ReadLineAsync() is { } l) yield return l; }
    static void M14() { var b = new byte[40 << 20]; Use(b);
        foreach (var l in Lines2("x")) Use(l); // WANT FORK004
    }
    static IEnumerable<string> Lines2(string f) { using var p = Process.Start(f)!; string? l; while ((l = p.StandardOutput.ReadLine()) is not null) yield return l; p.WaitForExit(); }
    static void M15() { var b = new byte[40 << 20]; Use(b); b = null;
        Run("x"); // QUIET
    }
    static async Task M16() { { var b = new byte[40 << 20]; Use(b); }
        await RunAsync("x"); // QUIET
    }
    static async Task M17() { var b = new byte[40 << 20]; 
        await RunAsync("x"); // WANT FORK003
        Use(b); }
    static async void M18() { var b = new byte[40 << 20]; Use(b);
        await RunAsync("x"); // WANT FORK004
    }
    static void M19() { var b = new byte[40 << 20]; Use(b); var p = Process.Start("x")!; p.Exited += (_, _) => Use(1); // QUIET
        p.EnableRaisingEvents = true; }
    static void M20() { var b = new byte[40 << 20]; Use(b); using var p = Process.Start("x")!; // WANT FORK004
        p.OutputDataReceived += (_, e) => Use(e.Data); p.BeginOutputReadLine(); p.WaitForExit(); }
    static void M21() { var b = new byte[40 << 20]; Use(b); using var p = Process.Start("x")!; // WANT FORK004
        if (!p.WaitForExit(TimeSpan.FromSeconds(5))) p.Kill(true); }
    static async Task M22() { var b = new byte[40 << 20]; Use(b); using var p = Process.Start("x")!; // WANT FORK004
        using var cts = new CancellationTokenSource(1000); try { await p.WaitForExitAsync(cts.Token).ConfigureAwait(false); } catch (OperationCanceledException) { p.Kill(); } }
    static async Task M23() { var b = new byte[40 << 20]; Use(b); using var p = Process.Start("x")!; // WANT FORK004
        var (o, e) = (p.StandardOutput.ReadToEndAsync(), p.StandardError.ReadToEndAsync()); await Task.WhenAll(o, e); }
    static async Task M24() { var b = new byte[40 << 20]; Use(b); using var p = Process.Start("x")!; // WANT FORK004
        await p.StandardOutput.BaseStream.CopyToAsync(Stream.Null); }
    static void M25() { var b = new byte[40 << 20]; Use(b); var ps = new List<Process>(); for (int i = 0; i < 3; i++) ps.Add(Process.Start("x")!); // WANT FORK004
        foreach (var p in ps) p.WaitForExit(); }
    static void M26() { var b = new byte[40 << 20]; Use(b); Process.Start("x")?.WaitForExit(); // WANT FORK004
    }
    static async Task M27() { var b = new byte[40 << 20]; Use(b); await Process.Start("x")!.WaitForExitAsync(); // WANT FORK004
    }
    static void M28() { var b = new byte[40 << 20]; Use(b); Task t = RunAsync("x"); // WANT FORK004
        t.GetAwaiter().GetResult(); }
    static Task? _bg;
    static void M29() { var b = new byte[40 << 20]; Use(b); _bg = RunAsync("x"); // QUIET
    }
    static void M30() { var b = new byte[40 << 20]; Use(b); RunAsync("x").Forget(); // QUIET
    }
    static async void Forget(this Task t) { try { await t; } catch { } }
    static void M31() { var b = new byte[40 << 20]; Use(b); _ = RunAsync("x").ContinueWith(t => Use(t.Exception), TaskContinuationOptions.OnlyOnFaulted); // QUIET
    }
    static void M32() { var b = new byte[40 << 20]; Use(b); using var p = Process.Start("x")!; _ = p.WaitForExitAsync(); // QUIET
    }
    static async Task M33() { var b = new byte[40 << 20]; Use(b); using var p = Process.Start("x")!; // WANT FORK004
        await Task.WhenAny(p.WaitForExitAsync(), Task.Delay(1000)); }
    static ValueTask<int> M34() { var b = new byte[40 << 20]; Use(b); return new ValueTask<int>(RunAsync("x")); // QUIET
    }
    static async Task M35() { var b = new byte[40 << 20]; Use(b); var tasks = new List<Task>(); tasks.Add(RunAsync("x")); // WANT FORK004
        await Task.WhenAll(tasks); }
    static async Task M36() { var b = new byte[40 << 20]; Use(b);
        await M10(); // WANT FORK004
    }
    static async Task M37() { var b = new byte[40 << 20]; Use(b); Func<Task<int>> f = () => RunAsync("x");
        await f(); // WANT FORK004
    }
    static async Task M38() { var b = new byte[40 << 20]; Use(b); 
        try { await RunAsync("x"); } catch (Exception e) { Use(e); } // WANT FORK004
    }
    static async Task M39() { var b = new byte[40 << 20]; Use(b); await using var s = new FileStream("f", FileMode.Open); using var p = Process.Start("x")!; // WANT FORK004
        await s.CopyToAsync(p.StandardInput.BaseStream); p.StandardInput.Close(); await p.WaitForExitAsync(); }
}
