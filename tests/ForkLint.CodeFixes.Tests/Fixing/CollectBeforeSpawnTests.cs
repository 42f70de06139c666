using ForkLint.CodeFixes;
using ForkLint.Verification;

namespace ForkLint.Fixing;

/// <summary>What was dropped is given back by the Aggressive collection.</summary>
public sealed class CollectBeforeSpawnTests
{
    [Fact]
    public Task The_aggressive_collection_is_added() => Dropped("").Becomes<CollectBeforeSpawnCodeFixProvider>(Collected);

    [Fact]
    public Task It_takes_the_place_of_a_plain_one() => Dropped("\n        GC.Collect();").Becomes<CollectBeforeSpawnCodeFixProvider>(Collected);

    [Theory]
    [InlineData("foreach (var file in files)")]
    [InlineData("for (var i = 0; i < 3; i++)")]
    public Task Once_before_a_loop_where_the_memory_was_dropped_before_it(string loop) =>
        Duplicating(InLoop("var big = new byte[200_000_000];\nbig[0] = 1;\nbig = null;", "", loop, "")).Becomes<CollectBeforeSpawnCodeFixProvider>(
        InLoop("var big = new byte[200_000_000];\nbig[0] = 1;\nbig = null;", Collection, loop, ""));

    [Theory]
    [InlineData("var big = new byte[200_000_000];", "big = null;")]
    [InlineData("var big = new byte[200_000_000];\nvar kept = big;\nbig = null;", "kept = null;")]
    [InlineData("var list = new List<byte[]>();\nvar big = new byte[200_000_000];\nlist.Add(big);\nbig = null;", "list.Clear();")]
    [InlineData("", "var big = new byte[200_000_000];\nbig = null;")]
    public Task In_the_loop_where_the_memory_is_dropped_in_it(string before, string inside) =>
        Duplicating(InLoop(before, "", "foreach (var file in files)", inside)).Becomes<CollectBeforeSpawnCodeFixProvider>(
        InLoop(before, "", "foreach (var file in files)", inside + "\n" + Collection));

    [Fact]
    public Task Not_before_dotnet_7() => Dropped("").On(Framework.Net60).IsNotOffered<CollectBeforeSpawnCodeFixProvider>();

    [Fact]
    public Task Not_for_a_pool_which_keeps_its_arrays() => Lint.CSharp("""
        class C
        {
            void M()
            {
                var rented = ArrayPool<byte>.Shared.Rent(200_000_000);
                ArrayPool<byte>.Shared.Return(rented);
                Process.Start("git");
            }
        }
        """).Option("forklint.process_start_model", "duplicates").IsNotOffered<CollectBeforeSpawnCodeFixProvider>();

    private const string Collection = "GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);";

    private const string Collected =
        """
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
        """;

    private static string InLoop(string before, string collection, string loop, string inside)
    {
        string[] statements = [.. Lines(before, ""), .. Lines(collection, ""), loop, "{", .. Lines(inside, "    "), "    Process.Start(\"git\");", "}"];
        return $$"""
            class C
            {
                void M(string[] files)
                {
                    {{string.Join("\n        ", statements)}}
                }
            }
            """;

        static IEnumerable<string> Lines(string text, string indent) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => indent + line);
    }

    private static Lint Duplicating(string code) => Lint.CSharp(code).Option("forklint.process_start_model", "duplicates");

    private static Lint Dropped(string collection) => Duplicating($$"""
        class C
        {
            void M()
            {
                var big = new byte[200_000_000];
                Console.WriteLine(big.Length);
                big = null;{{collection}}
                Process.Start("git");
            }
        }
        """);
}
