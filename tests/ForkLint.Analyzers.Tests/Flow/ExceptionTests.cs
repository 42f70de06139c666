namespace ForkLint.Flow;

/// <summary>A catch is reached from every point of its try, a finally on the way out whatever happened.</summary>
public sealed class ExceptionTests
{
    [Fact]
    public Task A_catch_sees_what_the_try_made() => ForkTest.Body("""
        byte[] big = null;
        try
        {
            big = new byte[200_000_000];
            Console.WriteLine(big.Length);
            big = null;
        }
        catch (IOException)
        {
            {|FORK002:fork()|};
        }
        """).Verify();

    [Fact]
    public Task A_catch_does_not_see_what_came_after() => ForkTest.Body("""
        byte[] big = null;
        try
        {
            Console.WriteLine();
        }
        catch (IOException)
        {
            fork();
            return;
        }

        big = new byte[200_000_000];
        GC.KeepAlive(big);
        """).Verify();

    [Fact]
    public Task Used_in_a_handler_of_the_spawn() => ForkTest.Body("""
        var big = new byte[200_000_000];
        try
        {
            {|FORK001:fork()|};
            Console.WriteLine();
        }
        catch (IOException)
        {
            GC.KeepAlive(big);
        }
        """).Verify();

    [Fact]
    public Task Freed_in_a_finally_that_comes_first() => ForkTest.Body("""
        var big = NativeMemory.Alloc(200_000_000);
        try
        {
            Console.WriteLine(number);
        }
        finally
        {
            NativeMemory.Free(big);
        }

        fork();
        """).Verify();

    [Fact]
    public Task Freed_in_a_finally_around_the_spawn() => ForkTest.Body("""
        var big = {|#big:NativeMemory.Alloc(200_000_000)|};
        try
        {
            {|FORK002(big):fork()|};
        }
        finally
        {
            NativeMemory.Free(big);
        }
        """).Verify();

    [Fact]
    public Task The_way_of_an_exception_is_not_the_way_of_success() => ForkTest.Body("""
        void* big = null;
        try
        {
            big = NativeMemory.Alloc(200_000_000);
            Console.WriteLine(number);
            NativeMemory.Free(big);
        }
        finally
        {
            Console.WriteLine("done");
        }

        fork();
        """).Verify();

    [Fact]
    public Task A_spawn_in_a_finally() => ForkTest.Body("""
        byte[] big = null;
        try
        {
            big = {|#big:new byte[200_000_000]|};
            Console.WriteLine(big.Length);
            big = null;
            Native.Collect();
        }
        finally
        {
            {|FORK002(big):fork()|};
        }
        """).Live("FORK002").Verify();

    [Fact]
    public Task Nested_and_freed_by_the_inner_finally_before_the_outer_catch() => ForkTest.Body("""
        try
        {
            var big = NativeMemory.Alloc(200_000_000);
            try
            {
                Console.WriteLine(number);
            }
            finally
            {
                NativeMemory.Free(big);
            }
        }
        catch (Exception)
        {
            fork();
        }
        """).Verify();

    [Fact]
    public Task Nested_and_held_by_the_outer_block() => ForkTest.Body("""
        var big = NativeMemory.Alloc(200_000_000);
        try
        {
            try
            {
                Console.WriteLine(number);
            }
            finally
            {
                {|FORK002:fork()|};
            }
        }
        finally
        {
            NativeMemory.Free(big);
        }
        """).Verify();

    [Fact]
    public Task A_return_runs_the_finally() => ForkTest.Body("""
        var big = NativeMemory.Alloc(200_000_000);
        try
        {
            if (flag)
            {
                return;
            }
        }
        finally
        {
            NativeMemory.Free(big);
            fork();
        }
        """).Verify();

    [Fact]
    public Task A_guarded_free() => ForkTest.Body("""
        void* big = null;
        try
        {
            big = NativeMemory.Alloc(200_000_000);
            Console.WriteLine(number);
        }
        finally
        {
            if (big != null)
            {
                NativeMemory.Free(big);
            }
        }

        fork();
        """).Verify();
}
