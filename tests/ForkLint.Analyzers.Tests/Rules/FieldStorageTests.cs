using ForkLint.Flow;

namespace ForkLint.Rules;

/// <summary>FORK005: every way into a field, and whose spawns a field is held across.</summary>
public sealed class FieldStorageTests
{
    [Theory]
    [InlineData("static C() => s_table = new byte[200_000_000];")]
    [InlineData("static void Load() => s_table ??= new byte[200_000_000];")]
    [InlineData("static byte[] Table => s_table ?? (s_table = new byte[200_000_000]);")]
    [InlineData("static void Load() { Action load = () => s_table = new byte[200_000_000]; load(); }")]
    [InlineData("static void Load() => Make(out s_table); static void Make(out byte[] data) => data = new byte[200_000_000];")]
    [InlineData("static void Load() => Make(ref s_table); static void Make(ref byte[] data) => data = new byte[200_000_000];")]
    [InlineData("static void Load() { int length; (s_table, length) = (new byte[200_000_000], 1); }")]
    [InlineData("static void Load() { ref var table = ref s_table; table = new byte[200_000_000]; }")]
    [InlineData("static void Load() => Interlocked.Exchange(ref s_table, new byte[200_000_000]);")]
    [InlineData("static void Load() => Interlocked.CompareExchange(ref s_table, new byte[200_000_000], null);")]
    [InlineData("static void Load() => Volatile.Write(ref s_table, new byte[200_000_000]);")]
    [InlineData("static void Load() => LazyInitializer.EnsureInitialized(ref s_table, () => new byte[200_000_000]);")]
    [InlineData("static void Load() => Array.Resize(ref s_table, 200_000_000);")]
    [InlineData("static async Task Load() => s_table = await Task.Run(() => new byte[200_000_000]);")]
    [InlineData("static void Load(bool flag) { if (flag) { s_table = new byte[200_000_000]; } }")]
    [InlineData("static void Load(bool flag) => s_table = flag ? new byte[200_000_000] : new byte[300_000_000];")]
    [InlineData("static void Load() => C.s_table = ArrayPool<byte>.Shared.Rent(200_000_000);")]
    public Task A_way_into_a_static_field(string way) => ForkTest.Code($$"""
        class C
        {
            private static byte[] {|FORK005:s_table|};
            {{way}}
            static void Run() => fork();
        }
        """).Verify();

    [Theory]
    [InlineData("static C() => s_table = new byte[200];")]
    [InlineData("static void Load() => s_table ??= new byte[200];")]
    [InlineData("static void Load(byte[] given) => s_table = given;")]
    [InlineData("static void Load(int length) => s_table = new byte[length];")]
    [InlineData("static void Load() { var big = new byte[200_000_000]; s_table = new byte[big[0]]; }")]
    [InlineData("static void Load() => Make(out s_table); static void Make(out byte[] data) => data = new byte[20];")]
    [InlineData("static void Load() { Func<byte[]> load = () => new byte[200_000_000]; GC.KeepAlive(load); }")]
    [InlineData("static void Load() => GC.KeepAlive(new byte[200_000_000]);")]
    [InlineData("static void Load() => Array.Resize(ref s_table, 200);")]
    [InlineData("static void Load() { System.Linq.Expressions.Expression<Func<byte[]>> tree = () => new byte[200_000_000]; }")]
    public Task Nothing_large_comes_into_a_static_field(string way) => ForkTest.Code($$"""
        class C
        {
            private static byte[] s_table = Array.Empty<byte>();
            {{way}}
            static void Run() => fork();
        }
        """).Verify();

    [Theory]
    [InlineData("byte[] {|FORK005:Table|} { get; set; } = new byte[200_000_000];")]
    [InlineData("byte[] {|FORK005:Table|} { get; init; } = new byte[200_000_000];")]
    [InlineData("required public byte[] {|FORK005:Table|} { get; set; } public C() => Table = new byte[200_000_000];")]
    [InlineData("readonly List<byte[]> {|FORK005:_all|} = [new byte[200_000_000]];")]
    [InlineData("readonly Lazy<byte[]> {|FORK005:_lazy|} = new(() => new byte[200_000_000]); int Force() => _lazy.Value.Length;")]
    [InlineData("(byte[] Data, int Count) {|FORK005:_pair|} = (new byte[200_000_000], 1);")]
    [InlineData("Holder {|FORK005:_holder|}; C() => _holder.Data = new byte[200_000_000];")]
    [InlineData("Holder {|FORK005:_holder|} = new Holder { Data = new byte[200_000_000] };")]
    [InlineData("readonly Dictionary<string, byte[]> {|FORK005:_all|} = new() { [\"a\"] = new byte[200_000_000] };")]
    [InlineData("readonly byte[][] {|FORK005:_all|} = new byte[4][]; void Load() => _all[2] = new byte[200_000_000];")]
    [InlineData("readonly string {|FORK005:_text|} = new string('x', 100_000_000);")]
    [InlineData("readonly int[,] {|FORK005:_grid|} = new int[10_000, 10_000];")]
    [InlineData("readonly MemoryStream {|FORK005:_stream|} = new(200_000_000);")]
    [InlineData("Memory<byte> {|FORK005:_memory|} = new byte[200_000_000];")]
    [InlineData("static Box {|FORK005:s_box|} = new Box(new byte[200_000_000]);")]
    [InlineData("[ThreadStatic] static byte[] {|FORK005:t_table|}; static void Load() => t_table = new byte[200_000_000];")]
    [InlineData("IntPtr {|FORK005:_block|} = Marshal.AllocHGlobal(200_000_000);")]
    public Task What_a_field_can_hold(string field) => ForkTest.Code($$"""
        struct Holder { public byte[] Data; }
        record Box(byte[] Data);
        class C
        {
            {{field}}
            void Run() => fork();
        }
        """).Verify();

    [Theory]
    [InlineData("byte[] Table => new byte[200_000_000];")]
    [InlineData("byte[] Table() => new byte[200_000_000];")]
    [InlineData("readonly Func<byte[]> _make = () => new byte[200_000_000];")]
    [InlineData("readonly Lazy<byte[]> _lazy = new(() => new byte[200]);")]
    [InlineData("readonly WeakReference<byte[]> _weak = new(new byte[200_000_000]);")]
    [InlineData("readonly int _length = new byte[200_000_000].Length;")]
    [InlineData("const int Length = 200_000_000;")]
    [InlineData("event Action Loaded { add { } remove { } } byte[] Make() => new byte[200_000_000];")]
    public Task What_a_field_does_not_hold(string field) => ForkTest.Code($$"""
        class C
        {
            {{field}}
            void Run() => fork();
        }
        """).Verify();

    [Fact]
    public Task An_instance_field_whose_type_spawns_through_another_type() => ForkTest.Code("""
        static class Git { public static void Exec() => fork(); }
        class C
        {
            private readonly byte[] {|FORK005(call):_table|} = new byte[200_000_000];
            void Run() => {|#call:Git.Exec()|};
        }
        """).Message("FORK005", "C.Run → Git.Exec → libc fork").Verify();

    [Fact]
    public Task An_instance_field_whose_type_spawns_through_two_others() => ForkTest.Code("""
        class Git { public void Exec() => new Shell().Run(); }
        class Shell { public void Run() => Process.Start("git").WaitForExit(); }
        class C
        {
            private readonly byte[] {|FORK005(call):_table|} = new byte[200_000_000];
            void Run(Git git) => {|#call:git.Exec()|};
        }
        """).Property("FORK005", "spawnKind", "shares").Verify();

    [Fact]
    public Task An_instance_field_whose_type_only_calls_others() => ForkTest.Code("""
        static class Git { public static void Exec() => fork(); public static void Version() { } }
        class C
        {
            private readonly byte[] _table = new byte[200_000_000];
            void Run() => Git.Version();
            int Length => _table.Length;
        }
        """).Verify();

    [Fact]
    public Task An_instance_field_whose_type_is_called_by_one_that_spawns() => ForkTest.Code("""
        class Cache
        {
            private readonly byte[] _table = new byte[200_000_000];
            public int Length => _table.Length;
        }
        static class Git { public static void Exec() { fork(); } static int Use() => new Cache().Length; }
        """).Verify();

    [Fact]
    public Task The_spawns_of_a_field_come_by_path_and_position() => ForkTest.Code("""
        static class Cache { public static byte[] {|FORK005(a, b, one, two):Table|} = new byte[200_000_000]; }
        class C
        {
            static void One() { {|#one:fork()|}; }
            static void Two() { {|#two:fork()|}; }
        }
        """).File("A.cs", "class A { static void X() { {|#a:Native.fork()|}; } static void Y() { {|#b:Native.fork()|}; } }").Verify();

    [Fact]
    public Task A_field_of_a_base_class_is_held_by_its_own_type_alone() => ForkTest.Code("""
        class Base { protected byte[] _table = new byte[200_000_000]; }
        class C : Base { int Length => _table.Length; }
        class D { void Run() => fork(); }
        """).Verify();

    [Fact]
    public Task Emptied_on_some_paths_only() => ForkTest.Code("""
        class C
        {
            private byte[] {|FORK005:_table|} = new byte[200_000_000];
            void Run(bool flag)
            {
                if (flag) { _table = null; }
                GC.Collect(2, GCCollectionMode.Aggressive, true, true);
                fork();
            }
        }
        """).Verify();

    private static Verification.Lint ThroughHelpers(string run, string other = "", string field = "private static byte[] {|FORK005:s_table|}") => ForkTest.Code($$"""
        class C
        {
            {{field}} = new byte[200_000_000];
            static void Run() { {{run}} }
            static void Outer() { {{other}} }
            static void Middle() => Exec();
            static void Exec() => fork();
            static void Release() { s_table = null; Native.Collect(); }
        }
        """);

    [Theory]
    [InlineData("Release(); Exec();", "Release(); Middle();")]
    [InlineData("Release(); Middle();", "")]
    [InlineData("Release(); Middle();", "Release(); Exec();")]
    [InlineData("Release(); Middle();", "Run();")]
    public Task Emptied_by_every_caller_at_any_distance(string run, string other) =>
        ThroughHelpers(run, other, "private static byte[] s_table").Verify();

    [Theory]
    [InlineData("Middle();", "")]
    [InlineData("Release(); Middle();", "Exec();")]
    [InlineData("Release(); Middle();", "Middle();")]
    [InlineData("Middle(); Release();", "")]
    public Task Not_emptied_by_every_caller(string run, string other) => ThroughHelpers(run, other).Verify();

    [Fact]
    public Task Emptied_after_the_spawn() => ForkTest.Code("""
        class C
        {
            private byte[] {|FORK005:_table|} = new byte[200_000_000];
            void Run()
            {
                fork();
                _table = null;
                GC.Collect(2, GCCollectionMode.Aggressive, true, true);
            }
        }
        """).Verify();
}
