namespace ForkLint.Flow;

/// <summary>Large elements of a collection: it holds at least their sum, and as many of one allocation as a constant loop adds.</summary>
public sealed class CollectedElementsTests
{
    [Fact]
    public Task Large_elements_are_one_finding_of_their_sum() => ForkTest.Body("""
        var all = new List<byte[]>();
        all.Add({|#one:new byte[20_000_000]|});
        all.Add({|#two:new byte[30_000_000]|});
        {|FORK001(one, two):fork()|};
        GC.KeepAlive(all);
        """).Message("FORK001", "'all' (at least 50 MB)").Property("FORK001", "bytes", "50000000").Live("FORK001").Verify();

    [Fact]
    public Task Small_elements_are_never_added_up() => ForkTest.Body("""
        var all = new List<byte[]>();
        all.Add(new byte[900_000]);
        all.Add(new byte[900_000]);
        fork();
        GC.KeepAlive(all);
        """).Verify();

    [Fact]
    public Task The_large_one_of_two_elements() => ForkTest.Body("""
        var all = new List<byte[]>();
        all.Add(new byte[900_000]);
        all.Add(new byte[20_000_000]);
        {|FORK001:fork()|};
        GC.KeepAlive(all);
        """).Message("FORK001", "'all' (20 MB)").Verify();

    [Fact]
    public Task An_element_that_has_a_name_of_its_own() => ForkTest.Body("""
        var all = new List<byte[]>();
        var one = new byte[20_000_000];
        all.Add(one);
        all.Add(new byte[30_000_000]);
        {|FORK001+FORK001:fork()|};
        GC.KeepAlive(all);
        """).Message("FORK001", "'one' (20 MB)").Message("FORK001", "'all' (30 MB)").Verify();

    [Fact]
    public Task Of_a_choice_of_elements_only_one_is_there() => ForkTest.Body("""
        var all = new List<byte[]>();
        if (flag)
        {
            all.Add(new byte[20_000_000]);
        }
        else
        {
            all.Add(new byte[30_000_000]);
        }

        {|FORK001+FORK001:fork()|};
        GC.KeepAlive(all);
        """).NoMessage("50 MB").Verify();

    [Fact]
    public Task A_constant_loop_collects_as_many_as_it_runs() => ForkTest.Body("""
        var all = new List<byte[]>();
        for (var i = 0; i < 100; i++)
        {
            all.Add({|#one:new byte[500_000]|});
        }

        {|FORK001(one):fork()|};
        GC.KeepAlive(all);
        """).Message("FORK001", "'all' (at least 50 MB)").Verify();

    [Fact]
    public Task Many_small_ones() => ForkTest.Body("""
        const int Count = 50_000;
        var all = new Queue<byte[]>();
        for (var i = Count; i > 0; i -= 2)
        {
            all.Enqueue(new byte[400]);
        }

        {|FORK002:fork()|};
        """).Message("FORK002", "'all' (at least 10 MB)").Verify();

    [Fact]
    public Task An_array_filled_by_its_index() => ForkTest.Body("""
        var all = new byte[10][];
        for (var i = 0; i < all.Length; i++)
        {
            all[i] = new byte[1_000_000];
        }

        {|FORK001:fork()|};
        GC.KeepAlive(all);
        """).Message("FORK001", "at least 10 MB").Verify();

    [Fact]
    public Task A_dictionary_filled_in_nested_loops() => ForkTest.Body("""
        var all = new Dictionary<int, byte[]>();
        for (var i = 0; i < 10; i++)
        {
            foreach (var j in Enumerable.Range(0, 20))
            {
                var block = new byte[100_000];
                all.Add((i * 20) + j, block);
            }
        }

        {|FORK001:fork()|};
        GC.KeepAlive(all);
        """).Message("FORK001", "'all' (at least 20 MB)").Verify();

    [Fact]
    public Task A_helper_collects_as_many_as_it_is_told() => ForkTest.Body("""
        var all = Fill(100);
        {|FORK001:fork()|};
        GC.KeepAlive(all);
        """, """
        static List<byte[]> Fill(int count)
        {
            var all = new List<byte[]>();
            for (var i = 0; i < count; i++)
            {
                all.Add(new byte[500_000]);
            }

            return all;
        }
        """).Message("FORK001", "at least 50 MB").AtCompilationEnd("FORK001").Verify();

    [Fact]
    public Task A_helper_called_in_a_loop() => ForkTest.Body("""
        var all = new List<byte[]>();
        for (var i = 0; i < 100; i++)
        {
            all.Add(Make(500_000));
        }

        {|FORK001:fork()|};
        GC.KeepAlive(all);
        """, "static byte[] Make(int length) => new byte[length];").Message("FORK001", "at least 50 MB").Verify();

    [Fact]
    public Task What_is_not_collected_counts_once() => ForkTest.Body("""
        byte[] last = null;
        for (var i = 0; i < 100; i++)
        {
            last = new byte[500_000];
        }

        fork();
        GC.KeepAlive(last);
        """).Verify();

    [Fact]
    public Task A_bound_that_nobody_knows_counts_once() => ForkTest.Body("""
        var all = new List<byte[]>();
        for (var i = 0; i < number; i++)
        {
            all.Add(new byte[500_000]);
        }

        fork();
        GC.KeepAlive(all);
        """).Verify();

    [Theory]
    [InlineData("if (flag) { all.Add(new byte[500_000]); }")]
    [InlineData("all.Add(new byte[500_000]); if (flag) { break; }")]
    [InlineData("if (flag) { continue; } all.Add(new byte[500_000]);")]
    [InlineData("all.Clear(); all.Add(new byte[500_000]);")]
    [InlineData("all.Add(new byte[500_000]); if (all.Count > 1) { all.RemoveAt(0); }")]
    [InlineData("all = new List<byte[]>(); all.Add(new byte[500_000]);")]
    [InlineData("all[0] = new byte[500_000];")]
    [InlineData("all[number] = new byte[500_000];")]
    [InlineData("all[i % 2] = new byte[500_000];")]
    [InlineData("all.Add(new byte[500_000]); i += 50;")]
    public Task What_a_loop_may_not_collect_each_time_counts_once(string body) => ForkTest.Body($$"""
        var all = new List<byte[]> { null, null };
        for (var i = 0; i < 100; i++)
        {
            {{body}}
        }

        fork();
        GC.KeepAlive(all);
        """).Verify();

    [Fact]
    public Task What_was_collected_and_cleared_counts_once() => ForkTest.Body("""
        var all = new List<byte[]>();
        byte[] last = null;
        for (var i = 0; i < 100; i++)
        {
            last = new byte[500_000];
            all.Add(last);
        }

        all.Clear();
        fork();
        GC.KeepAlive(last);
        """).Verify();

    [Fact]
    public Task A_field_that_a_loop_fills() => ForkTest.Code("""
        static class Cache
        {
            public static readonly List<byte[]> {|FORK005:Blocks|} = new();
            public static void Load()
            {
                for (var i = 0; i < 100; i++)
                {
                    Blocks.Add(new byte[500_000]);
                }
            }
        }
        class C { static void Run() => fork(); }
        """).Message("FORK005", "'Cache.Blocks' (at least 50 MB)").Verify();

    [Fact]
    public Task A_field_with_two_large_elements() => ForkTest.Code("""
        static class Cache
        {
            public static List<byte[]> {|FORK005:Blocks|};
            public static void Load()
            {
                Blocks = new List<byte[]>();
                Blocks.Add(new byte[20_000_000]);
                Blocks.Add(new byte[30_000_000]);
            }
        }
        class C { static void Run() => fork(); }
        """).Message("FORK005", "'Cache.Blocks' (at least 50 MB)").Verify();

    [Fact]
    public Task A_field_with_small_elements() => ForkTest.Code("""
        static class Cache
        {
            public static readonly List<byte[]> Blocks = new();
            public static void Load(string[] names)
            {
                Blocks.Add(new byte[500_000]);
                foreach (var name in names) { Blocks.Add(new byte[600_000]); }
            }
        }
        class C { static void Run() => fork(); }
        """).Verify();
}
