using ForkLint.CodeFixes;
using ForkLint.Verification;

namespace ForkLint.Fixing;

/// <summary>Every fix for many findings at once: in several methods and files, and at one spawn.</summary>
public sealed class FixAllTests
{
    private const string Collect = "GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);";

    [Fact]
    public Task Releases_move_in_all_files() => Duplicating("""
        unsafe class C
        {
            void M()
            {
                var block = NativeMemory.Alloc(200_000_000);
                Process.Start("git");
                NativeMemory.Free(block);
            }
        }
        """).File("Other.cs", """
        class D
        {
            void M()
            {
                var block = Marshal.AllocHGlobal(200_000_000);
                Process.Start("git");
                Marshal.FreeHGlobal(block);
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
        }
        """), ("Other.cs", """
        class D
        {
            void M()
            {
                var block = Marshal.AllocHGlobal(200_000_000);
                Marshal.FreeHGlobal(block);
                Process.Start("git");
            }
        }
        """));

    [Fact]
    public Task Collections_are_added_before_all_spawns() => Duplicating("""
        class C
        {
            void M()
            {
                var big = new byte[200_000_000];
                Console.WriteLine(big.Length);
                big = null;
                Process.Start("git");
            }

            void N()
            {
                var big = new byte[200_000_000];
                Console.WriteLine(big.Length);
                big = null;
                GC.Collect();
                Process.Start("hg");
            }
        }
        """).BecomesAll<CollectBeforeSpawnCodeFixProvider>((Lint.MainFile, $$"""
        class C
        {
            void M()
            {
                var big = new byte[200_000_000];
                Console.WriteLine(big.Length);
                big = null;
                {{Collect}}
                Process.Start("git");
            }

            void N()
            {
                var big = new byte[200_000_000];
                Console.WriteLine(big.Length);
                big = null;
                {{Collect}}
                Process.Start("hg");
            }
        }
        """));

    [Fact]
    public Task One_collection_is_enough_for_two_allocations() => Duplicating("""
        class C
        {
            void M()
            {
                var one = new byte[200_000_000];
                var two = new byte[100_000_000];
                Console.WriteLine(one.Length + two.Length);
                one = null;
                two = null;
                Process.Start("git");
            }
        }
        """).BecomesAll<CollectBeforeSpawnCodeFixProvider>((Lint.MainFile, $$"""
        class C
        {
            void M()
            {
                var one = new byte[200_000_000];
                var two = new byte[100_000_000];
                Console.WriteLine(one.Length + two.Length);
                one = null;
                two = null;
                {{Collect}}
                Process.Start("git");
            }
        }
        """));

    [Fact]
    public void Fields_are_not_released_all_at_once() => Assert.Null(new ReleaseFieldCodeFixProvider().GetFixAllProvider());

    /// <summary>One that cannot be fixed comes first, and the others are fixed in different ways.</summary>
    [Fact]
    public Task Each_local_is_released_in_its_own_way() => Lint.CSharp("""
        unsafe class C
        {
            int L(bool is_late)
            {
                if (is_late) { var big = new byte[200_000_000]; using var git = Process.Start("git"); git.WaitForExit(); if (big is null) return 1; }
                return 2;
            }

            void M()
            {
                var block = NativeMemory.Alloc(200_000_000);
                using var git = Process.Start("git");
                git.WaitForExit();
                NativeMemory.Free(block);
            }

            void N(string path)
            {
                var image = new byte[200_000_000];
                File.WriteAllBytes(path, image);
                using var git = Process.Start("git");
                git.WaitForExit();
            }
        }
        """).BecomesAllBut<HeldLocalCodeFixProvider>(1, (Lint.MainFile, """
        unsafe class C
        {
            int L(bool is_late)
            {
                if (is_late) { var big = new byte[200_000_000]; using var git = Process.Start("git"); git.WaitForExit(); if (big is null) return 1; }
                return 2;
            }

            void M()
            {
                var block = NativeMemory.Alloc(200_000_000);
                NativeMemory.Free(block);
                using var git = Process.Start("git");
                git.WaitForExit();
            }

            void N(string path)
            {
                UseImage(path);
                using var git = Process.Start("git");
                git.WaitForExit();

                static void UseImage(string path)
                {
                    var image = new byte[200_000_000];
                    File.WriteAllBytes(path, image);
                }
            }
        }
        """));

    [Fact]
    public Task Using_declarations_end_before_all_spawns() => Duplicating("""
        class C
        {
            void M()
            {
                using var block = new Block();
                Console.WriteLine(block.First);
                Process.Start("git");
            }

            void N()
            {
                using var block = new Block();
                Console.WriteLine(block.First + 1);
                Process.Start("hg");
            }
        }
        """).File("Block.cs", Owner).BecomesAll<NarrowScopeCodeFixProvider>((Lint.MainFile, """
        class C
        {
            void M()
            {
                using (var block = new Block())
                {
                    Console.WriteLine(block.First);
                }
                Process.Start("git");
            }

            void N()
            {
                using (var block = new Block())
                {
                    Console.WriteLine(block.First + 1);
                }
                Process.Start("hg");
            }
        }
        """));

    [Fact]
    public Task Using_statements_end_before_all_spawns() => Duplicating("""
        class C
        {
            void M()
            {
                using (var block = new Block())
                {
                    Console.WriteLine(block.First);
                    Process.Start("git");
                }
            }

            unsafe void N()
            {
                var block = NativeMemory.Alloc(200_000_000);
                try
                {
                    Console.WriteLine((nint)block);
                    Process.Start("hg");
                }
                finally
                {
                    NativeMemory.Free(block);
                }
            }
        }
        """).File("Block.cs", Owner).BecomesAll<NarrowStatementCodeFixProvider>((Lint.MainFile, """
        class C
        {
            void M()
            {
                using (var block = new Block())
                {
                    Console.WriteLine(block.First);
                }
                Process.Start("git");
            }

            unsafe void N()
            {
                var block = NativeMemory.Alloc(200_000_000);
                try
                {
                    Console.WriteLine((nint)block);
                }
                finally
                {
                    NativeMemory.Free(block);
                }
                Process.Start("hg");
            }
        }
        """));

    [Fact]
    public Task Allocations_are_extracted_in_all_methods() => Duplicating("""
        class C
        {
            void M(string path)
            {
                var image = new byte[200_000_000];
                File.WriteAllBytes(path, image);
                Process.Start("convert", path);
            }

            void N(string path)
            {
                var sound = new byte[100_000_000];
                File.WriteAllBytes(path, sound);
                Process.Start("sox", path);
            }
        }
        """).BecomesAll<ExtractAllocationCodeFixProvider>((Lint.MainFile, $$"""
        class C
        {
            void M(string path)
            {
                UseImage(path);
                {{Collect}}
                Process.Start("convert", path);

                static void UseImage(string path)
                {
                    var image = new byte[200_000_000];
                    File.WriteAllBytes(path, image);
                }
            }

            void N(string path)
            {
                UseSound(path);
                {{Collect}}
                Process.Start("sox", path);

                static void UseSound(string path)
                {
                    var sound = new byte[100_000_000];
                    File.WriteAllBytes(path, sound);
                }
            }
        }
        """));

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

    private static Lint Duplicating(string code) => Lint.CSharp(code).Option("forklint.process_start_model", "duplicates");
}
