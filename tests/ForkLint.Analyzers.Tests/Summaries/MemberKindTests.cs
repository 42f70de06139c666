using ForkLint.Flow;

namespace ForkLint.Summaries;

/// <summary>Whatever kind of member a call runs, its body counts; and where it does nothing, nothing is said.</summary>
public sealed class MemberKindTests
{
    private static string Members(string spawn) => $$"""
        static class Extensions
        {
            public static void Exec(this string text) => {{spawn}};
            public static void Each<T>(this IEnumerable<T> items, Action<T> action) { foreach (var item in items) { action(item); } }
        }
        interface IRunner { void Run(); void Default() => {{spawn}}; static abstract void Static(); }
        class Runner : IRunner { public void Run() => {{spawn}}; public static void Static() => {{spawn}}; }
        abstract class Shell
        {
            public void Template() => Step();
            protected abstract void Step();
        }
        sealed class Bash : Shell { protected override void Step() => {{spawn}}; }
        class Things
        {
            public Things() { }
            public Things(int number) : this() => {{spawn}};
            public int Property { get { {{spawn}}; return 1; } set { {{spawn}}; } }
            public int this[int index] { get { {{spawn}}; return index; } }
            public static Things operator +(Things one, Things two) { {{spawn}}; return one; }
            public static explicit operator int(Things one) { {{spawn}}; return 1; }
            public event Action Changed { add { {{spawn}}; } remove { } }
            public void Deconstruct(out int one, out int two) { {{spawn}}; (one, two) = (1, 2); }
            public IEnumerator<int> GetEnumerator() { {{spawn}}; yield return 1; }
            public T Generic<T>(T value) { {{spawn}}; return value; }
            public static async Task Async() { await Task.Yield(); {{spawn}}; }
            public static void Given(Action action) => action();
            public static Action Handed() => () => {{spawn}};
            public readonly Action Stored = () => {{spawn}};
        }
        struct Scope : IDisposable { public void Dispose() => {{spawn}}; }
        """;

    [Theory]
    [InlineData("{|FORK001:\"x\".Exec()|};")]
    [InlineData("{|FORK001:things.Property|}.ToString();")]
    [InlineData("{|FORK001:things.Property|} = 1;")]
    [InlineData("_ = {|FORK001:things[1]|};")]
    [InlineData("_ = {|FORK001:things + things|};")]
    [InlineData("_ = {|FORK001:(int)things|};")]
    [InlineData("var (one, two) = {|FORK001:things|};")]
    [InlineData("{|FORK001:things.Generic(1)|};")]
    [InlineData("{|FORK001:new Things(1)|}.ToString();")]
    [InlineData("await {|FORK001:Things.Async()|};")]
    [InlineData("{|FORK001:Things.Given(() => Things.Async())|};")]
    [InlineData("{|FORK001:runner.Run()|};")]
    [InlineData("{|FORK001:runner.Default()|};")]
    [InlineData("{|FORK001:shell.Template()|};")]
    [InlineData("{|FORK001:args.Each(arg => Local())|}; static void Local() => \"x\".Exec();")]
    [InlineData("void Local() => \"x\".Exec(); {|FORK001:Local()|};")]
    public async Task A_call_that_spawns(string call)
    {
        await Test(call, "fork()").AtCompilationEnd("FORK001").Verify();
        await Test(System.Text.RegularExpressions.Regex.Replace(call, @"\{\|FORK001:(.*?)\|\}", "$1"), "Console.WriteLine()").Verify();
    }

    private static Verification.Lint Test(string call, string spawn) => ForkTest.Code(Members(spawn) + $$"""
        class C
        {
            static async Task Run(Things things, IRunner runner, Shell shell, string[] args)
            {
                await Task.Yield();
                var big = new byte[200_000_000];
                {{call}}
                GC.KeepAlive(big);
            }

            static void Other() => Native.fork();
        }
        """);

    [Fact]
    public Task A_using_whose_dispose_spawns() => ForkTest.Code(Members("fork()") + """
        class C
        {
            static void Run()
            {
                var big = new byte[200_000_000];
                using ({|FORK001:new Scope()|})
                {
                    Console.WriteLine();
                }

                GC.KeepAlive(big);
            }
        }
        """).Check(result => result.DemandAll("FORK001", finding => finding.GetMessage(null).Contains("Scope.Dispose", StringComparison.Ordinal), "the path")).Verify();

    [Fact]
    public Task A_delegate_of_a_method_group_where_it_is_called() => ForkTest.Body("""
        Func<int> group = fork;
        var big = new byte[200_000_000];
        {|FORK001:group()|};
        GC.KeepAlive(big);
        """).Verify();

    [Fact]
    public Task A_delegate_of_a_method_group_of_the_library_where_it_is_called() => ForkTest.Body("""
        Func<string, Process> start = Process.Start;
        var big = new byte[200_000_000];
        {|FORK003:start("git")|};
        GC.KeepAlive(big);
        """).Verify();

    [Fact]
    public Task A_method_group_that_is_run_in_place() => ForkTest.Async("""
        var big = new byte[200_000_000];
        await {|FORK001:Task.Run(Exec)|};
        GC.KeepAlive(big);
        """, "static void Exec() => fork();").Verify();

    [Fact]
    public Task A_native_method_group_that_is_run_in_place() => ForkTest.Async("""
        var big = new byte[200_000_000];
        await {|FORK001:Task.Run(fork)|};
        GC.KeepAlive(big);
        """).Live("FORK001").Verify();

    [Fact]
    public Task A_method_group_of_something_that_does_not_spawn() => ForkTest.Body("""
        Func<string, string> read = Path.GetFullPath;
        var big = new byte[200_000_000];
        read("git");
        GC.KeepAlive(big);
        """).Verify();

    [Fact]
    public Task A_virtual_call_whose_exact_type_is_known() => ForkTest.Code("""
        class Shell { public virtual void Exec() { } }
        sealed class Forking : Shell { public override void Exec() => fork(); }
        class C
        {
            static void Run()
            {
                var shell = new Shell();
                var big = new byte[200_000_000];
                shell.Exec();
                GC.KeepAlive(big);
            }
        }
        """).Verify();

    private const string Runners = """
        interface IFiles { byte[] Read(); void Move(); }
        sealed class InProcess : IFiles { public byte[] Read() => new byte[200_000_000]; public void Move() { } }
        sealed class ByShell : IFiles { public byte[] Read() => new byte[20]; public void Move() => fork(); }
        interface IOther { void Exec(); }
        sealed class Other : IOther { public void Exec() => fork(); }
        sealed class Quiet : IOther { public void Exec() { } }
        sealed class Adapter(IFiles files) { public byte[] Contents() => files.Read(); public void Exists() => files.Move(); }

        """;

    [Fact]
    public Task What_one_implementation_allocates_is_not_held_while_another_spawns() => ForkTest.Code(Runners + """
        class C
        {
            static void Run(IFiles files)
            {
                var big = files.Read();
                files.Move();
                GC.KeepAlive(big);
            }

            static void Adapted(IFiles files)
            {
                var adapter = new Adapter(files);
                var big = adapter.Contents();
                adapter.Exists();
                GC.KeepAlive(big);
            }
        }
        """).Verify();

    [Fact]
    public Task What_one_implementation_allocates_is_held_while_an_implementation_of_something_else_spawns() => ForkTest.Code(Runners + """
        class C
        {
            static void Run(IFiles files, IOther other)
            {
                var big = files.Read();
                {|FORK001:other.Exec()|};
                GC.KeepAlive(big);
            }
        }
        """).Verify();

    [Fact]
    public Task A_base_call() => ForkTest.Code("""
        class Shell { public virtual void Exec() => fork(); }
        class Quiet : Shell { public override void Exec() { } }
        class Loud : Quiet
        {
            public override void Exec()
            {
                var big = new byte[200_000_000];
                base.Exec();
                GC.KeepAlive(big);
            }
        }
        class Louder : Shell
        {
            public override void Exec()
            {
                var big = new byte[200_000_000];
                {|FORK001:base.Exec()|};
                GC.KeepAlive(big);
            }
        }
        """).Verify();

    [Fact]
    public Task An_extern_alias_of_another_librarys_interface_is_not_followed() => ForkTest.Code("""
        class C
        {
            static void Run(IDisposable unknown)
            {
                var big = new byte[200_000_000];
                unknown.Dispose();
                GC.KeepAlive(big);
            }

            static void Other() => fork();
        }
        """).Verify();

    [Fact]
    public Task A_partial_method() => ForkTest.Code("""
        partial class C
        {
            static partial void Exec();
            static partial void Nothing();
            static void Run()
            {
                var big = new byte[200_000_000];
                Nothing();
                {|FORK001:Exec()|};
                GC.KeepAlive(big);
            }
        }
        partial class C { static partial void Exec() => fork(); }
        """).Verify();

    [Fact]
    public Task A_property_that_allocates() => ForkTest.Code("""
        class C
        {
            static byte[] Big => {|#big:new byte[200_000_000]|};
            static byte[] Small => new byte[200];
            static void Run()
            {
                var big = Big;
                var small = Small;
                {|FORK001(big):fork()|};
                GC.KeepAlive(big);
                GC.KeepAlive(small);
            }
        }
        """).Verify();

    [Fact]
    public Task An_extension_method_that_allocates_and_one_that_lets_go() => ForkTest.Code("""
        static class Extensions
        {
            public static byte[] Times(this int number, int size) => new byte[number * size];
            public static void Release(this IntPtr block) => Marshal.FreeHGlobal(block);
        }
        class C
        {
            static void Run()
            {
                var big = 1000.Times(200_000);
                {|FORK001:fork()|};
                GC.KeepAlive(big);
            }

            static void Freed()
            {
                var block = Marshal.AllocHGlobal(200_000_000);
                block.Release();
                fork();
            }
        }
        """).Verify();
}
