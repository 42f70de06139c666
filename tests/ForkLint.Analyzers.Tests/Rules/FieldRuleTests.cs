using ForkLint.Flow;
using Microsoft.CodeAnalysis;

namespace ForkLint.Rules;

/// <summary>FORK005: a field that holds a large allocation while its process spawns.</summary>
public sealed class FieldRuleTests
{
    [Fact]
    public Task A_static_field_anywhere() => ForkTest.Code("""
        static class Cache { public static byte[] {|FORK005(first, second):Table|} = new byte[200_000_000]; }
        class C
        {
            static void Run() => {|#first:fork()|};
            static void Start() => {|#second:Process.Start("git")|};
        }
        """).AtCompilationEnd("FORK005").Message("FORK005", "'Cache.Table' (200 MB)").Severity("FORK005", DiagnosticSeverity.Warning)
        .Property("FORK005", "spawnKind", "duplicates").Verify();

    [Fact]
    public Task Where_every_spawn_shares_it_is_only_information() => ForkTest.Code("""
        static class Cache { public static byte[] {|FORK005:Table|} = new byte[200_000_000]; }
        class C { static void Start() => Process.Start("git"); }
        """).Severity("FORK005", DiagnosticSeverity.Info).Verify();

    [Fact]
    public Task A_small_static_field() => ForkTest.Code("""
        static class Cache { public static byte[] Table = new byte[200_000]; }
        class C { static void Run() => fork(); }
        """).Verify();

    [Fact]
    public Task No_spawn() => ForkTest.Code("""
        static class Cache { public static byte[] Table = new byte[200_000_000]; }
        """).Verify();

    [Fact]
    public Task An_instance_field_of_a_spawning_type() => ForkTest.Code("""
        class C
        {
            private readonly byte[] {|FORK005:_table|} = new byte[200_000_000];
            void Run() => fork();
        }
        """).Verify();

    [Fact]
    public Task An_instance_field_of_another_type() => ForkTest.Code("""
        class Cache { private readonly byte[] _table = new byte[200_000_000]; public int Length => _table.Length; }
        class C { void Run() => fork(); }
        """).Verify();

    [Fact]
    public Task Assigned_in_a_constructor() => ForkTest.Code("""
        class C
        {
            private readonly byte[] {|FORK005:_table|};
            C(int length) => _table = new byte[200_000_000];
            void Run() => fork();
        }
        """).Verify();

    [Fact]
    public Task Assigned_lazily() => ForkTest.Code("""
        class C
        {
            private byte[] {|FORK005:_table|};
            byte[] Table => _table ??= new byte[200_000_000];
            void Run() => fork();
        }
        """).Verify();

    [Fact]
    public Task Assigned_in_a_method_by_a_helper() => ForkTest.Code("""
        class C
        {
            private byte[] {|FORK005:_table|};
            void Load() => _table = Make(200_000_000);
            static byte[] Make(int length) => new byte[length];
            void Run() => fork();
        }
        """).Verify();

    [Fact]
    public Task An_automatic_property() => ForkTest.Code("""
        static class Cache { public static byte[] {|FORK005:Table|} { get; } = new byte[200_000_000]; }
        class C { void Run() => fork(); }
        """).Verify();

    [Fact]
    public Task In_parts_of_a_type() => ForkTest.Code("""
        partial class C { private byte[] {|FORK005:_table|}; void Load() => _table = new byte[200_000_000]; }
        partial class C { void Run() => fork(); }
        """).Verify();

    [Fact]
    public Task A_local_that_only_aliases_it() => ForkTest.Code("""
        class C
        {
            private byte[] {|FORK005:_table|} = new byte[200_000_000];
            void Run()
            {
                var table = _table;
                fork();
                GC.KeepAlive(table);
            }

            void Load()
            {
                var table = new byte[100_000_000];
                _table = table;
                fork();
                GC.KeepAlive(table);
            }
        }
        """).Verify();

    [Fact]
    public Task Emptied_and_collected_by_the_method_that_spawns() => ForkTest.Code("""
        class C
        {
            private byte[] _table = new byte[200_000_000];
            void Run()
            {
                _table = null;
                GC.Collect(2, GCCollectionMode.Aggressive, true, true);
                fork();
            }
        }
        """).Verify();

    [Fact]
    public Task Emptied_and_not_collected() => ForkTest.Code("""
        class C
        {
            private byte[] {|FORK005:_table|} = new byte[200_000_000];
            void Run()
            {
                _table = null;
                fork();
            }
        }
        """).Verify();

    [Fact]
    public Task Emptied_and_collected_by_a_helper() => ForkTest.Code("""
        class C
        {
            private static byte[] s_table = new byte[200_000_000];
            void Run()
            {
                Release();
                fork();
            }

            static void Release()
            {
                s_table = null;
                Collect();
            }
        }
        """).Verify();

    [Fact]
    public Task Held_through_an_object() => ForkTest.Code("""
        class Box { public byte[] Data; }
        static class Cache { public static Box {|FORK005:Table|} = new Box { Data = new byte[200_000_000] }; }
        class C { void Run() => fork(); }
        """).Verify();

    [Fact]
    public Task What_a_delegate_keeps_as_its_receiver_is_in_no_field() => ForkTest.Code("""
        class C
        {
            static Action<byte> Run()
            {
                fork();
                return new List<byte>(200_000_000).Add;
            }

            class Box
            {
                public static Action Run()
                {
                    fork();
                    return new Bytes(200_000_000).Clear;
                }

                class Bytes(int length) : List<byte>(length);
            }
        }
        """).Verify();

    [Fact]
    public Task Native_memory_of_a_field() => ForkTest.Code("""
        unsafe class C : IDisposable
        {
            private void* {|FORK005:_block|} = NativeMemory.Alloc(200_000_000);
            void Run() => fork();
            void Stop() { Dispose(); fork(); }
            public void Dispose() => NativeMemory.Free(_block);
        }
        """).Verify();

    [Fact]
    public Task A_measured_size() => ForkTest.Code("""
        namespace App;
        static class Cache { public static Dictionary<string, string> {|FORK005:Table|} = Load(); static Dictionary<string, string> Load() => new(); }
        class C { void Run() => fork(); }
        """).AdditionalFile("ForkLint.Measured.txt", "F:App.Cache.Table; 209715200").Message("FORK005", "200 MiB measured").Verify();

    [Fact]
    public Task A_measured_size_that_is_small() => ForkTest.Code("""
        namespace App;
        static class Cache { public static byte[] Table = new byte[200_000_000]; }
        class C { void Run() => fork(); }
        """).AdditionalFile("ForkLint.Measured.txt", "F:App.Cache.Table; 1000").Verify();

    [Fact]
    public Task It_says_which_field_it_is_about() => ForkTest.Code("""
        namespace App;
        static class Cache { public static byte[] {|FORK005:Table|} = new byte[200_000_000]; }
        class C { void Run() => fork(); }
        """).Property("FORK005", "member", "F:App.Cache.Table").Property("FORK005", "holderMember", "F:App.Cache.Table").Verify();

    [Fact]
    public Task It_says_which_property_it_is_about() => ForkTest.Code("""
        namespace App;
        class Cache<T> { public static byte[] {|FORK005:Table|} { get; set; } = new byte[200_000_000]; }
        class C { void Run() => fork(); }
        """).Property("FORK005", "member", "P:App.Cache`1.Table").Property("FORK005", "holderMember", "P:App.Cache`1.Table").Verify();

    [Fact]
    public Task A_size_that_only_the_measurement_knows() => ForkTest.Code("""
        namespace App;
        static class Cache { public static byte[] {|FORK005:Table|} { get; private set; } public static void Load(string text) => Table = new byte[int.Parse(text)]; }
        class C { void Run() => fork(); }
        """).AdditionalFile("ForkLint.Measured.txt", "P:App.Cache.Table; 209715200").Message("FORK005", "200 MiB measured")
        .Property("FORK005", "certainty", "measured").Property("FORK005", "holderMember", "P:App.Cache.Table").Verify();

    [Fact]
    public Task A_size_that_nothing_knows() => ForkTest.Code("""
        namespace App;
        static class Cache { public static byte[] Table { get; private set; } public static void Load(string text) => Table = new byte[int.Parse(text)]; }
        class C { void Run() => fork(); }
        """).Verify();
}
