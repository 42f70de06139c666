using ForkLint.CodeFixes;
using ForkLint.Verification;

namespace ForkLint.Fixing;

/// <summary>A field is set to null and collected before the spawn.</summary>
public sealed class ReleaseFieldTests
{
    [Fact]
    public Task Before_every_spawn() => Duplicating("""
        class C
        {
            private static byte[]? _table = new byte[200_000_000];

            void M()
            {
                Console.WriteLine(_table?.Length);
                Process.Start("git");
            }

            void N()
            {
                Process.Start("hg");
            }
        }
        """).Becomes<ReleaseFieldCodeFixProvider>("""
        class C
        {
            private static byte[]? _table = new byte[200_000_000];

            void M()
            {
                Console.WriteLine(_table?.Length);
                _table = null;
                GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                Process.Start("git");
            }

            void N()
            {
                _table = null;
                GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                Process.Start("hg");
            }
        }
        """);

    [Fact]
    public Task Of_a_size_that_was_measured() => Duplicating("""
        class C
        {
            private static Dictionary<int, byte[]>? _table;

            static void Load(IEnumerable<int> keys) => _table = keys.ToDictionary(key => key, key => new byte[key]);

            void M()
            {
                using var git = Process.Start("git");
                git.WaitForExit();
            }
        }
        """).AdditionalFile("ForkLint.Measured.txt", "F:C._table; 200000000").Becomes<ReleaseFieldCodeFixProvider>("""
        class C
        {
            private static Dictionary<int, byte[]>? _table;

            static void Load(IEnumerable<int> keys) => _table = keys.ToDictionary(key => key, key => new byte[key]);

            void M()
            {
                _table = null;
                GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                using var git = Process.Start("git");
                git.WaitForExit();
            }
        }
        """);

    [Fact]
    public Task Not_where_it_is_used_after() => Duplicating("""
        class C
        {
            private static byte[]? _table = new byte[200_000_000];

            void M()
            {
                Process.Start("git");
                Console.WriteLine(_table?.Length);
            }
        }
        """).IsNotOffered<ReleaseFieldCodeFixProvider>();

    [Fact]
    public Task Not_where_it_must_not_be_null() => Duplicating("""
        class C
        {
            private static byte[] _table = new byte[200_000_000];

            void M()
            {
                Console.WriteLine(_table.Length);
                Process.Start("git");
            }
        }
        """).IsNotOffered<ReleaseFieldCodeFixProvider>();

    [Fact]
    public Task Not_where_it_cannot_be_reached() => Duplicating("""
        class C
        {
            void M() { Process.Start("git"); }
        }

        class D
        {
            private static byte[]? _table = new byte[200_000_000];

            int M() => _table?.Length ?? 0;
        }
        """).IsNotOffered<ReleaseFieldCodeFixProvider>();

    private static Lint Duplicating(string code) => Lint.CSharp(code).Option("forklint.process_start_model", "duplicates");
}
