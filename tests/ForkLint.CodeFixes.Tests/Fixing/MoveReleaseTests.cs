using ForkLint.CodeFixes;
using ForkLint.Verification;

namespace ForkLint.Fixing;

/// <summary>A release that stands after the spawn moves before it.</summary>
public sealed class MoveReleaseTests
{
    [Fact]
    public Task A_free_after_the_spawn() => Duplicating("""
        unsafe class C
        {
            void M()
            {
                var block = NativeMemory.Alloc(200_000_000);
                Console.WriteLine((nint)block);
                Process.Start("git");
                Console.WriteLine("started");
                NativeMemory.Free(block); // no more
            }
        }
        """).Becomes<MoveReleaseCodeFixProvider>("""
        unsafe class C
        {
            void M()
            {
                var block = NativeMemory.Alloc(200_000_000);
                Console.WriteLine((nint)block);
                NativeMemory.Free(block); // no more
                Process.Start("git");
                Console.WriteLine("started");
            }
        }
        """);

    [Fact]
    public Task A_null_after_the_spawn_moves_with_the_collection_that_it_needs() => Duplicating("""
        class C
        {
            void M()
            {
                var big = new byte[200_000_000];
                Console.WriteLine(big.Length);
                Process.Start("git");
                big = null;
            }
        }
        """).Becomes<MoveReleaseCodeFixProvider>("""
        class C
        {
            void M()
            {
                var big = new byte[200_000_000];
                Console.WriteLine(big.Length);
                big = null;
                GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                Process.Start("git");
            }
        }
        """);

    [Fact]
    public Task Not_before_dotnet_7_where_no_collection_gives_memory_back() => Duplicating("""
        class C
        {
            void M()
            {
                var big = new byte[200_000_000];
                Console.WriteLine(big.Length);
                Process.Start("git");
                big = null;
            }
        }
        """).On(Framework.Net60).IsNotOffered<MoveReleaseCodeFixProvider>();

    [Fact]
    public Task Not_where_the_spawn_itself_takes_it() => Duplicating("""
        unsafe class C
        {
            void M()
            {
                var block = (byte*)NativeMemory.Alloc(200_000_000);
                Process.Start("git", block[0].ToString());
                NativeMemory.Free(block);
            }
        }
        """).IsNotOffered<MoveReleaseCodeFixProvider>();

    [Fact]
    public Task Not_on_one_path_only() => Duplicating("""
        unsafe class C
        {
            void M(bool free)
            {
                var block = NativeMemory.Alloc(200_000_000);
                Process.Start("git");
                if (free)
                {
                    NativeMemory.Free(block);
                }
            }
        }
        """).IsNotOffered<MoveReleaseCodeFixProvider>();

    [Fact]
    public Task All_of_a_project() => Duplicating("""
        unsafe class C
        {
            void M()
            {
                var block = NativeMemory.Alloc(200_000_000);
                Process.Start("git");
                NativeMemory.Free(block);
            }

            void N()
            {
                var other = Marshal.AllocHGlobal(200_000_000);
                Process.Start("git");
                Marshal.FreeHGlobal(other);
            }
        }
        """).BecomesAll<MoveReleaseCodeFixProvider>((Lint.MainFile, """
        unsafe class C
        {
            void M()
            {
                var block = NativeMemory.Alloc(200_000_000);
                NativeMemory.Free(block);
                Process.Start("git");
            }

            void N()
            {
                var other = Marshal.AllocHGlobal(200_000_000);
                Marshal.FreeHGlobal(other);
                Process.Start("git");
            }
        }
        """));

    private static Lint Duplicating(string code) => Lint.CSharp(code).Option("forklint.process_start_model", "duplicates");
}
