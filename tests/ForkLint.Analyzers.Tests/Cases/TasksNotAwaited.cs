// FORK004 speaks of methods that wait: not of one that starts a task which nothing awaits, or returns it.
namespace NotAwaited;
static class Asyncs {
    static async Task EncodeAsync() { using var p = Process.Start("ffmpeg")!; await p.WaitForExitAsync(); }
    static async Task LaterAsync() { await Task.Delay(10); Process.Start("ffmpeg"); }
    static async Task M1() { var b = new byte[40 << 20]; Use(b);
        var t = EncodeAsync(); // WANT FORK003
        Use(b); await t; }
    static async Task M2() { var b = new byte[40 << 20]; Use(b);
        var t = EncodeAsync(); // WANT FORK004
        await t; }
    static async Task M3() { var b = new byte[40 << 20]; Use(b);
        var t = EncodeAsync(); var u = EncodeAsync(); // WANT FORK004
        await Task.WhenAll(t, u); }
    static async Task M4() { var b = new byte[40 << 20]; Use(b);
        _ = EncodeAsync(); // QUIET
    }
    static void M5() { var b = new byte[40 << 20]; Use(b);
        EncodeAsync().Wait(); // WANT FORK004
    }
    static void M6() { var b = new byte[40 << 20]; Use(b);
        EncodeAsync().GetAwaiter().GetResult(); // WANT FORK004
    }
    static void M7() { var b = new byte[40 << 20]; Use(b);
        var t = EncodeAsync(); // WANT FORK004
        t.Wait(); }
    static async Task M8() { var b = new byte[40 << 20]; Use(b);
        var t = LaterAsync(); // WANT FORK003
        Use(b); await t; }
    static Task M9() { var b = new byte[40 << 20]; Use(b);
        return EncodeAsync(); // QUIET
    }
    static async Task M10() { var b = new byte[40 << 20]; Use(b);
        var t = Task.Run(() => Process.Start("x")); // WANT FORK003
        Use(b); await t; }
    static async Task M11() { var b = new byte[40 << 20]; Use(b);
        await Task.WhenAll(EncodeAsync(), EncodeAsync()); // WANT FORK004
    }
    static async Task M12() { var b = new byte[40 << 20]; Use(b);
        await EncodeAsync().ConfigureAwait(false); // WANT FORK004
    }
    static async Task M13() { var b = new byte[40 << 20]; Use(b);
        var t = LaterWait(); // WANT FORK004
        await t; }
    static async Task LaterWait() { await Task.Yield(); using var p = Process.Start("ffmpeg")!; await p.WaitForExitAsync(); }
}
