using ForkLint.Flow;

namespace ForkLint.Rules;

/// <summary>What generated code does counts, and is shown at the call that somebody wrote: nobody edits a generated file, and its path depends on obj.</summary>
public sealed class GeneratedCodeTests
{
    // As the generator writes it where SetLastError or marshalling needs a body.
    private const string Stub = """
        unsafe partial class Pty
        {
            public static partial int Fork()
            {
                int last;
                int value = __PInvoke();
                last = Marshal.GetLastSystemError();
                Marshal.SetLastPInvokeError(last);
                return value;

                [DllImport("libc", EntryPoint = "fork", ExactSpelling = true)]
                static extern unsafe int __PInvoke();
            }
        }
        """;

    private const string Wrapper = """
        static class Tools
        {
            public static void Run() => Deeper();
            private static void Deeper() { Native.fork(); }
        }
        """;

    [Theory]
    [InlineData("A.g.cs")]
    [InlineData("z/LibraryImports.g.cs")]
    public Task The_stub_of_a_library_import_is_no_spawn_of_its_own(string path) => ForkTest.Code("""
        static unsafe partial class Pty { [LibraryImport("libc", EntryPoint = "fork", SetLastError = true)] public static partial int Fork(); }
        static class Cache { public static byte[] {|FORK005(call):Table|} = new byte[200_000_000]; }
        class C { void Run() => {|#call:Pty.Fork()|}; }
        """).File(path, Stub).Message("FORK005", "C.Run → libc fork").Verify();

    [Fact]
    public Task A_library_import_that_nobody_calls() => ForkTest.Code("""
        static unsafe partial class Pty { [LibraryImport("libc", EntryPoint = "fork", SetLastError = true)] public static partial int Fork(); }
        static class Cache { public static byte[] Table = new byte[200_000_000]; }
        """).File("A.g.cs", Stub).Verify();

    [Theory]
    [InlineData("A.g.cs")]
    [InlineData("z/Tools.g.cs")]
    public Task A_generated_wrapper_spawns_where_it_is_called(string path) => ForkTest.Code("""
        static class Cache { public static byte[] {|FORK005(call):Table|} = new byte[200_000_000]; }
        class C
        {
            void Run() => {|#call:Tools.Run()|};
            void Outer() => Run();
        }
        """).File(path, Wrapper).Message("FORK005", "C.Run → Tools.Run → Tools.Deeper → libc fork").Verify();

    [Fact]
    public Task A_generated_spawn_is_not_shown_beside_one_that_was_written() => ForkTest.Code("""
        static class Cache { public static byte[] {|FORK005(call):Table|} = new byte[200_000_000]; }
        class C { void Run() => {|#call:fork()|}; }
        """).File("A.g.cs", Wrapper).Verify();

    [Fact]
    public Task A_generated_spawn_that_nothing_written_reaches_still_counts() => ForkTest.Code("""
        static class Cache { public static byte[] {|FORK005(written, generated):Table|} = new byte[200_000_000]; }
        class C { static void Run() => {|#written:Process.Start("git")|}; }
        """).File("A.g.cs", """static class Tools { public static void Run() { {|#generated:Native.fork()|}; } }""").Verify();

    [Fact]
    public Task A_field_of_a_type_that_is_half_generated() => ForkTest.Code("""
        partial class C
        {
            private byte[] {|FORK005(call):_table|} = new byte[200_000_000];
            void Run() => {|#call:Deeper()|};
        }
        """).File("A.g.cs", "partial class C { void Deeper() { Native.fork(); } }").Verify();

    [Fact]
    public Task An_allocation_in_generated_code() => ForkTest.Body("""
        var table = {|#made:Tables.Make()|};
        {|FORK001(made):fork()|};
        GC.KeepAlive(table);
        """).File("A.g.cs", "static class Tables { public static byte[] Make() => new byte[200_000_000]; }").Verify();

    [Fact]
    public Task Generated_code_itself_is_not_reported() => ForkTest.Code("class C;").File("A.g.cs", """
        static class Tools
        {
            static byte[] Table = new byte[200_000_000];

            public static void Run()
            {
                var table = new byte[200_000_000];
                Native.fork();
                GC.KeepAlive(table);
            }
        }
        """).Verify();
}
