using ForkLint.Verification;

namespace ForkLint.Summaries;

/// <summary>A field's memory is found whatever the file that stores it calls the field's type.</summary>
public sealed class AliasTests
{
    private const string Depot = """
        namespace App;
        public class Depot
        {
            private readonly byte[] {|FORK005:_stock|};
            public Depot(byte[] stock) => _stock = stock;
            public void Ship() => Process.Start("true");
        }
        """;

    /// <summary>What hangs on another field is reported once, there.</summary>
    private static readonly string OfShelf = Depot.Replace("{|FORK005:_stock|}", "_stock", StringComparison.Ordinal);

    [Theory]
    [InlineData("using D = App.Depot; static class Shelf { public static D Open() => new D(new byte[300_000_000]); }", "")]
    [InlineData("static class Shelf { public static D Open() => new D(new byte[300_000_000]); }", "global using D = App.Depot;")]
    [InlineData("using D = App.Depot; static class Shelf { public static D Open() => new(new byte[300_000_000]); }", "")]
    [InlineData("static class Shelf { public static object Open() => Slot.Set(new(new byte[300_000_000])); }", "static class Slot { public static object Set(App.Depot depot) => depot; }")]
    [InlineData("static class Shelf { public static A.Depot Open() => new A.Depot(new byte[300_000_000]); }", "global using A = App;")]
    [InlineData("static class Shelf { public static App.Depot Open() => new App.@Depot(new byte[300_000_000]); }", "")]
    [InlineData("static class Shelf { public static object Open() => new App.D\\u0065pot(new byte[300_000_000]); }", "")]
    [InlineData("static class Shelf { public static object Open() => new App.De\u200dpot(new byte[300_000_000]); }", "")]
    [InlineData("static class Shelf { private static App.Depot {|FORK005:s_depot|}; public static void Open() {\n// The depot\ns_depot = new(new byte[300_000_000]); } }", "")]
    [InlineData("static class Shelf { public static object Open(Box box) {\n// The box's depot\nbox.Depot = new(new byte[300_000_000]); return box; } }", "class Box { public App.Depot Depot; }")]
    [InlineData("static class Shelf { public static object Open(bool is_new, Box b) => is_new? b.It = new(new byte[300_000_000]) : null; }", "class Box { public App.Depot It; }")]
    public Task A_type_by_another_name(string shelf, string other) => Lint.CSharp(shelf.Contains("s_depot", StringComparison.Ordinal) ? OfShelf : Depot).File("Shelf.cs", shelf).File("Other.cs", other).Verify();

    [Theory]
    [InlineData("using static App.Cache; static class Filler { public static void Fill() => Set(new byte[300_000_000]); }")]
    [InlineData("using C = App.Cache; static class Filler { public static void Fill() => C.Set(new byte[300_000_000]); }")]
    [InlineData("static class Filler { public static void Fill() { Action<byte[]> set = App.Cache.Set; set(new byte[300_000_000]); } }")]
    public Task A_static_member_by_another_name(string filler) => Lint.CSharp("class Starts { void Go() => Process.Start(\"true\"); }")
        .File("Cache.cs", "namespace App; static class Cache { private static byte[] {|FORK005:s_data|}; public static void Set(byte[] data) => s_data = data; }")
        .File("Filler.cs", filler).Verify();

    [Theory]
    [InlineData("using I = App.Outer<int>.Inner; static class Filler { public static void Fill() => I.Set(new byte[300_000_000]); }", "")]
    [InlineData("namespace Elsewhere { using O = App.Outer<string>; static class Filler { public static void Fill() => O.Inner.Set(new byte[300_000_000]); } }", "")]
    [InlineData("static class Filler { public static void Fill() => Set(new byte[300_000_000]); }", "global using static App.Outer<long>.Inner;")]
    [InlineData("static class Filler { public static void Fill() => Hidden.Set(new byte[300_000_000]); }", "global using Hidden = App.Outer<(int, string)>.Inner;")]
    [InlineData("static class Filler { public static void Fill() => new App.Mine().Fill(); }", "namespace App { class Mine : Outer<int>.Inner { public void Fill() => Set(new byte[300_000_000]); } }")]
    public Task A_nested_type_of_a_generic_one_by_another_name(string filler, string other) => Lint.CSharp("class Starts { void Go() => Process.Start(\"true\"); }")
        .File("Outer.cs", "namespace App; class Outer<T> { public class Inner { private static byte[] {|FORK005:s_data|}; public static void Set(byte[] data) => s_data = data; } }")
        .File("Filler.cs", filler).File("Other.cs", other).Verify();

    [Fact]
    public Task The_parts_of_a_class_in_files_of_their_own() => Lint.CSharp("partial class Depot { private byte[] {|FORK005:_stock|}; }")
        .File("Fill.cs", "partial class Depot { partial void Fill(); public void Refill() => Fill(); }")
        .File("Filled.cs", "using Memory = byte[]; partial class Depot { partial void Fill() { Memory stock = new byte[300_000_000]; _stock = stock; } }")
        .File("Ship.cs", "partial class Depot { public void Ship() => Process.Start(\"true\"); }").LanguageVersion(Microsoft.CodeAnalysis.CSharp.LanguageVersion.Preview).Verify();

    [Theory]
    [InlineData("foreach (var each in {|FORK003:steps|}) { }", "static class More { public static IEnumerator<int> GetEnumerator(this Steps steps) { Process.Start(\"true\"); return null; } }")]
    [InlineData("foreach (var each in {|FORK003:steps|}) { }", "static class More { public static Walk GetEnumerator(this Steps steps) => new(); } class Walk { public int Current => 1; public bool MoveNext() { Process.Start(\"true\"); return false; } }")]
    [InlineData("{|FORK003:await steps|};", "static class More { public static System.Runtime.CompilerServices.TaskAwaiter GetAwaiter(this Steps steps) { Process.Start(\"true\"); return default; } }")]
    public Task A_spawn_by_an_extension_without_a_name(string statement, string other) => Lint.CSharp($$"""
        class C { static async Task M(Steps steps) { await Task.Yield(); var big = new byte[300_000_000]; {{statement}} GC.KeepAlive(big); } }
        """).File("Steps.cs", "class Steps { }").File("More.cs", other).Verify();

    [Theory]
    [InlineData("using P = System.Diagnostics.Process;", "P.Start(\"true\")")]
    [InlineData("using static System.Diagnostics.Process;", "Start(\"true\")")]
    [InlineData("using P = System.Diagnostics.Proc\\u0065ss;", "P.Start(\"true\")")]
    [InlineData("", "System.Diagnostics.P\\u0072ocess.St\\u0061rt(\"true\")")]
    [InlineData("", "System.Diagnostics.@Process.@Start(\"true\")")]
    [InlineData("", "new App.Own().Go()")]
    public Task A_spawn_by_another_name(string directive, string call) => Lint.CSharp($$"""
        {{directive}}
        class C { static void M() { var big = new byte[300_000_000]; {|FORK003:{{call}}|}; GC.KeepAlive(big); } }
        """).WithoutUsings().File("Usings.cs", "global using System; namespace App { class Own : Library.Tool { public void Go() => Start(); } }")
        .Library("Library", "namespace Library { public class Tool : System.Diagnostics.Process { } }").Verify();
}
