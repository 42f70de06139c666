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

    private static Lint Dropped(string collection) => Lint.CSharp($$"""
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
        """).Option("forklint.process_start_model", "duplicates");
}
