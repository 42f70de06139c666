using ForkLint.Flow;

namespace ForkLint.Summaries;

/// <summary>Helpers allocate, spawn, release, keep and return; the message carries the path.</summary>
public sealed class ThroughCallsTests
{
    [Fact]
    public Task A_helper_spawns() => ForkTest.Code("""
        static class Git { public static void Exec() => fork(); }
        class C
        {
            static void Run()
            {
                var big = {|#big:new byte[200_000_000]|};
                {|FORK001(big):Git.Exec()|};
                GC.KeepAlive(big);
            }
        }
        """).AtCompilationEnd("FORK001").Message("FORK001", "Run → Git.Exec → libc fork").Verify();

    [Fact]
    public Task A_helper_of_a_helper_spawns() => ForkTest.Code("""
        static class Git { public static void Exec() => Shell.Run(); }
        static class Shell { public static void Run() => Process.Start("git").WaitForExit(); }
        class C
        {
            static void Run()
            {
                var big = new byte[200_000_000];
                {|FORK004:Git.Exec()|};
            }
        }
        """).Message("FORK004", "Run → Git.Exec → Shell.Run → Process.Start").Verify();

    [Fact]
    public Task A_helper_that_does_not_spawn() => ForkTest.Code("""
        static class Git { public static void Exec() => Console.WriteLine(); }
        class C
        {
            static void Run()
            {
                var big = new byte[200_000_000];
                Git.Exec();
                GC.KeepAlive(big);
            }

            static void Other() => fork();
        }
        """).Verify();

    [Fact]
    public Task A_helper_allocates() => ForkTest.Body("""
        var big = Load();
        {|FORK001(big):fork()|};
        GC.KeepAlive(big);
        """, "static byte[] Load() => {|#big:new byte[200_000_000]|};").AtCompilationEnd("FORK001").Verify();

    [Fact]
    public Task A_helper_allocates_what_its_parameter_says() => ForkTest.Body("""
        var big = Load(200_000_000);
        var small = Load(1000);
        {|FORK001:fork()|};
        GC.KeepAlive(big);
        GC.KeepAlive(small);
        """, "static byte[] Load(int length) => new byte[length];").Message("FORK001", "200 MB").Verify();

    [Fact]
    public Task A_helper_allocates_by_type_parameter() => ForkTest.Body("""
        var big = Load<long>(1_000_000);
        var small = Load<byte>(1_000_000);
        {|FORK001:fork()|};
        GC.KeepAlive(big);
        GC.KeepAlive(small);
        """, "static T[] Load<T>(int length) => new T[length];").Message("FORK001", "8 MB").Verify();

    [Fact]
    public Task A_helper_returns_through_out() => ForkTest.Body("""
        Load(out var big);
        {|FORK001:fork()|};
        GC.KeepAlive(big);
        """, "static void Load(out byte[] big) => big = new byte[200_000_000];").Verify();

    [Fact]
    public Task A_helper_empties_a_ref() => ForkTest.Body("""
        var big = new byte[200_000_000];
        Drop(ref big);
        fork();
        """, "static void Drop(ref byte[] big) { big = null; GC.Collect(2, GCCollectionMode.Aggressive, true, true); }").Verify();

    [Fact]
    public Task A_helper_returns_its_argument() => ForkTest.Body("""
        var big = Same(new byte[200_000_000]);
        {|FORK001:fork()|};
        GC.KeepAlive(big);
        """, "static T Same<T>(T value) => value;").Verify();

    [Fact]
    public Task A_helper_returns_something_else() => ForkTest.Body("""
        var length = Length(new byte[200_000_000]);
        Collect();
        fork();
        GC.KeepAlive(length);
        """, "static object Length(byte[] value) => value.Length;").Verify();

    [Fact]
    public Task A_helper_frees() => ForkTest.Body("""
        var big = NativeMemory.Alloc(200_000_000);
        Release(big);
        fork();
        """, "static void Release(void* block) => NativeMemory.Free(block);").Verify();

    [Fact]
    public Task A_helper_frees_sometimes() => ForkTest.Body("""
        var big = NativeMemory.Alloc(200_000_000);
        Release(big, flag);
        {|FORK002:fork()|};
        """, "static void Release(void* block, bool really) { if (really) { NativeMemory.Free(block); } }").Verify();

    [Fact]
    public Task A_helper_frees_and_then_spawns() => ForkTest.Body("""
        var big = NativeMemory.Alloc(200_000_000);
        Finish(big);
        """, "static void Finish(void* block) { NativeMemory.Free(block); fork(); }").Verify();

    [Fact]
    public Task A_helper_spawns_and_then_frees() => ForkTest.Body("""
        var big = NativeMemory.Alloc(200_000_000);
        {|FORK002:Finish(big)|};
        """, "static void Finish(void* block) { fork(); NativeMemory.Free(block); }").Verify();

    [Fact]
    public Task A_helper_collects() => ForkTest.Body("""
        var big = new byte[200_000_000];
        big = null;
        Collect();
        fork();
        """).Verify();

    [Fact]
    public Task A_helper_advises() => ForkTest.Body("""
        var big = NativeMemory.Alloc(200_000_000);
        Hide(big, 200_000_000);
        fork();
        NativeMemory.Free(big);
        """, "static void Hide(void* block, nuint length) => madvise(block, length, 10);").Verify();

    [Fact]
    public Task A_recursive_helper() => ForkTest.Body("""
        var big = new byte[200_000_000];
        {|FORK001:Again(3)|};
        GC.KeepAlive(big);
        """, "static void Again(int n) { if (n == 0) { fork(); } else { Again(n - 1); } }").Verify();

    [Fact]
    public Task Helpers_that_call_each_other() => ForkTest.Body("""
        var big = new byte[200_000_000];
        {|FORK001:Odd(3)|};
        GC.KeepAlive(big);
        """, """
        static void Odd(int n) { if (n > 0) { Even(n - 1); } }
        static void Even(int n) { if (n == 0) { fork(); } else { Odd(n - 1); } }
        """).Verify();

    [Fact]
    public Task Recursive_helpers_that_never_spawn() => ForkTest.Body("""
        var big = new byte[200_000_000];
        Odd(3);
        GC.KeepAlive(big);
        """, """
        static void Odd(int n) { if (n > 0) { Even(n - 1); } }
        static void Even(int n) { if (n > 0) { Odd(n - 1); } }
        static void Other() => fork();
        """).Verify();
}
