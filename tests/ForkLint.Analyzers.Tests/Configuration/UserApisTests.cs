using ForkLint.Analyzers.Sizing;
using ForkLint.Analyzers.Spawning;
using ForkLint.Verification;
using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Configuration;

/// <summary>What additional files name: spawns, allocations and measured sizes.</summary>
public class UserApisTests
{
    private const string Library =
        """
        namespace Library
        {
            public class Shell
            {
                public Shell(string name) { }
                public static void Run(string command) { }
                public void Run<T>(T command) { }
                public int Pid => 0;
                public void Other() { }
            }
            public static class Extensions { public static void Launch(this string command) { } }
            public class Buffers
            {
                public Buffers(long bytes) { }
                public static byte[] Bytes(int length) => null;
                public static int[] Numbers(int count, string name) => null;
                public static object Pinned() => null;
                public static object TwoNumbers(int a, int b) => null;
            }
        }
        """;

    [Fact]
    public void Listed_members_of_a_library_spawn() => Assert.Equal(
        ["shares Shell.Run", "duplicates Shell", "duplicates Shell.Pid", "shares Shell.Run", "shares Extensions.Launch"],
        SpawnProbe.SpawnsOf(
            Lint.CSharp(
                """
                class C
                {
                    void M()
                    {
                        Library.Shell.Run("ls");
                        var shell = new Library.Shell("sh");
                        _ = shell.Pid;
                        shell.Run(5);
                        shell.Other();
                        Library.Extensions.Launch("ls");
                    }
                }
                """).Library("Library", Library),
            ("ForkLint.Spawns.txt", "M:Library.Shell.Run(System.String)\nM:Library.Shell.#ctor(System.String); duplicates\nP:Library.Shell.Pid;duplicates"),
            ("ForkLint.Spawns.More.txt", "M:Library.Shell.Run``1(``0); shares\nM:Library.Extensions.Launch(System.String)")));

    [Fact]
    public void A_listed_spawn_without_a_kind_does_as_Process_Start_does() => Assert.Equal(
        "duplicates uncharged Shell.Run [.NET before 11 forks on macOS (osx-arm64)]",
        Assert.Single(SpawnProbe.SpawnsOf(
            Lint.CSharp("class C { void M() => Library.Shell.Run(\"ls\"); }").Library("Library", Library).BuildProperty("RuntimeIdentifier", "osx-arm64"),
            ("ForkLint.Spawns.txt", "M:Library.Shell.Run(System.String)"))));

    [Theory]
    [InlineData("Big.Bytes(1000)", "UserDefined Big.Bytes 1000")]
    [InlineData("Big.Numbers(1000, text)", "UserDefined Big.Numbers 4000")]
    [InlineData("Big.Pinned()", "UserDefined Big.Pinned at least 67108864")]
    [InlineData("Big.TwoNumbers(1, 2)", "UserDefined Big.TwoNumbers unknown")]
    [InlineData("new Big(5000)", "UserDefined Big 5000")]
    [InlineData("Big.Shared", "UserDefined Big.Shared measured 777")]
    [InlineData("Big.Load()", "UserDefined Big.Load measured 888")]
    [InlineData("Big.Unlisted(1000)", "none")]
    public void Listed_members_allocate(string expression, string expected) => Assert.Equal(
        expected,
        SizeProbe.Describe(
            expression,
            "",
            """
            class Big
            {
                public Big(long bytes) { }
                public static byte[] Bytes(int length) => null!;
                public static int[] Numbers(int count, string name) => null!;
                public static object Pinned() => null!;
                public static object TwoNumbers(int a, int b) => null!;
                public static object Shared => null!;
                public static object Load() => null!;
                public static byte[] Unlisted(int length) => null!;
            }
            """,
            ("ForkLint.Allocations.txt", "M:Big.Bytes(System.Int32)\nM:Big.Numbers(System.Int32,System.String)\nM:Big.Pinned; 64 MiB\nM:Big.TwoNumbers(System.Int32,System.Int32)\nT:Big\nP:Big.Shared"),
            ("ForkLint.Measured.txt", "P:Big.Shared; 777\nM:Big.Load; 888")));

    [Fact]
    public void Measured_sizes_are_found_by_field_and_by_the_property_or_event_behind_it()
    {
        var compilation = Lint.CSharp(
            """
            namespace App
            {
                class Cache<T>
                {
                    public static byte[] Table = [];
                    public byte[] Auto { get; set; } = [];
                    public event Action? Changed;
                    public byte[] Other = [];
                }
            }
            """).Compile();
        var apis = UserApis.Load(
            compilation,
            [
                new MemoryText("/x/ForkLint.Measured.txt", "F:App.Cache`1.Table; 200\nP:App.Cache`1.Auto; 300 B\nE:App.Cache`1.Changed; 1 KB\nF:App.Gone; 1"),
                new MemoryText("/x/ForkLint.Measured.2.txt", "F:App.Cache`1.Table; 100"),
            ],
            CancellationToken.None);
        var type = compilation.GetTypeByMetadataName("App.Cache`1")!;
        var closed = type.Construct(compilation.GetSpecialType(SpecialType.System_Int32));

        Assert.Equal(200, Measured(type.GetMembers("Table")[0]));
        Assert.Equal(200, Measured(closed.GetMembers("Table")[0]));
        Assert.Equal(300, Measured(type.GetMembers("Auto")[0]));
        Assert.Equal(300, Measured(type.GetMembers().OfType<IFieldSymbol>().Single(field => field.AssociatedSymbol?.Name == "Auto")));
        Assert.Equal(1000, Measured(type.GetMembers("Changed")[0]));
        Assert.Null(Measured(type.GetMembers("Other")[0]));

        long? Measured(ISymbol symbol) => apis.TryGetMeasuredBytes(symbol, out var bytes) ? bytes : null;
    }

    [Fact]
    public void No_id_makes_the_compiler_throw()
    {
        var compilation = Lint.CSharp("class C<T> { void M<U>(T t, U[] u, ref int i) { } int this[int i] => i; }").Compile();
        string[] seeds =
        [
            "M:C`1.M``1(`0,``0[],System.Int32@)", "P:C`1.Item(System.Int32)", "F:C`1.F", "T:C`1", "M:C{System.Int32}.#ctor", "E:C`99999999999.E",
            "M:C`1.M``99999999999(``88888888888)", "M:C`1.op_Implicit(`0)~System.Int32", "M:C`1.M(System.Int32[0:,0:])", "M:C`1.M(System.Int32*,=FUNC:System.Int32())",
        ];
        var random = new Random(7);
        const string Alphabet = "MPFET:.`,()[]{}@*~#^=0123456789CSystem";
        foreach (var kind in new[] { "Spawns", "Allocations", "Measured" })
        {
            var lines = new List<string>(seeds);
            for (var index = 0; index < 2000; index++)
            {
                var line = seeds[index % seeds.Length].ToCharArray();
                for (var change = random.Next(1, 4); change > 0; change--)
                {
                    line[random.Next(line.Length)] = Alphabet[random.Next(Alphabet.Length)];
                }

                lines.Add(new string(line)[..random.Next(1, line.Length + 1)] + (kind == "Measured" ? "; 5" : ""));
            }

            Assert.NotSame(UserApis.Empty, UserApis.Load(compilation, [new MemoryText($"/x/ForkLint.{kind}.txt", string.Join("\n", lines))], CancellationToken.None));
        }
    }
}
