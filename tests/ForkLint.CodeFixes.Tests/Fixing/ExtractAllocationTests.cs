using ForkLint.CodeFixes;
using ForkLint.Verification;

namespace ForkLint.Fixing;

/// <summary>Allocation and use of managed memory move into a function that returns before the spawn, and the Aggressive collection follows.</summary>
public sealed class ExtractAllocationTests
{
    [Fact]
    public Task Into_a_function_of_its_own() => Duplicating("""
        class C
        {
            void M(string path)
            {
                Console.WriteLine("begin");

                // The whole image.
                var image = new byte[200_000_000];
                Array.Fill(image, (byte)1);
                File.WriteAllBytes(path, image);
                Process.Start("convert", path);
            }
        }
        """).Becomes<ExtractAllocationCodeFixProvider>("""
        class C
        {
            void M(string path)
            {
                Console.WriteLine("begin");

                UseImage(path);
                GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                Process.Start("convert", path);

                static void UseImage(string path)
                {
                    // The whole image.
                    var image = new byte[200_000_000];
                    Array.Fill(image, (byte)1);
                    File.WriteAllBytes(path, image);
                }
            }
        }
        """);

    [Fact]
    public Task What_is_needed_after_is_returned() => Duplicating("""
        class C
        {
            private readonly int _seed = 1;

            int M()
            {
                var table = new int[50_000_000];
                Array.Fill(table, _seed);
                var first = table[0];
                Process.Start("git");
                return first;
            }
        }
        """).Becomes<ExtractAllocationCodeFixProvider>("""
        class C
        {
            private readonly int _seed = 1;

            int M()
            {
                int first = UseTable();
                GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                Process.Start("git");
                return first;

                int UseTable()
                {
                    var table = new int[50_000_000];
                    Array.Fill(table, _seed);
                    var first = table[0];
                    return first;
                }
            }
        }
        """);

    [Fact]
    public Task Not_before_dotnet_7() => Duplicating("""
        class C
        {
            void M()
            {
                var image = new byte[200_000_000];
                Console.WriteLine(image.Length);
                Process.Start("convert");
            }
        }
        """).On(Framework.Net60).IsNotOffered<ExtractAllocationCodeFixProvider>();

    [Fact]
    public Task Not_where_the_code_returns_from_between() => Duplicating("""
        class C
        {
            void M(bool stop)
            {
                var image = new byte[200_000_000];
                if (stop)
                {
                    return;
                }

                Console.WriteLine(image.Length);
                Process.Start("convert");
            }
        }
        """).IsNotOffered<ExtractAllocationCodeFixProvider>();

    [Fact]
    public Task Not_for_native_memory_which_no_collection_frees() => Duplicating("""
        unsafe class C
        {
            void M()
            {
                var block = (int*)NativeMemory.Alloc(200_000_000);
                Console.WriteLine(block[0]);
                Process.Start("convert");
            }
        }
        """).IsNotOffered<ExtractAllocationCodeFixProvider>();

    [Fact]
    public Task Also_where_the_method_only_waits() => Lint.CSharp("""
        class C
        {
            void M(string path)
            {
                var image = new byte[200_000_000];
                File.WriteAllBytes(path, image);
                using var child = Process.Start("convert", path);
                child.WaitForExit();
            }
        }
        """).Becomes<ExtractAllocationCodeFixProvider>("""
        class C
        {
            void M(string path)
            {
                UseImage(path);
                using var child = Process.Start("convert", path);
                child.WaitForExit();

                static void UseImage(string path)
                {
                    var image = new byte[200_000_000];
                    File.WriteAllBytes(path, image);
                }
            }
        }
        """);

    private static Lint Duplicating(string code) => Lint.CSharp(code).Option("forklint.process_start_model", "duplicates");
}
