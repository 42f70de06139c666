using ForkLint.CodeFixes;
using ForkLint.Verification;

namespace ForkLint.Fixing;

/// <summary>A scope whose end frees memory ends before the spawn.</summary>
public sealed class NarrowScopeTests
{
    private const string Owner =
        """
        unsafe sealed class Block : IDisposable
        {
            private void* _memory = NativeMemory.Alloc(200_000_000);

            public int First => *(int*)_memory;

            public void Dispose()
            {
                NativeMemory.Free(_memory);
                _memory = null;
            }
        }
        """;

    [Fact]
    public Task A_using_declaration() => Duplicating("""
        class C
        {
            void M()
            {
                using var block = new Block();
                var first = block.First;
                Console.WriteLine(first);
                var info = new ProcessStartInfo("git");
                Process.Start(info);
                Console.WriteLine("started");
            }
        }
        """).Becomes<NarrowScopeCodeFixProvider>("""
        class C
        {
            void M()
            {
                using (var block = new Block())
                {
                    var first = block.First;
                    Console.WriteLine(first);
                }
                var info = new ProcessStartInfo("git");
                Process.Start(info);
                Console.WriteLine("started");
            }
        }
        """);

    [Fact]
    public Task Not_where_a_value_from_inside_is_needed_outside() => Duplicating("""
        class C
        {
            void M()
            {
                using var block = new Block();
                var first = block.First;
                Process.Start("git");
                Console.WriteLine(first);
            }
        }
        """).IsNotOffered<NarrowScopeCodeFixProvider>();

    [Fact]
    public Task A_using_statement() => Duplicating("""
        class C
        {
            void M()
            {
                using (var block = new Block())
                {
                    Console.WriteLine(block.First);
                    Process.Start("git");
                    Console.WriteLine("started");
                }
            }
        }
        """).Becomes<NarrowStatementCodeFixProvider>("""
        class C
        {
            void M()
            {
                using (var block = new Block())
                {
                    Console.WriteLine(block.First);
                }
                Process.Start("git");
                Console.WriteLine("started");
            }
        }
        """);

    private static Lint Duplicating(string code) =>
        Lint.CSharp(code).File("Block.cs", Owner).Option("forklint.process_start_model", "duplicates");
}
