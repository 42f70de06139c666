namespace ForkLint.Flow;

/// <summary>What else refers to the same memory, and what else keeps it.</summary>
public sealed class AliasTests
{
    [Fact]
    public Task Another_name_holds() => ForkTest.Body("""
        var big = new byte[200_000_000];
        var alias = big;
        big = null;
        Native.Collect();
        {|FORK001:fork()|};
        GC.KeepAlive(alias);
        """).Live("FORK001").Verify();

    [Fact]
    public Task Another_name_let_go_as_well() => ForkTest.Body("""
        var big = new byte[200_000_000];
        var alias = big;
        big = null;
        alias = null;
        GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork();
        """).Verify();

    [Fact]
    public Task A_conversion() => ForkTest.Body("""
        object big = new byte[200_000_000];
        var alias = (byte[])big;
        big = null;
        {|FORK001:fork()|};
        GC.KeepAlive(alias);
        """).Verify();

    [Fact]
    public Task A_pattern_variable() => ForkTest.Body("""
        object big = new byte[200_000_000];
        if (big is byte[] { Length: > 0 } bytes)
        {
            big = null;
            {|FORK001:fork()|};
            GC.KeepAlive(bytes);
        }
        """).Verify();

    [Fact]
    public Task A_pattern_variable_of_something_else() => ForkTest.Body("""
        object other = args;
        if (other is string[] { Length: > 0 } bytes)
        {
            fork();
            GC.KeepAlive(bytes);
        }
        """).Verify();

    [Fact]
    public Task A_span() => ForkTest.Body("""
        Span<byte> big = new byte[200_000_000];
        {|FORK001:fork()|};
        big[0] = 1;
        """).Verify();

    [Fact]
    public Task A_span_of_the_stack() => ForkTest.Body("""
        Span<byte> small = stackalloc byte[100];
        fork();
        small[0] = 1;
        """).Verify();

    [Fact]
    public Task A_ref_local() => ForkTest.Body("""
        byte[] big = null;
        ref var alias = ref big;
        alias = new byte[200_000_000];
        {|FORK001:fork()|};
        GC.KeepAlive(big);
        """).Verify();

    [Fact]
    public Task A_ref_local_that_lets_go() => ForkTest.Body("""
        var big = new byte[200_000_000];
        ref var alias = ref big;
        alias = null;
        GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork();
        """).Verify();

    [Fact]
    public Task A_tuple() => ForkTest.Body("""
        var pair = (Big: new byte[200_000_000], Count: 1);
        {|FORK001:fork()|};
        GC.KeepAlive(pair.Big);
        """).Message("FORK001", "'pair.Item1'").Verify();

    [Fact]
    public Task A_tuple_emptied() => ForkTest.Body("""
        var pair = (Big: new byte[200_000_000], Count: 1);
        pair.Big = null;
        GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork();
        GC.KeepAlive(pair.Count);
        """).Verify();

    [Fact]
    public Task A_deconstruction() => ForkTest.Body("""
        var (big, small) = (new byte[200_000_000], new byte[1]);
        {|FORK001:fork()|};
        GC.KeepAlive(big);
        """).Verify();

    [Fact]
    public Task A_deconstruction_that_keeps_the_small_part() => ForkTest.Body("""
        var (_, small) = (new byte[2], new byte[1]);
        fork();
        GC.KeepAlive(small);
        """).Verify();

    [Fact]
    public Task Conditional_access() => ForkTest.Body("""
        var big = flag ? new byte[200_000_000] : null;
        {|FORK001:fork()|};
        var length = big?.Length;
        GC.KeepAlive(length);
        """).Verify();

    [Fact]
    public Task Conditional_release() => ForkTest.Body("""
        var big = flag ? new Block(200_000_000) : null;
        big?.Dispose();
        fork();
        """, Block).Verify();

    [Fact]
    public Task A_members_object() => ForkTest.Body("""
        var box = new Box();
        box.Data = new byte[200_000_000];
        {|FORK001:fork()|};
        GC.KeepAlive(box);
        """, Box).Message("FORK001", "'box'").Verify();

    [Fact]
    public Task A_members_object_emptied() => ForkTest.Body("""
        var box = new Box();
        box.Data = new byte[200_000_000];
        box.Data = null;
        GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork();
        GC.KeepAlive(box);
        """, Box).Verify();

    [Fact]
    public Task An_object_initializer() => ForkTest.Body("""
        var box = new Box { Data = new byte[200_000_000] };
        {|FORK002:fork()|};
        """, Box).Verify();

    [Fact]
    public Task An_array_element() => ForkTest.Body("""
        var all = new byte[2][];
        all[1] = new byte[200_000_000];
        {|FORK001:fork()|};
        GC.KeepAlive(all);
        """).Verify();

    [Fact]
    public Task An_array_element_emptied() => ForkTest.Body("""
        var all = new byte[2][];
        all[1] = new byte[200_000_000];
        all[1] = null;
        GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork();
        GC.KeepAlive(all);
        """).Verify();

    [Fact]
    public Task A_lists_element() => ForkTest.Body("""
        var all = new List<byte[]>();
        all.Add(new byte[200_000_000]);
        {|FORK001:fork()|};
        GC.KeepAlive(all);
        """).Verify();

    [Fact]
    public Task A_list_cleared() => ForkTest.Body("""
        var all = new List<byte[]>();
        all.Add(new byte[200_000_000]);
        all.Clear();
        GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork();
        GC.KeepAlive(all);
        """).Verify();

    [Fact]
    public Task A_collection_expression() => ForkTest.Body("""
        List<byte[]> all = [new byte[200_000_000], new byte[1]];
        {|FORK001:fork()|};
        GC.KeepAlive(all);
        """).Verify();

    [Fact]
    public Task A_collection_expression_of_small_parts() => ForkTest.Body("""
        List<byte[]> all = [new byte[200], new byte[1]];
        fork();
        GC.KeepAlive(all);
        """).Verify();

    [Fact]
    public Task A_weak_reference_holds_nothing() => ForkTest.Body("""
        var weak = new WeakReference<byte[]>(new byte[200_000_000]);
        GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork();
        GC.KeepAlive(weak);
        """).Verify();

    private const string Box = "sealed class Box { public byte[] Data; }";

    private const string Block = """
        sealed unsafe class Block : IDisposable
        {
            private void* _block;
            public Block(nuint length) => _block = NativeMemory.Alloc(length);
            public void Dispose() { NativeMemory.Free(_block); _block = null; }
        }
        """;
}
