using ForkLint.Flow;
using ForkLint.Verification;

namespace ForkLint.Rules;

/// <summary>An allocation is spoken of once: by one rule, while typing or by the build, at the spawns whose threshold it reaches.</summary>
public sealed class OneFindingTests
{
    private const string Spawns = """
        static class Spawns
        {
            public static void Fork() => Native.fork();
            public static void Start() => Process.Start("git");
            public static void Wait() => Process.Start("git").WaitForExit();
        }
        """;

    private static Lint With(string body) => ForkTest.Code(Spawns + $$"""
        class C
        {
            static byte[] Make(int length) => new byte[length];
            static void Run(string path) { {{body}} }
        }
        """);

    [Theory]
    [InlineData("FORK001", "fork()", "Spawns.Fork()", "GC.KeepAlive(big);")]
    [InlineData("FORK002", "fork()", "Spawns.Fork()", "")]
    [InlineData("FORK003", "Process.Start(\"git\")", "Spawns.Start()", "GC.KeepAlive(big);")]
    [InlineData("FORK006", "fork()", "Spawns.Fork()", "", "big = null;")]
    public async Task Live_in_one_body_and_at_the_end_through_a_helper(string rule, string spawn, string helper, string after, string before = "")
    {
        await With($"var big = new byte[200_000_000]; {before} {{|{rule}:{spawn}|}}; {after}").Live(rule).Verify();
        await With($"var big = new byte[200_000_000]; {before} {{|{rule}:{helper}|}}; {after}").AtCompilationEnd(rule).Verify();
        await With($"var big = Make(200_000_000); {before} {{|{rule}:{spawn}|}}; {after}").AtCompilationEnd(rule).Verify();
    }

    [Fact]
    public async Task Waiting_is_live_in_one_body_and_at_the_end_through_a_helper()
    {
        await With("var big = new byte[200_000_000]; {|FORK004:Process.Start(\"git\")|}.WaitForExit();").Live("FORK004").Verify();
        await With("var big = new byte[200_000_000]; {|FORK004:Spawns.Wait()|};").AtCompilationEnd("FORK004").Verify();
    }

    [Fact]
    public async Task An_unbounded_read_is_live_in_one_body_and_at_the_end_through_a_helper()
    {
        await With("var all = File.ReadAllText(path); {|FORK008:fork()|}; GC.KeepAlive(all);").Live("FORK008").Verify();
        await With("var all = File.ReadAllText(path); {|FORK008:Spawns.Fork()|}; GC.KeepAlive(all);").AtCompilationEnd("FORK008").Verify();
    }

    [Fact]
    public Task An_unbounded_read_that_was_dropped() =>
        With("var all = File.ReadAllText(path); all = null; fork();").Verify();

    [Fact]
    public Task What_a_helper_receives_is_judged_at_the_end() => ForkTest.Code("""
        class C
        {
            static void Use(byte[] data) => GC.KeepAlive(data);
            static void Run()
            {
                var big = new byte[200_000_000];
                {|FORK001:fork()|};
                Use(big);
            }
        }
        """).AtCompilationEnd("FORK001").Verify();

    [Fact]
    public Task A_spawn_under_its_own_threshold_is_not_counted() => ForkTest.Body("""
        var big = {|#big:new byte[2_000_000]|};
        Process.Start("git");
        {|FORK001(big):fork()|};
        Process.Start("git").WaitForExit();
        GC.KeepAlive(big);
        """).Property("FORK001", "spawnKind", "duplicates").Verify();

    [Fact]
    public Task A_spawn_under_its_own_threshold_alone() => ForkTest.Body("""
        var big = new byte[2_000_000];
        Process.Start("git").WaitForExit();
        GC.KeepAlive(big);
        """).Verify();

    [Fact]
    public Task The_threshold_is_that_of_the_spawns_file() => ForkTest.Code("""
        static class Cache { public static byte[] {|FORK005(low):Table|} = new byte[2_000_000]; }
        class C
        {
            static void Run()
            {
                var big = new byte[2_000_000];
                {|FORK001:Low.Spawn()|};
                High.Spawn();
                GC.KeepAlive(big);
            }
        }
        """).File("Low.cs", "static class Low { public static void Spawn() { {|#low:Native.fork()|}; } }")
        .File("High.cs", "static class High { public static void Spawn() => Native.fork(); }")
        .Option("forklint.fork_threshold", "4 MiB", "High.cs").Verify();

    [Theory]
    [InlineData("4KiB")]
    [InlineData("1")]
    public Task The_least_threshold_is_a_page(string threshold) => ForkTest.Body("""
        var page = new byte[4096];
        var less = new byte[4095];
        {|FORK001:fork()|};
        GC.KeepAlive(page);
        GC.KeepAlive(less);
        """).Option("forklint.fork_threshold", threshold).Message("FORK001", "'page'").Verify();

    [Fact]
    public Task A_sharing_spawn_that_comes_first_gives_neither_id_nor_place() => ForkTest.Body("""
        var big = {|#big:new byte[200_000_000]|};
        {|#one:Process.Start("git")|};
        {|FORK002(big, one):fork()|};
        """).Verify();

    [Fact]
    public Task Fork_from_managed_code_stands_beside() => Lint.CSharp("""
        class C
        {
            [DllImport("libc")] static extern int fork();
            static void Run()
            {
                var big = new byte[200_000_000];
                {|FORK001+FORK007:fork()|};
                GC.KeepAlive(big);
            }

            static void Small() { {|FORK007:fork()|}; }
        }
        """).Verify();

    [Fact]
    public Task Of_a_choice_a_variable_holds_one() => ForkTest.Body("""
        byte[] big;
        if (flag)
        {
            big = {|#one:new byte[200_000_000]|};
        }
        else
        {
            big = {|#two:new byte[300_000_000]|};
        }

        {|FORK001(one, two):fork()|};
        GC.KeepAlive(big);
        """).Message("FORK001", "'big' (at least 200 MB)").Verify();

    [Fact]
    public Task Of_a_choice_through_a_helper_a_variable_holds_one() => ForkTest.Body("""
        var all = Read(args[0], 3);
        {|FORK008(one, two):fork()|};
        GC.KeepAlive(all);
        """, """
        static string Read(string path, int tries)
        {
            for (var i = 0; i < tries; i++)
            {
                try
                {
                    return {|#one:File.ReadAllText(path)|};
                }
                catch (IOException)
                {
                    Thread.Sleep(10);
                }
            }

            return {|#two:File.ReadAllText(path)|};
        }
        """).Verify();

    [Fact]
    public Task All_that_an_object_read_is_one() => ForkTest.Code("""
        class Text(string path) { public string Data { get; } = {|#read:File.ReadAllText(path)|}; }
        class Texts { public Text One { get; } = new("one"); public Text Two { get; } = new("two"); }
        class C
        {
            static void Run()
            {
                var texts = new Texts();
                {|FORK008(read):fork()|};
                GC.KeepAlive(texts);
            }

            static void Pass() => Use(new Texts());
            static void Use(Texts texts)
            {
                fork();
                GC.KeepAlive(texts);
            }
        }
        """.Replace("=> Use(new Texts())", "=> {|FORK008(read):Use(new Texts())|}", StringComparison.Ordinal)).Verify();

    [Fact]
    public Task What_another_path_read_and_let_go_is_not_held() => ForkTest.Body("""
        var id = Cached(args[0]);
        if (string.IsNullOrWhiteSpace(id))
        {
            id = number.ToString();
            fork();
        }

        GC.KeepAlive(id);
        """, """
        static void Choose(string path) => GC.KeepAlive(Cached(path) ?? fork().ToString());

        static string Cached(string path)
        {
            try
            {
                var text = File.ReadAllText(path);
                return text.Length > 5 ? text : null;
            }
            catch (IOException)
            {
                return null;
            }
        }
        """).Verify();

    [Fact]
    public Task What_an_operand_holds_until_the_call_is_held() => ForkTest.Body("""
        GC.KeepAlive(string.Concat(new string('x', 200_000_000), {|FORK001:fork()|}));
        GC.KeepAlive((flag ? new byte[200_000_000] : null, {|FORK001:fork()|}));
        foreach (var item in new byte[200_000_000])
        {
            {|FORK001:fork()|};
        }
        """).Verify();

    [Fact]
    public Task Of_a_choice_that_another_variable_holds_too_both_are_there() => ForkTest.Body("""
        var one = new byte[200_000_000];
        var either = flag ? one : new byte[300_000_000];
        {|FORK001+FORK001:fork()|};
        GC.KeepAlive(one);
        GC.KeepAlive(either);
        """).Verify();

    [Fact]
    public Task What_a_field_holds_is_spoken_of_at_the_field_alone() => ForkTest.Code("""
        class C
        {
            private static byte[] {|FORK005:s_table|};
            static void Run()
            {
                s_table = new byte[200_000_000];
                var alias = s_table;
                fork();
                GC.KeepAlive(alias);
            }
        }
        """).Verify();
}
