using System.Text.RegularExpressions;

namespace ForkLint.UsersChair;

/// <summary>The fixes as <c>dotnet format</c> applies them to a project that references the package.</summary>
[Collection(nameof(PackedPackage))]
public sealed partial class FormatTests(PackedPackage package)
{
    private const string Table = """
        Console.WriteLine(Lookup.At(3));
        Lookup.Notify();
        Console.WriteLine(Lookup.At(3));

        internal static class Lookup
        {
            private static byte[]? _table = new byte[40 << 20];

            public static int At(int i) => _table is { } table ? table[i] : throw new InvalidOperationException("not loaded");

            public static void Notify()
            {
                using var child = System.Diagnostics.Process.Start("true");
                child.WaitForExit();
            }
        }
        """;

    /// <summary>One method for each way in which a finding is fixed. All print what they computed.</summary>
    private const string Reports = """
        using System.Diagnostics;
        using System.Runtime.InteropServices;

        Reports.Print("a");
        Console.WriteLine(Reports.Count());
        Reports.Native();
        Reports.Released();
        Console.WriteLine(await Reports.Async());
        Reports.Dropped();
        Reports.OneLine();
        Reports.Lambda()();
        Reports.Table();
        Reports.Table();

        internal static class Reports
        {
            private static byte[]? _table = new byte[40 << 20];

            public static void Print(string name)
            {
                var page = new byte[40 << 20];
                Array.Fill(page, (byte)1);
                Console.WriteLine(name + page.Length);
                Child.Run();
                Console.WriteLine("printed");
            }

            public static int Count()
            {
                var page = new byte[40 << 20];
                var count = 1;
                for (var i = 0; i < page.Length; i++)
                {
                    count += page[i];
                }

                Child.Run();
                return count;
            }

            public static unsafe void Native()
            {
                var block = (byte*)NativeMemory.Alloc(40 << 20);
                try
                {
                    block[0] = 1;
                    Child.Run();
                }
                finally
                {
                    NativeMemory.Free(block);
                }
            }

            public static void Released()
            {
                var block = Marshal.AllocHGlobal(40 << 20);
                Marshal.WriteByte(block, 1);
                Child.Run();
                Marshal.FreeHGlobal(block);
            }

            public static async Task<long> Async()
            {
                var page = new byte[40 << 20];
                await Task.Yield();
                var length = page.LongLength;
                using var child = Process.Start("true");
                await child.WaitForExitAsync();
                return length;
            }

            public static void Dropped()
            {
                byte[]? page = new byte[40 << 20];
                Console.WriteLine(page.Length);
                page = null;
                Child.Run();
            }

            public static void OneLine() { var page = new byte[40 << 20]; Console.WriteLine(page.Length); Child.Run(); }

            public static Action Lambda() => () =>
            {
                var page = new byte[40 << 20];
                Console.WriteLine(page.Length);
                Child.Run();
            };

            public static void Table()
            {
                Console.WriteLine(_table?.Length);
                Child.Run();
            }
        }
        """;

    private const string Child = """
        using System.Diagnostics;

        internal static class Child
        {
            public static void Run() => Process.Start("true");
        }
        """;

    /// <summary>What the program needs later stays: a plain <c>dotnet format</c> must not change what a program does.</summary>
    [Fact]
    public async Task Format_leaves_a_field_that_is_read_later()
    {
        var project = UserProject.Create(package, ("Program.cs", Table), (".editorconfig", "root = true\n[*.cs]\nforklint.process_start_model = duplicates\n"));
        Assert.Contains("FORK005", Warnings(await project.Run("build")));

        await project.Run("format", "--no-restore");

        Assert.Equal(Table, project.Read("Program.cs"));
    }

    /// <summary>Several identifiers at once: every fixable finding is fixed, and the program prints what it printed before.</summary>
    [Fact]
    public async Task Format_with_several_identifiers_fixes_each()
    {
        var project = UserProject.Create(
            package, ("Program.cs", Reports), ("Child.cs", Child), (".editorconfig", "root = true\n[Child.cs]\nforklint.process_start_model = duplicates\n[*.cs]\ndotnet_diagnostic.FORK006.severity = warning\n"));
        var before = Warnings(await project.Run("build"));
        Assert.Superset(new HashSet<string> { "FORK002", "FORK004", "FORK005", "FORK006" }, before.ToHashSet());
        var printed = await project.Run("run", "--no-build");

        await project.Run("format", "analyzers", "--no-restore", "--severity", "info", "--diagnostics", "FORK002", "FORK004", "FORK005", "FORK006");

        Assert.Equal(["FORK005"], Warnings(await project.Run("build")));
        Assert.Equal(printed, await project.Run("run", "--no-build"));
    }

    /// <summary>The rules that a build printed, each finding once.</summary>
    private static List<string> Warnings(string output) =>
        [.. Finding().Matches(output).Select(match => match.Value).Distinct().Select(finding => finding[^7..]).Order(StringComparer.Ordinal)];

    [GeneratedRegex(@"\w+\.cs\(\d+,\d+\): (?:warning|info) FORK\d{3}")]
    private static partial Regex Finding();
}
