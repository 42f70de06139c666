namespace ForkLint.Flow;

/// <summary>Statements that lead to a spawn, each with memory that is held on the way and with memory that is not.</summary>
public sealed class StatementTests
{
    private const string Collect = "GC.Collect(2, GCCollectionMode.Aggressive, true, true);";

    [Theory]
    [InlineData("switch (number) { case 0: big = null; break; default: GC.KeepAlive(big); break; }", true)]
    [InlineData("switch (number) { case 0: big = null; break; }", true)]
    [InlineData("switch (number) { case 0: big = null; break; default: big = null; break; }", false)]
    [InlineData("switch (number) { case 0: GC.KeepAlive(big); goto default; default: big = null; break; }", false)]
    [InlineData("switch (number) { case > 3 when flag: return; case < 2: return; } ", true)]
    [InlineData("switch (number) { default: return; }", false)]
    [InlineData("for (var i = 0; i < number; i++) { big = null; }", true)]
    [InlineData("do { big = null; } while (flag);", false)]
    [InlineData("while (flag) { big = null; }", true)]
    [InlineData("while (true) { if (flag) { big = null; break; } }", false)]
    [InlineData("foreach (var arg in args) { if (arg.Length == 0) { continue; } big = null; }", true)]
    [InlineData("lock (args) { GC.KeepAlive(big); }", true)]
    [InlineData("lock (args) { big = null; }", false)]
    [InlineData("checked { number++; } unchecked { number++; }", true)]
    [InlineData("if (flag) { return; } big = null;", false)]
    [InlineData("if (flag) { throw new InvalidOperationException(); } big = null;", false)]
    [InlineData("if (flag) { goto done; } big = null; done: ;", true)]
    [InlineData("goto drop; back: goto done; drop: big = null; goto back; done: ;", false)]
    [InlineData("big = flag ? null : Array.Empty<byte>();", false)]
    [InlineData("big = flag ? big : null;", true)]
    [InlineData("big = number switch { 0 => big, _ => null };", true)]
    [InlineData("big = number switch { 0 => args.Length > 1 ? null : null, _ => null };", false)]
    [InlineData("big = flag ? throw new InvalidOperationException() : null;", false)]
    [InlineData("_ = big = null;", false)]
    [InlineData("if (!flag || (big = null) is null) { }", true)]
    [InlineData("if (flag && number > 0) { big = null; } else { big = null; }", false)]
    public async Task What_comes_between(string between, bool isHeld)
    {
        await ForkTest.Body($"var big = new byte[200_000_000]; {between} {Collect} {(isHeld ? "{|FORK002:fork()|}" : "fork()")};").Verify();
        if (isHeld)
        {
            await ForkTest.Body($"var big = new byte[200_000_000]; {between} {Collect} {{|FORK001:fork()|}}; GC.KeepAlive(big);").Verify();
        }
    }

    [Fact]
    public Task A_switch_statement_whose_sections_spawn() => ForkTest.Body("""
        var big = new byte[200_000_000];
        switch (number)
        {
            case 0:
                big = null;
                GC.Collect(2, GCCollectionMode.Aggressive, true, true);
                fork();
                break;
            case 1:
                {|FORK001:fork()|};
                goto case 2;
            case 2:
                GC.KeepAlive(big);
                break;
        }
        """).Verify();

    [Theory]
    [InlineData("big = null;")]
    [InlineData("big = new byte[10];")]
    [InlineData("big = default;")]
    public Task An_overwrite_after_the_spawn_is_no_use(string after) => ForkTest.Body($$"""
        var big = new byte[200_000_000];
        {|FORK002:fork()|};
        {{after}}
        """).Verify();

    [Theory]
    [InlineData("var big = ArrayPool<byte>.Shared.Rent(200_000_000);", "ArrayPool<byte>.Shared.Return(big);")]
    [InlineData("var big = MemoryPool<byte>.Shared.Rent(200_000_000);", "big.Dispose();")]
    [InlineData("var big = new MemoryStream(200_000_000);", "big.Dispose();")]
    [InlineData("var big = Marshal.AllocHGlobal(200_000_000);", "Marshal.FreeHGlobal(big);")]
    [InlineData("var big = new List<byte[]> { new byte[200_000_000] };", "big.Clear();")]
    public Task A_release_after_the_spawn_is_no_use(string allocation, string release) =>
        ForkTest.Body($"{allocation} {{|FORK002:fork()|}}; {release}").Verify();

    [Theory]
    [InlineData("Console.WriteLine(big.Length);")]
    [InlineData("big[0] = 1;")]
    [InlineData("_ = big[^1];")]
    [InlineData("foreach (var one in big) { }")]
    [InlineData("Array.Sort(big);")]
    [InlineData("var copy = big.ToArray();")]
    [InlineData("Console.WriteLine($\"{big}\");")]
    [InlineData("fixed (byte* pointer = big) { *pointer = 1; }")]
    [InlineData("lock (big) { }")]
    [InlineData("if (big is [1, ..]) { return; }")]
    [InlineData("throw new InvalidOperationException(big.ToString());")]
    public Task A_read_after_the_spawn_is_a_use(string after) =>
        ForkTest.Body($"var big = new byte[200_000_000]; {{|FORK001:fork()|}}; {after}").Verify();

    [Fact]
    public Task Freed_on_some_paths_only() => ForkTest.Body("""
        var big = NativeMemory.Alloc(200_000_000);
        if (flag)
        {
            NativeMemory.Free(big);
        }

        {|FORK002:fork()|};
        """).Verify();

    [Fact]
    public Task A_list_of_values_keeps_its_array_when_it_is_cleared() => ForkTest.Body("""
        var big = new List<byte>(200_000_000);
        big.Clear();
        GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        {|FORK002:fork()|};
        """).Verify();

    [Fact]
    public Task The_shared_memory_pool_keeps_what_its_owner_disposed() => ForkTest.Body("""
        var big = MemoryPool<byte>.Shared.Rent(200_000_000);
        big.Dispose();
        GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        {|FORK006:fork()|};
        """).Message("FORK006", "pool").Verify();

    [Theory]
    [InlineData("Array.Resize(ref big, 200_000_000);", "{|FORK001:fork()|}", "GC.KeepAlive(big);")]
    [InlineData("Array.Resize(ref big, 10);", "fork()", "GC.KeepAlive(big);")]
    [InlineData("Array.Resize(ref big, number);", "fork()", "GC.KeepAlive(big);")]
    [InlineData("Array.Resize(ref big, 200_000_000); big = null;", "fork()", "")]
    public Task An_array_resized(string resize, string spawn, string after) =>
        ForkTest.Body($"var big = new byte[20]; {resize} {Collect} {spawn}; {after}").Verify();

    [Fact]
    public Task A_large_array_resized_to_a_small_one_is_dropped() => ForkTest.Body("""
        var big = new byte[200_000_000];
        Array.Resize(ref big, 10);
        {|FORK006:fork()|};
        GC.KeepAlive(big);
        """).Verify();

    [Fact]
    public Task A_large_array_resized_to_a_small_one_and_collected() => ForkTest.Body("""
        var big = new byte[200_000_000];
        Array.Resize(ref big, 10);
        GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        fork();
        GC.KeepAlive(big);
        """).Verify();

    [Fact]
    public Task A_large_array_resized_keeps_the_old_one_where_another_name_has_it() => ForkTest.Body("""
        var big = {|#big:new byte[200_000_000]|};
        var old = big;
        Array.Resize(ref big, 10);
        GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        {|FORK001(big):fork()|};
        GC.KeepAlive(old);
        """).Verify();
}
