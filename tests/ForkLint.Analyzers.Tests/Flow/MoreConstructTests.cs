namespace ForkLint.Flow;

/// <summary>Constructs that hold memory in their own ways.</summary>
public sealed class MoreConstructTests
{
    [Fact]
    public Task A_using_that_frees_around_the_spawn() => ForkTest.Body("""
        using var big = MemoryPool<byte>.Shared.Rent(200_000_000);
        {|FORK002:fork()|};
        """).Verify();

    [Fact]
    public Task A_struct_that_holds() => ForkTest.Body("""
        var pair = new Pair { Big = new byte[200_000_000] };
        var copy = pair;
        pair.Big = null;
        {|FORK001:fork()|};
        GC.KeepAlive(copy.Big);
        """, "struct Pair { public byte[] Big; public int Count; }").Verify();

    [Fact]
    public Task A_struct_that_let_go() => ForkTest.Body("""
        var pair = new Pair { Big = new byte[200_000_000] };
        pair.Big = null;
        GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork();
        GC.KeepAlive(pair.Count);
        """, "struct Pair { public byte[] Big; public int Count; }").Verify();

    [Fact]
    public Task A_struct_whose_method_lets_go() => ForkTest.Body("""
        var pair = new Pair { Big = new byte[200_000_000] };
        pair.Clear();
        Collect();
        fork();
        GC.KeepAlive(pair.Count);
        """, "struct Pair { public byte[] Big; public int Count; public void Clear() => Big = null; }").Verify();

    [Fact]
    public Task A_dictionary_entry() => ForkTest.Body("""
        var all = new Dictionary<string, byte[]> { ["big"] = new byte[200_000_000] };
        {|FORK001:fork()|};
        GC.KeepAlive(all["big"]);
        """).Verify();

    [Fact]
    public Task A_dictionary_entry_removed() => ForkTest.Body("""
        var all = new Dictionary<string, byte[]> { ["big"] = new byte[200_000_000] };
        all.Remove("big");
        GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork();
        GC.KeepAlive(all);
        """).Verify();

    [Fact]
    public Task A_parameter_assigned() => ForkTest.Code("""
        class C
        {
            static void Run(byte[] big)
            {
                big = new byte[200_000_000];
                {|FORK001:fork()|};
                GC.KeepAlive(big);
            }

            static void Passed(byte[] big)
            {
                fork();
                GC.KeepAlive(big);
            }
        }
        """).Verify();

    [Fact]
    public Task An_anonymous_object() => ForkTest.Body("""
        var pair = new { Big = new byte[200_000_000], Count = 1 };
        {|FORK001:fork()|};
        GC.KeepAlive(pair.Big);
        """).Verify();

    [Fact]
    public Task A_returned_allocation_is_used() => ForkTest.Code("""
        class C
        {
            static byte[] Run()
            {
                var big = new byte[200_000_000];
                {|FORK001:fork()|};
                return big;
            }
        }
        """).Verify();

    [Fact]
    public Task A_null_coalescing_assignment() => ForkTest.Body("""
        byte[] big = flag ? new byte[1] : null;
        big ??= new byte[200_000_000];
        {|FORK001:fork()|};
        GC.KeepAlive(big);
        """).Verify();

    [Fact]
    public Task A_swap_of_two_names() => ForkTest.Body("""
        var big = new byte[200_000_000];
        var small = new byte[1];
        (big, small) = (small, big);
        small = null;
        GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork();
        GC.KeepAlive(big);
        """).Verify();

    [Fact]
    public Task Top_level_statements() => ForkTest.Code("""
        var big = new byte[200_000_000];
        {|FORK001:fork()|};
        GC.KeepAlive(big);
        """).Message("FORK001", "Main → libc fork").Verify();

    [Fact]
    public Task A_lambda_in_a_try_block() => ForkTest.Body("""
        try
        {
            Action exec = () =>
            {
                var big = new byte[200_000_000];
                {|FORK002:fork()|};
            };
            exec();
        }
        finally
        {
            Console.WriteLine();
        }
        """).Verify();

    [Fact]
    public Task An_option_of_the_spawns_file() => ForkTest.Body("""
        var big = new byte[2_000_000];
        fork();
        GC.KeepAlive(big);
        """).Option("forklint.fork_threshold", "4 MiB").Verify();
}
