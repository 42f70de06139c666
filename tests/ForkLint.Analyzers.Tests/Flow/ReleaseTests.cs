namespace ForkLint.Flow;

/// <summary>What frees, what drops, and what only looks as if it did.</summary>
public sealed class ReleaseTests
{
    [Theory]
    [InlineData("NativeMemory.Alloc(200_000_000)", "NativeMemory.Free(big)")]
    [InlineData("NativeMemory.AlignedAlloc(200_000_000, 64)", "NativeMemory.AlignedFree(big)")]
    [InlineData("Marshal.AllocHGlobal(200_000_000)", "Marshal.FreeHGlobal(big)")]
    [InlineData("Marshal.AllocCoTaskMem(200_000_000)", "Marshal.FreeCoTaskMem(big)")]
    [InlineData("malloc(200_000_000)", "free(big)")]
    [InlineData("mmap(null, 200_000_000, 3, 0x22, -1, 0)", "munmap(big, 200_000_000)")]
    public async Task Native_memory_freed_before_and_after(string allocation, string release)
    {
        await ForkTest.Body($"var big = {allocation}; {release}; fork();").Verify();
        await ForkTest.Body($"var big = {allocation}; {{|FORK002:fork()|}}; {release};").Verify();
    }

    [Fact]
    public Task Freed_through_another_name() => ForkTest.Body("""
        var big = Marshal.AllocHGlobal(200_000_000);
        var alias = (void*)big;
        NativeMemory.Free(alias);
        fork();
        """).Verify();

    [Fact]
    public Task Kept_out_of_the_child() => ForkTest.Body("""
        var big = NativeMemory.Alloc(200_000_000);
        madvise(big, 200_000_000, 10);
        fork();
        NativeMemory.Free(big);
        """).Verify();

    [Fact]
    public Task Other_advice_does_not_keep_it_out() => ForkTest.Body("""
        var big = NativeMemory.Alloc(200_000_000);
        madvise(big, 200_000_000, 4);
        {|FORK002:fork()|};
        NativeMemory.Free(big);
        """).Verify();

    [Fact]
    public Task Reallocated() => ForkTest.Body("""
        var big = NativeMemory.Alloc(200_000_000);
        big = NativeMemory.Realloc(big, 10);
        fork();
        NativeMemory.Free(big);
        """).Verify();

    [Fact]
    public Task Returned_to_a_pool() => ForkTest.Body("""
        var big = ArrayPool<byte>.Shared.Rent(200_000_000);
        ArrayPool<byte>.Shared.Return(big);
        GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        {|FORK006:fork()|};
        """).Message("FORK006", "pool").Verify();

    [Fact]
    public Task A_stream_disposed() => ForkTest.Body("""
        var big = new MemoryStream(200_000_000);
        big.Dispose();
        {|FORK006:fork()|};
        """).Verify();

    [Fact]
    public Task A_stream_disposed_and_collected() => ForkTest.Body("""
        var big = new MemoryStream(200_000_000);
        big.Dispose();
        big = null;
        GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork();
        """).Verify();

    [Fact]
    public Task Out_of_scope() => ForkTest.Body("""
        {
            var big = new byte[200_000_000];
            GC.KeepAlive(big);
        }

        {|FORK006:fork()|};
        """).Verify();

    [Fact]
    public Task Reassigned() => ForkTest.Body("""
        var big = new byte[200_000_000];
        big = new byte[10];
        {|FORK006:fork()|};
        GC.KeepAlive(big);
        """).Verify();

    [Fact]
    public Task Waiting_with_it() => ForkTest.Body("""
        var big = {|#big:new byte[200_000_000]|};
        GC.KeepAlive(big);
        using var child = {|FORK004(big):Process.Start("git")|};
        child.WaitForExit();
        """).Live("FORK004").Verify();

    [Fact]
    public Task Reading_the_childs_output_with_it() => ForkTest.Body("""
        var big = new byte[200_000_000];
        GC.KeepAlive(big);
        using var child = {|FORK004:Process.Start(new ProcessStartInfo("git") { RedirectStandardOutput = true })|};
        Console.WriteLine(child.StandardOutput.ReadToEnd());
        """).Verify();

    [Fact]
    public Task Not_waiting() => ForkTest.Body("""
        var big = new byte[200_000_000];
        GC.KeepAlive(big);
        using var child = Process.Start("git");
        """).Verify();

    [Fact]
    public Task Let_go_before_waiting() => ForkTest.Body("""
        var big = new byte[200_000_000];
        GC.KeepAlive(big);
        using var child = Process.Start("git");
        big = null;
        child.WaitForExit();
        """).Verify();

    [Fact]
    public Task Used_after_a_sharing_spawn() => ForkTest.Body("""
        var big = {|#big:new byte[200_000_000]|};
        using var child = {|FORK003(big):Process.Start("git")|};
        GC.KeepAlive(big);
        """).Live("FORK003").Verify();

    [Fact]
    public Task Below_the_threshold_of_a_sharing_spawn() => ForkTest.Body("""
        var big = new byte[16_000_000];
        using var child = Process.Start("git");
        GC.KeepAlive(big);
        """).Verify();

    [Fact]
    public Task An_unbounded_read() => ForkTest.Body("""
        var all = {|#read:File.ReadAllBytes(args[0])|};
        {|FORK008(read):fork()|};
        GC.KeepAlive(all);
        """).Live("FORK008").Verify();

    [Fact]
    public Task An_unbounded_read_beside_a_sharing_spawn() => ForkTest.Body("""
        var all = File.ReadAllBytes(args[0]);
        Process.Start("git").WaitForExit();
        GC.KeepAlive(all);
        """).Verify();

    [Fact]
    public Task An_unknown_size() => ForkTest.Body("""
        var some = new byte[number];
        fork();
        GC.KeepAlive(some);
        """).Verify();
}
