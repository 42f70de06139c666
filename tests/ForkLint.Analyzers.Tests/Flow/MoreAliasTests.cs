namespace ForkLint.Flow;

/// <summary>Views of memory keep it as the memory's own name does; what only looked at it does not.</summary>
public sealed class MoreAliasTests
{
    private const string Collect = "GC.Collect(2, GCCollectionMode.Aggressive, true, true);";

    private const string Members = """
        static void Fill(ref byte[] data) => data = new byte[200_000_000];
        static void Small(out byte[] data) => data = new byte[20];
        static void Read(in byte[] data) => Console.WriteLine(data.Length);
        struct Holder { public byte[] Data; }
        """;

    [Theory]
    [InlineData("var view = big.AsMemory();", "view.Span[0] = 1;")]
    [InlineData("var view = big.AsSpan(1).Slice(2);", "view[0] = 1;")]
    [InlineData("ReadOnlySpan<byte> view = big;", "_ = view[0];")]
    [InlineData("ReadOnlyMemory<byte> view = new Memory<byte>(big)[1..];", "_ = view.Length;")]
    [InlineData("var view = big.AsSpan()[..^1];", "view.Clear();")]
    [InlineData("var view = new ArraySegment<byte>(big, 0, 10);", "_ = view[0];")]
    [InlineData("var view = new MemoryStream(big);", "view.ReadByte();")]
    [InlineData("var view = new BinaryReader(new MemoryStream(big));", "view.ReadByte();")]
    [InlineData("ref var view = ref big[0];", "view = 1;")]
    [InlineData("System.Collections.IEnumerable view = big;", "foreach (var one in view) { }")]
    [InlineData("dynamic view = big;", "GC.KeepAlive(view);")]
    [InlineData("var view = (object)big as Array;", "_ = view.Length;")]
    [InlineData("var view = (big, 1);", "GC.KeepAlive(view.big);")]
    [InlineData("var view = new Holder { Data = big };", "_ = view.Data.Length;")]
    [InlineData("var view = new { big };", "Console.WriteLine(view.ToString());")]
    [InlineData("byte[][] view = [big];", "_ = view[0][0];")]
    [InlineData("var view = new[] { big };", "GC.KeepAlive(view);")]
    [InlineData("var view = Task.FromResult(big);", "_ = view.Result[0];")]
    [InlineData("var view = big.Where(one => one > 0);", "_ = view.Count();")]
    public Task A_view_of_it(string view, string use) => ForkTest.Body($$"""
        var big = {|#big:new byte[200_000_000]|};
        {{view}}
        big = null;
        {{Collect}}
        {|FORK001(big):fork()|};
        {{use}}
        """, Members).Verify();

    [Theory]
    [InlineData("var view = big.Length;")]
    [InlineData("var view = big[0];")]
    [InlineData("var view = big.AsSpan().IndexOf((byte)1);")]
    [InlineData("var view = Convert.ToBase64String(big, 0, 10);")]
    [InlineData("var view = big.GetType();")]
    [InlineData("var view = big.Sum(one => one);")]
    [InlineData("var view = big is null;")]
    [InlineData("var view = Encoding.UTF8.GetString(big, 0, 10);")]
    [InlineData("var view = new WeakReference(big);")]
    [InlineData("var view = big.Take(3).ToArray();")]
    [InlineData("Read(in big); var view = 1;")]
    [InlineData("Small(out big); var view = big;")]
    public Task Something_that_was_read_from_it(string view) => ForkTest.Body($$"""
        var big = new byte[200_000_000];
        {{view}}
        big = null;
        {{Collect}}
        fork();
        Console.WriteLine(view.ToString());
        """, Members).Verify();

    [Fact]
    public Task A_helper_fills_a_ref() => ForkTest.Body("""
        byte[] big = null;
        Fill(ref big);
        {|FORK001:fork()|};
        GC.KeepAlive(big);
        """, Members).Verify();

    [Fact]
    public Task A_pinned_pointer_and_its_array() => ForkTest.Body("""
        fixed (byte* pointer = new byte[200_000_000])
        {
            {|FORK001:fork()|};
            *pointer = 1;
        }
        """).Verify();

    [Fact]
    public Task A_pointer_that_is_written_through() => ForkTest.Body("""
        var big = (byte*)NativeMemory.Alloc(200_000_000);
        {|FORK001:fork()|};
        *big = 1;
        NativeMemory.Free(big);
        """).Verify();

    [Fact]
    public Task A_pinned_pointer_whose_statement_has_ended() => ForkTest.Body("""
        fixed (byte* pointer = new byte[200_000_000])
        {
            *pointer = 1;
        }

        GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork();
        """).Verify();

    [Fact]
    public Task A_handle_holds_until_it_is_freed() => ForkTest.Body("""
        var handle = GCHandle.Alloc(new byte[200_000_000]);
        {|FORK001:fork()|};
        Console.WriteLine(handle.AddrOfPinnedObject());
        handle.Free();
        """).Verify();

    [Fact]
    public Task A_local_function_uses_a_captured_variable_after_the_spawn() => ForkTest.Body("""
        var big = new byte[200_000_000];
        {|FORK001:fork()|};
        Use();
        void Use() => GC.KeepAlive(big);
        """).Live("FORK001").Verify();

    [Fact]
    public Task A_local_function_that_used_a_captured_variable_before() => ForkTest.Body("""
        var big = new byte[200_000_000];
        Use();
        big = null;
        GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork();
        void Use() => GC.KeepAlive(big);
        """).Verify();

    [Fact]
    public Task A_lambda_that_lets_go_of_a_captured_variable() => ForkTest.Body("""
        var big = new byte[200_000_000];
        Action drop = () => big = null;
        drop();
        GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork();
        """).Verify();

    [Fact]
    public Task A_delegate_that_captured_it_is_dropped_with_it() => ForkTest.Body("""
        {
            var big = new byte[200_000_000];
            Action use = () => GC.KeepAlive(big);
            use();
        }

        GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork();
        """).Verify();
}
