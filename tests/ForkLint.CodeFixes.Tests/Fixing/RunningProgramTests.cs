using System.Reflection;
using System.Runtime.Loader;
using ForkLint.CodeFixes;
using ForkLint.Verification;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;

namespace ForkLint.Fixing;

/// <summary>
/// Programs that say what they do, run before and after each fix that is offered for them, and after all at once. They say the same; where the
/// title speaks of an earlier release, the line "released" alone may come earlier.
/// </summary>
public sealed class RunningProgramTests
{
    private const string Released = "released";

    private static readonly CodeFixProvider[] Fixes = [new HeldLocalCodeFixProvider(), new ReleaseFieldCodeFixProvider(), new CollectBeforeSpawnCodeFixProvider()];

    /// <summary>What every program has: a log, a process, and an owner of native memory.</summary>
    private const string Common = """
        static class Log { public static readonly List<string> Lines = []; public static void Say(object what) => Lines.Add(what?.ToString() ?? "null"); }
        static class Child { public static void Run() { Process.Start("true").WaitForExit(); Log.Say("ran"); } }
        sealed class Owner : IDisposable
        {
            private IntPtr _block = Marshal.AllocHGlobal(64_000_000);
            public int Used { get { if (_block == 0) { throw new ObjectDisposedException("Owner"); } Marshal.WriteByte(_block, 7); return Marshal.ReadByte(_block); } }
            public void Dispose() { if (_block != 0) { Marshal.FreeHGlobal(_block); _block = 0; Log.Say("released"); } }
        }
        """;

    /// <summary>Each with the rule that it breaks, and how many fixes are offered for it.</summary>
    public static TheoryData<string, int, string> Programs => new()
    {
        { "FORK002", 1, "var p = Marshal.AllocHGlobal(64_000_000); Marshal.WriteByte(p, 5); Log.Say(Marshal.ReadByte(p));\nChild.Run();\nMarshal.FreeHGlobal(p);\nLog.Say(\"end\");" },
        { "FORK002", 0, "var p = Marshal.AllocHGlobal(64_000_000); var size = 3;\nChild.Run();\nsize = 4; if (size > 3) { Marshal.FreeHGlobal(p); Log.Say(size); }" },
        { "FORK002", 1, "var o = new Owner(); Log.Say(o.Used);\nChild.Run();\nLog.Say(\"between\");\no.Dispose();" },
        { "FORK002", 1, "using var o = new Owner();\nLog.Say(o.Used);\nChild.Run();\nLog.Say(\"end\");" },
        { "FORK002", 1, "using (var o = new Owner())\n{\nLog.Say(o.Used);\nChild.Run();\nLog.Say(\"inside\");\n}\nLog.Say(\"end\");" },
        { "FORK002", 1, "var o = new Owner();\ntry\n{\nLog.Say(o.Used);\nChild.Run();\n}\nfinally\n{\no.Dispose();\n}\nLog.Say(\"end\");" },
        { "FORK002", 1, "var big = new byte[64_000_000];\nbig[3] = 4;\nLog.Say(big[3]);\nChild.Run();\nLog.Say(\"end\");" },
        { "FORK002", 1, "var big = new byte[64_000_000];\nvar sum = 0;\nforeach (var b in big) { sum += b + 1; }\nChild.Run();\nLog.Say(sum);" },
        { "FORK002", 1, "var n = 1;\nvar big = new byte[64_000_000];\nn += big.Length;\nChild.Run();\nn++;\nLog.Say(n);" },
        { "FORK002", 1, "byte[] big = new byte[64_000_000];\nLog.Say(big.Length);\nChild.Run();\nbig = null;\nLog.Say(\"end\");" },
        { "FORK002", 0, "for (var i = 0; i < 3; i++)\n{\nvar big = new byte[64_000_000];\nif (i == 1) { Log.Say(big.Length); continue; }\nLog.Say(i);\nChild.Run();\n}" },
        { "FORK002", 0, "var big = new byte[64_000_000];\nif (big.Length < 5) { return; }\nvar x = big.Length;\nChild.Run();\nLog.Say(x);" },
        { "FORK002", 1, "var first = 1; var second = 2;\nvar big = new byte[64_000_000];\n(first, second) = (second, first);\nLog.Say(big.Length + first);\nChild.Run();\nLog.Say(first * 10);" },
        { "FORK002", 0, "var count = 0;\nAction more = () => count++;\nvar big = new byte[64_000_000];\nmore();\nLog.Say(big.Length + count);\nChild.Run();\nmore();\nLog.Say(count);" },
        { "FORK002", 1, "try\n{\nvar big = new byte[64_000_000];\nLog.Say(big.Length);\nChild.Run();\nthrow new InvalidOperationException(\"as before\");\n}\ncatch (InvalidOperationException e) { Log.Say(e.Message); }" },
        { "FORK002", 1, "var big = new byte[64_000_000];\nif (int.TryParse(\"12\", out var parsed)) { Log.Say(big.Length + parsed); }\nChild.Run();\nLog.Say(parsed);" },
        { "FORK006", 1, "byte[] big = new byte[64_000_000];\nLog.Say(big.Length);\nbig = null;\nChild.Run();\nLog.Say(big is null);" },
        { "FORK006", 1, "byte[] big = new byte[64_000_000];\nLog.Say(big.Length);\nbig = null;\nGC.Collect();\nChild.Run();\nLog.Say(big is null);" },
        { "FORK006", 1, "void Load() { var big = new byte[64_000_000]; Log.Say(big.Length); }\nLoad();\nChild.Run();\nLog.Say(\"end\");" },
    };

    /// <summary>Classes with a field; the program is <c>new Service().Go()</c>, twice.</summary>
    public static TheoryData<int, string> Fields => new()
    {
        { 1, "private byte[]? _table; private byte[] Table => _table ??= Load(); private static byte[] Load() { var t = new byte[64_000_000]; t[1] = 9; return t; } public void Go() { Log.Say(Table[1]);\nChild.Run();\nLog.Say(\"end\"); }" },
        { 0, "private static byte[]? s_table = new byte[64_000_000]; public void Go() { Child.Run(); }" },
        { 1, "internal static byte[]? s_table = new byte[64_000_000]; public void Go() { Process.Start(\"true\"); Log.Say(\"ran\"); }" },
        { 0, "private byte[]? _table = new byte[64_000_000]; public void Go() { _table[1]++;\nChild.Run(); Log.Say(_table[1]); }" },
        { 0, "private byte[]? _table; public void Go() { if (_table == null) { _table = new byte[64_000_000]; } _table[1]++; Log.Say(_table[1]);\nChild.Run(); }" },
        { 0, "private byte[]? _table; public void Go() { _table ??= new byte[64_000_000]; _table[2] += 3; Log.Say(_table[2]);\nChild.Run(); }" },
        { 0, "private List<int>? _seen; private List<int> Seen => _seen ??= new List<int>(16_000_000); public void Go() { Seen.Add(1); Log.Say(Seen.Count);\nChild.Run(); }" },
        { 0, "private byte[]? _table; private byte[] Table => _table ??= new byte[64_000_000]; public void Go() { Table[5]++; Log.Say(Table[5]);\nChild.Run(); }" },
        { 0, "private byte[]? _table; private byte[] Table => _table ??= new byte[64_000_000]; public void Go() { Log.Say(Table[5]); Array.Fill(Table, (byte)1);\nChild.Run(); }" },
        { 0, "private byte[]? _table; private byte[] Table => _table ??= new byte[64_000_000]; public void Go() { var t = Table; t[1]++; Log.Say(t[1]);\nChild.Run(); }" },
        { 0, "private byte[]? _table; private byte[] Get() { return _table ??= new byte[64_000_000]; } private byte[] Again() => Get(); public void Go() { Again()[1]++; Log.Say(Again()[1]);\nChild.Run(); }" },
        { 0, "private byte[]? _table; public void Go() { ref var first = ref (_table ??= new byte[64_000_000])[0]; first++; Log.Say(first);\nChild.Run(); }" },
        { 0, "private byte[]? _table; private byte[] Get() => _table ??= new byte[64_000_000]; public void Go() { var t = Get(); Log.Say(t.Length);\nChild.Run(); }" },
        { 1, "private byte[]? _table; private byte[] Get() { return _table ??= new byte[64_000_000]; } public void Go() { foreach (var b in Get()) { if (b > 0) { Log.Say(b); } } Log.Say(Get().Length + Sum(Get()));\nChild.Run(); } private static int Sum(ReadOnlySpan<byte> all) => all[3];" },
        { 1, "private byte[]? _table; private byte[] Table => _table ??= new byte[64_000_000]; public void Go() { Log.Say(Table.Count(b => b == 0) + Table.Where(b => b > 1).Count());\nChild.Run(); }" },
        { 0, "private List<byte[]>? _rows; private List<byte[]> Rows => _rows ??= new List<byte[]>(16_000_000) { new byte[1] }; public void Go() { Log.Say(Rows.Count(row => row[0]++ == 0));\nChild.Run(); }" },
        { 0, "private List<byte[]>? _rows; private List<byte[]> Rows => _rows ??= new List<byte[]>(16_000_000) { new byte[1] }; public void Go() { Log.Say(Rows.Any(row => row[0]++ == 0));\nChild.Run(); }" },
        { 1, "private Dictionary<string, int>? _map; private Dictionary<string, int> Map => _map ??= new Dictionary<string, int>(9_000_000) { [\"a\"] = 1 }; public void Go() { Log.Say(Map[\"a\"] + (Map.TryGetValue(\"b\", out var b) ? b : 7));\nChild.Run(); }" },
    };

    [Theory]
    [MemberData(nameof(Programs))]
    public Task A_local(string rule, int offered, string statements) => Check($$"""
        {{Common}}
        static class Program
        {
            public static void Go()
            {
                {{statements.Replace("\n", "\n        ", StringComparison.Ordinal)}}
            }
        }
        """, rule, offered);

    [Theory]
    [MemberData(nameof(Fields))]
    public Task A_field(int offered, string members) => Check($$"""
        {{Common}}
        sealed class Service { {{members}} }
        static class Program { public static void Go() { var service = new Service(); service.Go(); service.Go(); } }
        """, "FORK005", offered);

    private static async Task Check(string program, string rule, int offered)
    {
        var test = Lint.CSharp(program).Option("forklint.process_start_model", "duplicates");
        var project = await FixVerification.Open(test);
        var before = Run(await Compiled(project));
        Assert.Contains("ran", before);
        var findings = (await test.Run(await Compiled(project))).Diagnostics;
        Assert.Contains(findings, finding => finding.Id == rule);
        var actions = 0;
        foreach (var fix in Fixes)
        {
            var mine = findings.Where(finding => fix.FixableDiagnosticIds.Contains(finding.Id)).ToArray();
            foreach (var action in await FixVerification.Offered(fix, project, [.. mine]))
            {
                actions++;
                var changed = await FixVerification.Apply(action, project);
                Assert.Matches("^(Release|Dispose|Free) '|^Allocate and use '|^Make the GC give the memory back", action.Title);
                Assert.Contains("before the process is started", action.Title, StringComparison.Ordinal);
                Same(before, Run(await Compiled(changed)), mayReleaseEarlier: action.Title.StartsWith("Release", StringComparison.Ordinal) || action.Title.StartsWith("Dispose", StringComparison.Ordinal));
                Assert.Empty((await test.Run(await Compiled(changed))).Diagnostics.Where(finding => finding.Id == rule));
            }

            if (mine.Length > 0 && fix.GetFixAllProvider() is not null && await FixVerification.ApplyAll(fix, project, [.. mine]) is { } all)
            {
                Same(before, Run(await Compiled(all)), mayReleaseEarlier: true);
            }
        }

        Assert.Equal(offered, actions);
    }

    private static void Same(List<string> before, List<string> after, bool mayReleaseEarlier)
    {
        if (mayReleaseEarlier)
        {
            Assert.Equal(before.Count(line => line == Released), after.Count(line => line == Released));
            before = before.FindAll(line => line != Released);
            after = after.FindAll(line => line != Released);
        }

        Assert.Equal(before, after);
    }

    private static async Task<CSharpCompilation> Compiled(Project project)
    {
        var compilation = (CSharpCompilation)(await project.GetCompilationAsync())!;
        Assert.Empty(compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        return compilation;
    }

    private static List<string> Run(CSharpCompilation compilation)
    {
        using var image = new MemoryStream();
        Assert.True(compilation.Emit(image).Success);
        image.Position = 0;
        var context = new AssemblyLoadContext("program", isCollectible: true);
        try
        {
            var assembly = context.LoadFromStream(image);
            assembly.GetType("Program")!.GetMethod("Go", BindingFlags.Static | BindingFlags.Public)!.Invoke(null, null);
            return [.. (List<string>)assembly.GetType("Log")!.GetField("Lines")!.GetValue(null)!];
        }
        finally
        {
            context.Unload();
        }
    }
}
