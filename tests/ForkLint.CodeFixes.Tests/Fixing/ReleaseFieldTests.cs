using ForkLint.CodeFixes;
using ForkLint.Verification;

namespace ForkLint.Fixing;

/// <summary>A field is set to null and collected before the spawn.</summary>
public sealed class ReleaseFieldTests
{
    [Theory]
    [InlineData("private static byte[] Table => _table ??= new byte[200_000_000];")]
    [InlineData("private static byte[] Table => _table ?? (_table = new byte[200_000_000]);")]
    [InlineData("private static byte[] Table { get { if (_table == null) { _table = new byte[200_000_000]; } return _table; } }")]
    [InlineData("private static byte[] Table { get { if (_table is null) _table = new byte[200_000_000]; return _table; } }")]
    [InlineData("private static byte[] Table { get { C._table ??= new byte[200_000_000]; return C._table; } }")]
    [InlineData("private static byte[] Table { get { _table = new byte[200_000_000]; return null; } }")]
    public Task Before_every_spawn(string table) => Duplicating($$"""
        class C
        {
            private static byte[]? _table;

            {{table}}

            void M()
            {
                Console.WriteLine(Table?.Length);
                Process.Start("git");
            }

            void N()
            {
                Process.Start("hg");
            }
        }
        """).Becomes<ReleaseFieldCodeFixProvider>($$"""
        class C
        {
            private static byte[]? _table;

            {{table}}

            void M()
            {
                Console.WriteLine(Table?.Length);
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

            static void Load(IEnumerable<int> keys) => _table ??= keys.ToDictionary(key => key, key => new byte[key]);

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

            static void Load(IEnumerable<int> keys) => _table ??= keys.ToDictionary(key => key, key => new byte[key]);

            void M()
            {
                _table = null;
                GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                using var git = Process.Start("git");
                git.WaitForExit();
            }
        }
        """);

    /// <summary>Where the program relies on what the field holds, releasing it would break it.</summary>
    [Theory]
    [InlineData("private static byte[]? _table = new byte[200_000_000]; public static int At(int i) => _table is { } table ? table[i] : throw new InvalidOperationException();")]
    [InlineData("private static byte[]? _table = new byte[200_000_000]; public static int At(int i) => _table?[i] ?? 0;")]
    [InlineData("private static byte[]? _table = new byte[200_000_000]; public static int At(int i) { if (_table == null) { return 0; } return _table[i]; }")]
    [InlineData("private static byte[]? _table = new byte[200_000_000]; public static void Take(ref byte[]? other) { } public static void Give() => Take(ref _table);")]
    [InlineData("private static byte[]? _table = new byte[200_000_000]; public static int At(int i) { _table ??= new byte[200_000_000]; Console.WriteLine(i); return _table[i]; }")]
    [InlineData("private static byte[]? _table; public static byte[] Table => _table ??= new byte[200_000_000]; public static bool IsLoaded => _table != null;")]
    public Task Not_where_the_program_needs_it(string members) => Duplicating($$"""
        class C
        {
            {{members}}

            void M()
            {
                Process.Start("git");
            }
        }
        """).IsNotOffered<ReleaseFieldCodeFixProvider>();

    [Fact]
    public Task Not_where_others_can_read_it() => Duplicating("""
        public class C
        {
            protected static byte[]? Table = new byte[200_000_000];

            void M()
            {
                Process.Start("git");
            }
        }
        """).IsNotOffered<ReleaseFieldCodeFixProvider>();

    [Fact]
    public Task Not_where_the_spawn_shares() => Lint.CSharp("""
        class C
        {
            private static byte[]? _table = new byte[200_000_000];

            void M()
            {
                Process.Start("git");
            }
        }
        """).IsNotOffered<ReleaseFieldCodeFixProvider>();

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
