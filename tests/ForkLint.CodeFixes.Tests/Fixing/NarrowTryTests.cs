using ForkLint.CodeFixes;
using ForkLint.Verification;

namespace ForkLint.Fixing;

/// <summary>A <c>try</c> whose <c>finally</c> frees memory ends before the spawn.</summary>
public sealed class NarrowTryTests
{
    [Fact]
    public Task A_try_whose_finally_frees() => Duplicating("""
        unsafe class C
        {
            void M()
            {
                var block = (int*)NativeMemory.Alloc(200_000_000);
                try
                {
                    Console.WriteLine(block[0]);
                    Process.Start("git");
                }
                finally
                {
                    NativeMemory.Free(block);
                }
            }
        }
        """).Becomes<NarrowStatementCodeFixProvider>("""
        unsafe class C
        {
            void M()
            {
                var block = (int*)NativeMemory.Alloc(200_000_000);
                try
                {
                    Console.WriteLine(block[0]);
                }
                finally
                {
                    NativeMemory.Free(block);
                }
                Process.Start("git");
            }
        }
        """);

    [Fact]
    public Task Not_where_something_is_caught_too() => Duplicating("""
        unsafe class C
        {
            void M()
            {
                var block = (int*)NativeMemory.Alloc(200_000_000);
                try
                {
                    Console.WriteLine(block[0]);
                    Process.Start("git");
                }
                catch (IOException)
                {
                }
                finally
                {
                    NativeMemory.Free(block);
                }
            }
        }
        """).IsNotOffered<NarrowStatementCodeFixProvider>();

    private static Lint Duplicating(string code) => Lint.CSharp(code).Option("forklint.process_start_model", "duplicates");
}
