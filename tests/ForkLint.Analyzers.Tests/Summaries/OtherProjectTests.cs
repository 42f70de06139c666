using ForkLint.Verification;

namespace ForkLint.Summaries;

/// <summary>
/// What another project declares: an editor has its sources at hand, a build its assembly. The findings are the same, and none of them stands
/// in a file of the other project, where it could not be reported.
/// </summary>
public sealed class OtherProjectTests
{
    private const string Other = """
        using System.Diagnostics;
        namespace Other
        {
            public static class Cache
            {
                public static byte[] Data;
                public static byte[] Table { get; set; }
                public static readonly int Size = 300_000_000;
                public const int Length = 300_000_000;
                public static readonly byte[] Big = new byte[300_000_000];
                public static byte[] Make() => new byte[300_000_000];
                public static byte[] Make(int n) => new byte[n];
                public static void Keep(byte[] data) => Data = data;
                public static void Drop() => Data = null;
            }
            public class Base
            {
                public byte[] Data;
                public byte[] Table { get; set; }
                public virtual void Go() { }
                public virtual void Fill() => Data = new byte[300_000_000];
                public static void Start() => Process.Start("true");
            }
            public interface IRuns { void Run(); }
            public struct Pair { public byte[] One; public byte[] Two { get; set; } }
            public record Held(byte[] Data);
            public static class Extensions { public static byte[] Same(this byte[] data) => data; public static void Start(this string name) => Process.Start(name); }
            public abstract class Node { public abstract void Visit(); public virtual byte[] Get() => null; }
            public class Owner : System.IDisposable { public byte[] Data = new byte[300_000_000]; public void Dispose() => Data = null; }
            public class Awaitable { public System.Runtime.CompilerServices.TaskAwaiter GetAwaiter() => System.Threading.Tasks.Task.CompletedTask.GetAwaiter(); }
            public class Walk { public int Current => 1; public bool MoveNext() => false; public Walk GetEnumerator() => this; }
        }
        """;

    /// <summary>Programs that use it, with what is found in each.</summary>
    public static TheoryData<string, bool> Programs
    {
        get
        {
            string[] programs =
            [
                "class C { void M() { Other.Cache.Data = new byte[300_000_000]; Process.Start(\"true\"); } }",
                "class C { void M() { Other.Cache.Table = new byte[300_000_000]; Process.Start(\"true\"); } }",
                "class C : Other.Base { void M() { Data = new byte[300_000_000]; Process.Start(\"true\"); } }",
                "class C : Other.Base { void M() { Table = new byte[300_000_000]; Process.Start(\"true\"); } }",
                "class C : Other.Base { byte[] {|FORK005:_own|}; void M() { _own = new byte[300_000_000]; Process.Start(\"true\"); } }",
                "class C : Other.Base { public override void Go() => Process.Start(\"true\"); void M() { var big = new byte[300_000_000]; {|FORK003:Go()|}; GC.KeepAlive(big); } }",
                "class C { static void M(Other.Base b) { var big = new byte[300_000_000]; b.Go(); GC.KeepAlive(big); } }",
                "class C { void M() { var big = new byte[Other.Cache.Length]; {|FORK003:Process.Start(\"true\")|}; GC.KeepAlive(big); } }",
                "class C { void M() { var big = Other.Cache.Make(); Process.Start(\"true\"); GC.KeepAlive(big); } }",
                "class C { void M() { var big = Other.Cache.Make(300_000_000); Process.Start(\"true\"); GC.KeepAlive(big); } }",
                "class C { void M() { var big = new byte[300_000_000]; Other.Base.Start(); GC.KeepAlive(big); } }",
                "class C { void M() { Other.Cache.Keep(new byte[300_000_000]); Process.Start(\"true\"); } }",
                "class C { void M() { var b = new Other.Base { Data = new byte[300_000_000] }; {|FORK003:Process.Start(\"true\")|}; GC.KeepAlive(b); } }",
                "class C { void M() { var p = new Other.Pair { One = new byte[300_000_000] }; {|FORK003:Process.Start(\"true\")|}; GC.KeepAlive(p.One); } }",
                "class C { void M() { var p = new Other.Pair { Two = new byte[300_000_000] }; {|FORK003:Process.Start(\"true\")|}; GC.KeepAlive(p.Two); } }",
                "class C { void M() { var big = Other.Extensions.Same(new byte[300_000_000]); Process.Start(\"true\"); GC.KeepAlive(big); } }",
                "class C : Other.Node { public override void Visit() => Process.Start(\"true\"); static void M(Other.Node n) { var big = new byte[300_000_000]; {|FORK003:n.Visit()|}; GC.KeepAlive(big); } }",
                "class C : Other.Node { public override void Visit() { var big = Get(); {|FORK003:Process.Start(\"true\")|}; GC.KeepAlive(big); } public override byte[] Get() => new byte[300_000_000]; }",
                "class C { void M() { using var o = new Other.Owner(); Process.Start(\"true\"); } }",
                "class C { void M() { using (var o = new Other.Owner { Data = new byte[300_000_000] }) { } Process.Start(\"true\").WaitForExit(); } }",
                "class C { async Task M() { var big = new byte[300_000_000]; await new Other.Awaitable(); foreach (var w in new Other.Walk()) { } {|FORK003:Process.Start(\"true\")|}; GC.KeepAlive(big); } }",
                "class C { static readonly byte[] {|FORK005:s_big|} = new byte[300_000_000]; void M() { Other.Cache.Drop(); Process.Start(\"true\"); } }",
                "class C { void M() { var b = Other.Cache.Big; Process.Start(\"true\"); GC.KeepAlive(b); } }",
                "class C { void M() { Action a = Other.Base.Start; var big = new byte[300_000_000]; a(); GC.KeepAlive(big); } }",
            ];
            var data = new TheoryData<string, bool>();
            foreach (var program in programs)
            {
                data.Add(program, true);
                data.Add(program, false);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public Task Is_the_same_with_its_sources_and_without(string program, bool hasSources) => Lint.CSharp(program).Project("Other", Other, hasSources).Verify();

    [Theory]
    [InlineData("class C { void M() { var big = new byte[Other.Cache.Size]; {|FORK003:Process.Start(\"true\")|}; GC.KeepAlive(big); } }")]
    [InlineData("class C { void M() { var h = new Other.Held(new byte[300_000_000]); {|FORK003:Process.Start(\"true\")|}; GC.KeepAlive(h); } }")]
    public async Task Says_more_where_the_sources_say_what_a_value_or_a_record_is(string program)
    {
        await Lint.CSharp(program).Project("Other", Other, hasSources: true).Verify();
        await Lint.CSharp(program.Replace("{|FORK003:", "", StringComparison.Ordinal).Replace("|}", "", StringComparison.Ordinal)).Project("Other", Other, hasSources: false).Verify();
    }

    [Theory]
    [InlineData("class C { byte[] {|FORK005:_own|}; void M() { _own = new byte[300_000_000]; Other::Other.Base.Start(); Process.Start(\"true\"); } }", true)]
    [InlineData("class C : Other::Other.Node { public override void Visit() => Process.Start(\"true\"); static void M(Other::Other.Node n) { var big = new byte[300_000_000]; {|FORK003:n.Visit()|}; GC.KeepAlive(big); } }", true)]
    [InlineData("class C : Other::Other.Node { public override void Visit() => Process.Start(\"true\"); static void M(Other::Other.Node n) { var big = new byte[300_000_000]; {|FORK003:n.Visit()|}; GC.KeepAlive(big); } }", false)]
    [InlineData("class C { void M() { Other::Other.Cache.Data = new byte[300_000_000]; Process.Start(\"true\"); } }", true)]
    [InlineData("class C { void M() { var big = new byte[Other::Other.Cache.Length]; {|FORK003:Process.Start(\"true\")|}; GC.KeepAlive(big); } }", false)]
    [InlineData("using Base = Other::Other.Base; class C : Base { public override void Go() => Process.Start(\"true\"); } class D { static void M(Base b) { var big = new byte[300_000_000]; b.Go(); GC.KeepAlive(big); } }", true)]
    public Task Is_the_same_by_an_extern_alias(string program, bool hasSources) =>
        Lint.CSharp("extern alias Other;\n" + program).Project("Other", Other, hasSources).ExternAlias("Other", "Other").Verify();
}
