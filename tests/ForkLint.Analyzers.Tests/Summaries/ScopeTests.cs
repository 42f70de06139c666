using ForkLint.Verification;

namespace ForkLint.Summaries;

/// <summary>
/// What matters to a spawn is found in other files too, by whatever way its code is reached: "Start.cs" alone has a word of spawning in it.
/// </summary>
public sealed class ScopeTests
{
    [Theory]
    [InlineData("static void Run(Holder holder) { var big = BIG; {|FORK003:holder.Tool.Launch()|}; GC.KeepAlive(big); }")]
    [InlineData("static void Run(ILaunch it) { var big = BIG; {|FORK003:it.Launch()|}; GC.KeepAlive(big); }")]
    [InlineData("static void Run(IHidden it) { var big = BIG; {|FORK003:it.Go()|}; GC.KeepAlive(big); }")]
    [InlineData("static void Run(Holder holder) { var big = BIG; var code = {|FORK003:holder.Tool.Code|}; GC.KeepAlive(big); }")]
    [InlineData("static void Run(Holder holder) { var big = BIG; {|FORK003:holder.Tool.Code|} = 1; GC.KeepAlive(big); }")]
    [InlineData("static void Run(Holder holder) { var big = BIG; holder.First = {|FORK003:new(1)|}; GC.KeepAlive(big); }")]
    [InlineData("static void Run(Holder holder) { var big = BIG; Other.Pass(holder); GC.KeepAlive(big); } class Own { }", false)]
    [InlineData("static void Run() { var big = BIG; {|FORK003:new Alias(1)|}; GC.KeepAlive(big); }")]
    [InlineData("static void Run(Holder holder) { var big = BIG; {|FORK003:holder.Tool.L\\u0061unch()|}; GC.KeepAlive(big); }")]
    [InlineData("static void Run(Holder holder) { var big = BIG; {|FORK003:Far.Way(holder)|}; GC.KeepAlive(big); }")]
    public Task A_call_in_another_file(string caller, bool isFound = true) => Source($$"""
        class Caller
        {
            {{caller.Replace("BIG", "new byte[200_000_000]", StringComparison.Ordinal)}}
        }
        """).File("Other.cs", "static class Other { public static void Pass(Holder holder) { } }")
        .File("Far.cs", "static class Far { public static void Way(Holder holder) => Near.Way(holder); }")
        .File("Near.cs", "static class Near { public static void Way(Holder holder) => holder.Tool.Launch(); }")
        .Check(result => Assert.Equal(isFound, !result.Diagnostics.IsEmpty)).Verify();

    [Theory]
    [InlineData("static void Run(Holder holder) { var big = BIG; var code = {|FORK003:holder.Tool[0]|}; GC.KeepAlive(big); }", "public int this[int index] => Process.Start(\"true\").Id;")]
    [InlineData("static void Run(Holder holder) { var big = BIG; var sum = {|FORK003:holder.Tool + 1|}; GC.KeepAlive(big); }", "public static int operator +(Launcher one, int other) => Process.Start(\"true\").Id;")]
    [InlineData("static void Run(Holder holder) { var big = BIG; int code = {|FORK003:holder.Tool|}; GC.KeepAlive(big); }", "public static implicit operator int(Launcher one) => Process.Start(\"true\").Id;")]
    public Task A_call_without_a_name(string caller, string nameless) => Source($$"""
        class Caller
        {
            {{caller.Replace("BIG", "new byte[200_000_000]", StringComparison.Ordinal)}}
        }
        """, nameless).Verify();

    [Fact]
    public Task A_query_without_the_name_of_its_method() => Source("""
        class Caller
        {
            static void Run(Holder holder) { var big = new byte[200_000_000]; var all = from item in holder.Source {|FORK003:select item|}; GC.KeepAlive(big); }
        }
        """).Check(result => Assert.NotEmpty(result.Diagnostics)).Verify();

    [Fact]
    public Task A_deconstruction() => Source("""
        class Caller
        {
            static void Run(Holder holder) { var big = new byte[200_000_000]; var (one, two) = {|FORK003:holder.Source|}; GC.KeepAlive(big); }
        }
        """, ofQuery: "public void Deconstruct(out int one, out int two) { one = two = 1; Process.Start(\"true\"); }").Check(result => Assert.NotEmpty(result.Diagnostics)).Verify();

    [Fact]
    public Task A_base_constructor_of_a_type_whose_base_is_named_elsewhere() => Source("""
        partial class Derived
        {
            public Derived() : base(1) { }
        }
        """).File("Derived.cs", "partial class Derived : Starts { static void Run() { var big = new byte[200_000_000]; {|FORK003:new Derived()|}; GC.KeepAlive(big); } }").Verify();

    [Theory]
    [InlineData("Cache.{|FORK005:Data|} = new byte[200_000_000];", "static class Cache { public static byte[] {|FORK005:Data|}; }")]
    [InlineData("Cache.All.Add(new byte[200_000_000]);", "static class Cache { public static readonly List<byte[]> {|FORK005:All|} = new(); }")]
    [InlineData("Cache.Set(new byte[200_000_000]);", "static class Cache { private static byte[] {|FORK005:s_data|}; public static void Set(byte[] data) => s_data = data; public static void Fill() => Set(new byte[200_000_000]); }")]
    [InlineData("", "static class Cache { private static readonly byte[] {|FORK005:s_data|} = new byte[200_000_000]; }")]
    [InlineData("", "static class Cache { private static readonly byte[] {|FORK005:s_data|} = Maker.Make(); }")]
    [InlineData("", "static class Cache { private static readonly string s_name = \"\"; private static readonly int s_count = 1; }")]
    public Task A_static_field_of_another_file(string statement, string cache) => Source($$"""
        class Storer
        {
            static void Store() { {{statement.Replace("{|FORK005:Data|}", "Data", StringComparison.Ordinal)}} }
        }
        """).File("Cache.cs", cache).File("Maker.cs", "static class Maker { public static byte[] Make() => new byte[200_000_000]; }").Verify();

    [Fact]
    public Task A_field_of_the_spawning_type_that_another_file_stores_in() => Lint.CSharp("""
        class Launcher
        {
            public byte[] {|FORK005:Buffer|};
            public void Launch() => Process.Start("true");
        }
        class Holder { public Launcher Tool; }
        """).File("Storer.cs", "static class Storer { static void Store(Holder holder) => holder.Tool.Buffer = new byte[200_000_000]; }").Verify();

    [Fact]
    public Task What_a_primary_constructor_keeps_is_read_in_another_file() => Lint.CSharp("""
        partial class Launcher(byte[] {|FORK005:data|})
        {
            public void Launch() => Process.Start("true");
        }
        class Holder { public Launcher Tool; }
        """).File("Launcher.cs", "partial class Launcher { public int Length => data.Length; }")
        .File("Maker.cs", "static class Maker { static void Make(Holder holder) => holder.Tool = new(new byte[200_000_000]); }").Verify();

    [Theory]
    [InlineData("static void Run(Helper helper) { var big = helper.Make(); {|FORK003:Process.Start(\"true\")|}; GC.KeepAlive(big); }")]
    [InlineData("static void Run(Helper helper) { var big = helper.MakeVirtually(); {|FORK003:Process.Start(\"true\")|}; GC.KeepAlive(big); }")]
    [InlineData("static void Run(IMake it) { var big = it.Create(); {|FORK003:Process.Start(\"true\")|}; GC.KeepAlive(big); }")]
    [InlineData("static void Run(Helper helper) { var big = new Box(); {|FORK003:Process.Start(\"true\")|}; GC.KeepAlive(big); }")]
    [InlineData("static void Run(Helper helper) { var big = new byte[200_000_000]; Helper.Clear(ref big); Process.Start(\"true\"); }")]
    [InlineData("static unsafe void Run(Helper helper) { var big = NativeMemory.Alloc(200_000_000); Helper.Free(big); Process.Start(\"true\"); }")]
    [InlineData("static void Run() { using (var owner = new Owner()) { {|FORK003:Process.Start(\"true\")|}; Console.WriteLine(owner); } }")]
    [InlineData("static void Run() { var owner = new Owner(); owner.Dispose(); Process.Start(\"true\"); }")]
    public Task What_another_file_makes_or_releases(string caller) => Lint.CSharp($$"""
        class Starter
        {
            {{caller}}
        }
        """).File("Helper.cs", """
        interface IMake { byte[] Create(); }
        class Maker : IMake { byte[] IMake.Create() => new byte[200_000_000]; }
        class Helper
        {
            public byte[] Make() => new byte[200_000_000];
            public virtual byte[] MakeVirtually() => null;
            public static void Clear(ref byte[] data) { data = null; GC.Collect(2, GCCollectionMode.Aggressive, true, true); }
            public static unsafe void Free(void* data) => NativeMemory.Free(data);
        }
        """).File("Better.cs", "class Better : Helper { public override byte[] MakeVirtually() => new byte[200_000_000]; }")
        .File("Box.cs", "partial class Box { private readonly byte[] _data = new byte[200_000_000]; }")
        .File("Owner.cs", "unsafe partial class Owner : IDisposable { private void* _data = NativeMemory.Alloc(200_000_000); }")
        .File("Owner.Dispose.cs", "unsafe partial class Owner { public void Dispose() { NativeMemory.Free(_data); _data = null; } }")
        .Verify();

    private static Lint Source(string caller, string nameless = "", string ofQuery = "") => Lint.CSharp($$"""
        interface ILaunch { void Launch(); }
        interface IHidden { void Go(); }
        class Launcher : ILaunch, IHidden
        {
            public void Launch() => Process.Start("true");
            void IHidden.Go() => Process.Start("true");
            {{nameless}}
            public int Code { get => Process.Start("true").Id; set => Process.Start("true"); }
        }
        class Starts { public Starts(int number) => Process.Start("true"); }
        class Query
        {
            {{ofQuery}}
            public Query Select(Func<Query, Query> selector) { Process.Start("true"); return this; }
        }
        """).File("Holder.cs", "class Holder { public Launcher Tool; public Starts First; public Query Source; }")
        .File("Aliases.cs", "global using Alias = Starts;").File("Caller.cs", caller).Ignore("FORK007");
}
