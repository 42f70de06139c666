namespace ForkLint.Flow;

/// <summary>Lambdas, local functions, iterators and lazy factories do what they do where they run, not where they stand.</summary>
public sealed class DeferredCodeTests
{
    [Fact]
    public Task A_lambda_that_spawns_where_it_is_called() => ForkTest.Body("""
        Action exec = () => fork();
        var big = new byte[200_000_000];
        {|FORK001:exec()|};
        GC.KeepAlive(big);
        """).Live("FORK001").Message("FORK001", "Run → lambda → libc fork").Verify();

    [Fact]
    public Task A_lambda_that_is_never_called() => ForkTest.Body("""
        var big = new byte[200_000_000];
        Action exec = () => fork();
        GC.KeepAlive(big);
        """).Verify();

    [Fact]
    public Task A_lambda_that_calls_itself_through_its_variable() => ForkTest.Body("""
        Action<int> exec = null;
        exec = count => { if (count > 0) { exec(count - 1); } else { fork(); } };
        var big = new byte[200_000_000];
        {|FORK001:exec(number)|};
        GC.KeepAlive(big);
        """).Verify();

    [Fact]
    public Task Lambdas_that_call_each_other() => ForkTest.Body("""
        Action even = null, odd = null, last = null;
        even = () => { odd(); last(); };
        odd = () => { even(); last(); };
        last = () => { even(); odd(); last(); };
        var big = new byte[200_000_000];
        last += even;
        last();
        {|FORK001:fork()|};
        GC.KeepAlive(big);
        """).Verify();

    [Fact]
    public Task Delegates_of_fields_that_call_each_other() => ForkTest.Code("""
        class C
        {
            static Func<byte[]> s_one = () => s_two(), s_two = () => s_one() ?? s_three();
            static Func<byte[]> s_three = () => { fork(); return s_two() ?? s_one(); };

            static void Run()
            {
                s_one = () => s_two() ?? s_one();
                s_two = () => s_three() ?? s_one();
                s_three = () => s_one() ?? s_two() ?? s_three();
                var big = new byte[200_000_000];
                s_one();
                GC.KeepAlive(big);
            }
        }
        """).Verify();

    [Fact]
    public Task A_local_function_that_spawns() => ForkTest.Body("""
        var big = new byte[200_000_000];
        {|FORK001:Exec()|};
        GC.KeepAlive(big);
        void Exec() => fork();
        """).Live("FORK001").Verify();

    [Fact]
    public Task A_local_function_that_lets_go_of_a_captured_variable() => ForkTest.Body("""
        var big = new byte[200_000_000];
        Drop();
        fork();
        void Drop()
        {
            big = null;
            GC.Collect(2, GCCollectionMode.Aggressive, true, true);
        }
        """).Verify();

    [Fact]
    public Task A_captured_variable_is_used_by_a_delegate_that_may_still_run() => ForkTest.Body("""
        var big = new byte[200_000_000];
        Console.CancelKeyPress += (_, _) => GC.KeepAlive(big);
        {|FORK001:fork()|};
        """).Verify();

    [Fact]
    public Task A_captured_variable_whose_delegate_has_run() => ForkTest.Body("""
        var big = new byte[200_000_000];
        args.ToList().ForEach(arg => GC.KeepAlive(big));
        {|FORK002:fork()|};
        """).Verify();

    [Fact]
    public Task A_captured_variable_is_used_by_a_delegate_that_runs_later() => ForkTest.Body("""
        var big = new byte[200_000_000];
        Action use = () => GC.KeepAlive(big);
        {|FORK001:fork()|};
        use();
        """).Verify();

    [Fact]
    public Task Run_in_place() => ForkTest.Async("""
        var big = new byte[200_000_000];
        await {|FORK001:Task.Run(() => fork())|};
        GC.KeepAlive(big);
        """).Verify();

    [Fact]
    public Task Allocated_by_a_task() => ForkTest.Async("""
        var big = await Task.Run(() => new byte[200_000_000]);
        {|FORK001:fork()|};
        GC.KeepAlive(big);
        """).Verify();

    [Fact]
    public Task An_async_helper() => ForkTest.Async("""
        var big = await Load();
        {|FORK001:fork()|};
        GC.KeepAlive(big);
        """, "static async Task<byte[]> Load() { await Task.Yield(); return new byte[200_000_000]; }").Verify();

    [Fact]
    public Task An_async_helper_that_keeps_nothing() => ForkTest.Async("""
        var length = await Load();
        Collect();
        fork();
        GC.KeepAlive(length);
        """, "static async Task<int> Load() { await Task.Yield(); return new byte[200_000_000].Length; }").Verify();

    [Fact]
    public Task An_iterator_spawns_where_it_is_enumerated() => ForkTest.Body("""
        var steps = Steps();
        var big = new byte[200_000_000];
        foreach (var step in {|FORK001:steps|})
        {
            Console.WriteLine(step);
        }

        GC.KeepAlive(big);
        """, "static IEnumerable<int> Steps() { yield return fork(); }").Verify();

    [Fact]
    public Task An_iterator_that_is_not_enumerated() => ForkTest.Body("""
        var big = new byte[200_000_000];
        var steps = Steps();
        GC.KeepAlive(big);
        """, "static IEnumerable<int> Steps() { yield return fork(); }").Verify();

    [Fact]
    public Task An_iterator_yields_what_it_allocates() => ForkTest.Body("""
        foreach (var big in Parts())
        {
            {|FORK001:fork()|};
            GC.KeepAlive(big);
        }
        """, "static IEnumerable<byte[]> Parts() { yield return new byte[200_000_000]; }").Verify();

    [Fact]
    public Task A_lazy_value_where_it_is_forced() => ForkTest.Body("""
        var lazy = new Lazy<byte[]>(() => new byte[200_000_000]);
        fork();
        var big = lazy.Value;
        {|FORK001:fork()|};
        GC.KeepAlive(big);
        """).Verify();

    [Fact]
    public Task An_expression_tree_does_nothing() => ForkTest.Body("""
        var big = new byte[200_000_000];
        System.Linq.Expressions.Expression<Func<int>> tree = () => fork();
        GC.KeepAlive(big);
        GC.KeepAlive(tree);
        """).Verify();

    [Fact]
    public Task Nameof_and_a_method_group_do_nothing() => ForkTest.Body("""
        var big = new byte[200_000_000];
        Func<int> group = fork;
        Console.WriteLine(nameof(fork));
        GC.KeepAlive(big);
        """).Verify();

    [Fact]
    public Task A_delegate_passed_to_a_helper_that_runs_it() => ForkTest.Body("""
        var big = new byte[200_000_000];
        {|FORK001:Twice(() => fork())|};
        GC.KeepAlive(big);
        """, "static void Twice(Action action) { action(); action(); }").Verify();

    [Fact]
    public Task Used_across_an_await() => ForkTest.Async("""
        var big = new byte[200_000_000];
        {|FORK001:fork()|};
        await Task.Delay(1);
        GC.KeepAlive(big);
        """).Verify();
}
