namespace ForkLint.Flow;

/// <summary>Use, hold and release are judged along control flow, never by text order.</summary>
public sealed class BranchingTests
{
    [Fact]
    public Task Used_after() => ForkTest.Body("""
        var big = {|#big:new byte[200_000_000]|};
        {|FORK001(big):fork()|};
        GC.KeepAlive(big);
        """).Live("FORK001").Message("FORK001", "'big' (200 MB)").Message("FORK001", "Run → libc fork")
        .Property("FORK001", "bytes", "200000000").Property("FORK001", "spawnKind", "duplicates").Property("FORK001", "callPath", "Run → libc fork")
        .Property("FORK001", "holder", "big").Verify();

    [Fact]
    public Task Held_and_not_used_after() => ForkTest.Body("""
        var big = {|#big:new byte[200_000_000]|};
        GC.KeepAlive(big);
        {|FORK002(big):fork()|};
        """).Live("FORK002").Message("FORK002", "may be held").Verify();

    [Fact]
    public Task Allocated_after() => ForkTest.Body("""
        fork();
        var big = new byte[200_000_000];
        GC.KeepAlive(big);
        """).Verify();

    [Fact]
    public Task Small() => ForkTest.Body("""
        var small = new byte[1_048_575];
        fork();
        GC.KeepAlive(small);
        """).Verify();

    [Fact]
    public Task The_threshold_itself() => ForkTest.Body("""
        var big = new byte[1_048_576];
        {|FORK001:fork()|};
        GC.KeepAlive(big);
        """).Verify();

    [Fact]
    public Task Dropped_without_a_collection() => ForkTest.Body("""
        var big = {|#big:new byte[200_000_000]|};
        GC.KeepAlive(big);
        big = null;
        {|FORK006(big):fork()|};
        """).Live("FORK006").Message("FORK006", "GCCollectionMode.Aggressive").Verify();

    [Fact]
    public Task Dropped_and_collected() => ForkTest.Body("""
        var big = new byte[200_000_000];
        GC.KeepAlive(big);
        big = null;
        GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork();
        """).Verify();

    [Fact]
    public Task A_plain_collection_changes_nothing() => ForkTest.Body("""
        var big = new byte[200_000_000];
        big = null;
        GC.Collect();
        {|FORK006:fork()|};
        """).Verify();

    [Fact]
    public Task Held_on_one_branch() => ForkTest.Body("""
        byte[] big = null;
        if (flag)
        {
            big = new byte[200_000_000];
        }

        {|FORK002:fork()|};
        """).Verify();

    [Fact]
    public Task Released_on_every_branch() => ForkTest.Body("""
        var big = new byte[200_000_000];
        if (flag)
        {
            big = null;
        }
        else
        {
            big = Array.Empty<byte>();
        }

        GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork();
        """).Verify();

    [Fact]
    public Task Made_and_forked_on_different_branches() => ForkTest.Body("""
        if (flag)
        {
            var big = new byte[200_000_000];
            GC.KeepAlive(big);
        }
        else
        {
            fork();
        }
        """).Verify();

    [Fact]
    public Task Where_it_is_null_it_is_not_held() => ForkTest.Body("""
        byte[] big = null;
        if (flag)
        {
            big = new byte[200_000_000];
        }

        if (big == null)
        {
            fork();
        }
        """).Verify();

    [Fact]
    public Task Used_in_the_childs_branch() => ForkTest.Body("""
        var big = new byte[200_000_000];
        if ({|FORK001:fork()|} == 0)
        {
            GC.KeepAlive(big);
            _exit(0);
        }
        """).Verify();

    [Fact]
    public Task A_switch_expression_that_chooses() => ForkTest.Body("""
        var big = number switch { 0 => new byte[200_000_000], 1 => new byte[10], _ => null };
        {|FORK001:fork()|};
        GC.KeepAlive(big);
        """).Verify();

    [Fact]
    public Task A_switch_expression_that_reads_and_forgets() => ForkTest.Body("""
        var length = number switch { 0 => new byte[10].Length, _ => 5 };
        fork();
        GC.KeepAlive(length);
        """).Verify();

    [Fact]
    public Task A_conditional_expression() => ForkTest.Body("""
        var big = flag ? {|#big:new byte[200_000_000]|} : null;
        {|FORK002(big):fork()|};
        """).Verify();

    [Fact]
    public Task Used_in_a_later_round() => ForkTest.Body("""
        var big = new byte[200_000_000];
        foreach (var arg in args)
        {
            GC.KeepAlive(big);
            {|FORK001:fork()|};
        }
        """).Verify();

    [Fact]
    public Task Held_from_an_earlier_round() => ForkTest.Body("""
        byte[] big = null;
        for (var i = 0; i < 2; i++)
        {
            {|FORK002:fork()|};
            big = new byte[200_000_000];
        }
        """).Verify();

    [Fact]
    public Task Made_anew_and_let_go_in_each_round() => ForkTest.Body("""
        while (flag)
        {
            {
                var big = new byte[200_000_000];
                GC.KeepAlive(big);
            }

            Native.Collect();
            fork();
        }
        """).Verify();

    [Fact]
    public Task Goto_back_to_a_use() => ForkTest.Body("""
        var big = new byte[200_000_000];
        again:
        GC.KeepAlive(big);
        {|FORK001:fork()|};
        if (flag)
        {
            goto again;
        }
        """).Verify();

    [Fact]
    public Task Goto_past_the_fork() => ForkTest.Body("""
        byte[] big = null;
        if (flag)
        {
            big = new byte[200_000_000];
            goto done;
        }

        fork();
        done:
        GC.KeepAlive(big);
        """).Verify();

    [Fact]
    public Task Two_allocations_are_two_diagnostics() => ForkTest.Body("""
        var one = {|#one:new byte[200_000_000]|};
        var two = {|#two:new byte[100_000_000]|};
        {|FORK001(one)+FORK002(two):fork()|};
        GC.KeepAlive(one);
        """).Verify();

    [Fact]
    public Task Two_spawns_are_one_diagnostic() => ForkTest.Body("""
        var big = {|#big:new byte[200_000_000]|};
        {|FORK001(big, second):fork()|};
        {|#second:fork()|};
        GC.KeepAlive(big);
        """).Verify();

    [Fact]
    public Task A_duplicating_spawn_comes_before_a_sharing_one() => ForkTest.Body("""
        var big = {|#big:new byte[200_000_000]|};
        {|#start:Process.Start("git")|};
        {|FORK001(big, start):fork()|};
        GC.KeepAlive(big);
        """).Verify();
}
