using ForkLint.Flow;

namespace ForkLint.Summaries;

/// <summary>Extension methods, properties, constructors and members of interfaces spawn, allocate and keep as helpers do.</summary>
public sealed class ThroughMembersTests
{
    [Fact]
    public Task An_extension_method() => ForkTest.Code("""
        static class Extensions { public static void Exec(this byte[] data) { fork(); GC.KeepAlive(data); } }
        class C
        {
            static void Run()
            {
                var big = new byte[200_000_000];
                {|FORK001:big.Exec()|};
            }
        }
        """).Verify();

    [Fact]
    public Task A_property_spawns() => ForkTest.Code("""
        class C
        {
            static int Version => fork();
            static void Run()
            {
                var big = new byte[200_000_000];
                var version = {|FORK001:Version|};
                GC.KeepAlive(big);
            }
        }
        """).Message("FORK001", "C.Version").Verify();

    [Fact]
    public Task A_constructor_spawns() => ForkTest.Code("""
        class Child { public Child() => fork(); }
        class C
        {
            static void Run()
            {
                var big = new byte[200_000_000];
                var child = {|FORK001:new Child()|};
                GC.KeepAlive(big);
            }
        }
        """).Message("FORK001", "Run → new Child → libc fork").Verify();

    [Fact]
    public Task A_constructor_keeps_its_argument() => ForkTest.Code("""
        class Box { private readonly byte[] _data; public Box(byte[] data) => _data = data; public int Length => _data.Length; }
        class C
        {
            static void Run()
            {
                var box = new Box(new byte[200_000_000]);
                {|FORK001:fork()|};
                Console.WriteLine(box.Length);
            }
        }
        """).Message("FORK001", "'box'").Verify();

    [Fact]
    public Task A_constructor_only_reads_its_argument() => ForkTest.Code("""
        class Box { private readonly int _length; public Box(byte[] data) => _length = data.Length; public int Length => _length; }
        class C
        {
            static void Run()
            {
                var box = new Box(new byte[200_000_000]);
                Collect();
                fork();
                Console.WriteLine(box.Length);
            }
        }
        """).Verify();

    [Fact]
    public Task A_record_keeps_what_it_is_made_of() => ForkTest.Code("""
        record Box(byte[] Data, int Count);
        class C
        {
            static void Run()
            {
                var box = new Box(new byte[200_000_000], 1);
                var copy = box with { Count = 2 };
                box = null;
                {|FORK001:fork()|};
                GC.KeepAlive(copy.Data);
            }
        }
        """).Verify();

    [Fact]
    public Task A_record_of_small_things() => ForkTest.Code("""
        record Box(byte[] Data, int Count);
        class C
        {
            static void Run()
            {
                var box = new Box(new byte[200], 1);
                var copy = box with { Count = 2 };
                fork();
                GC.KeepAlive(copy.Data);
            }
        }
        """).Verify();

    [Fact]
    public Task A_primary_constructor_keeps_what_members_read() => ForkTest.Code("""
        class Box(byte[] data) { public int Length => data.Length; }
        class C
        {
            static void Run()
            {
                var box = new Box(new byte[200_000_000]);
                {|FORK001:fork()|};
                Console.WriteLine(box.Length);
            }
        }
        """).Verify();

    [Fact]
    public Task A_primary_constructor_that_keeps_nothing() => ForkTest.Code("""
        class Box(byte[] data) { private readonly int _length = data.Length; public int Length => _length; }
        class C
        {
            static void Run()
            {
                var box = new Box(new byte[200_000_000]);
                Collect();
                fork();
                Console.WriteLine(box.Length);
            }
        }
        """).Verify();

    [Fact]
    public Task An_interface_with_known_implementations() => ForkTest.Code("""
        interface IShell { void Exec(); }
        sealed class Forking : IShell { public void Exec() => fork(); }
        sealed class Silent : IShell { public void Exec() { } }
        class C
        {
            static void Run(IShell shell)
            {
                var big = new byte[200_000_000];
                {|FORK001:shell.Exec()|};
                GC.KeepAlive(big);
            }

            static void Known()
            {
                IShell shell = new Silent();
                var big = new byte[200_000_000];
                shell.Exec();
                GC.KeepAlive(big);
            }
        }
        """).Verify();

    [Fact]
    public Task A_virtual_method_that_is_overridden() => ForkTest.Code("""
        class Shell { public virtual void Exec() { } }
        sealed class Forking : Shell { public override void Exec() => fork(); }
        class C
        {
            static void Run(Shell shell)
            {
                var big = new byte[200_000_000];
                {|FORK001:shell.Exec()|};
                GC.KeepAlive(big);
            }
        }
        """).Verify();

    [Fact]
    public Task A_type_that_owns_native_memory() => ForkTest.Code(Block + """
        class C
        {
            static void Run()
            {
                using var block = new Block(200_000_000);
                {|FORK002:fork()|};
            }

            static void Before()
            {
                using (var block = new Block(200_000_000))
                {
                    Console.WriteLine();
                }

                fork();
            }
        }
        """).Message("FORK002", "'block' (200 MB)").Verify();

    [Fact]
    public Task A_safe_handle_of_the_compilation() => ForkTest.Code("""
        sealed class Block : SafeHandle
        {
            public Block(int length) : base(IntPtr.Zero, true) => SetHandle(Marshal.AllocHGlobal(length));
            public override bool IsInvalid => handle == IntPtr.Zero;
            protected override bool ReleaseHandle() { Marshal.FreeHGlobal(handle); return true; }
        }
        class C
        {
            static void Run()
            {
                var block = new Block(200_000_000);
                {|FORK002:fork()|};
                block.Dispose();
            }

            static void Before()
            {
                var block = new Block(200_000_000);
                block.Dispose();
                fork();
            }
        }
        """).Verify();

    [Fact]
    public Task Disposed_asynchronously() => ForkTest.Code("""
        sealed class Block : IAsyncDisposable
        {
            private readonly IntPtr _block = Marshal.AllocHGlobal(200_000_000);
            public ValueTask DisposeAsync() { Marshal.FreeHGlobal(_block); return default; }
        }
        class C
        {
            static async Task Run()
            {
                await using var block = new Block();
                {|FORK002:fork()|};
            }

            static async Task Before()
            {
                await using (var block = new Block())
                {
                    await Task.Yield();
                }

                fork();
            }
        }
        """).Verify();

    [Fact]
    public Task Dropped_when_the_method_that_made_it_returned() => ForkTest.Body("""
        Work();
        {|FORK006(big):fork()|};
        """, "static void Work() { var big = {|#big:new byte[200_000_000]|}; GC.KeepAlive(big); }").Verify();

    [Fact]
    public Task Dropped_and_collected_when_the_method_that_made_it_returned() => ForkTest.Body("""
        Work();
        Collect();
        fork();
        """, "static void Work() { var big = new byte[200_000_000]; GC.KeepAlive(big); }").Verify();

    [Fact]
    public Task Awaiting_a_helper_that_waits() => ForkTest.Async("""
        var big = new byte[200_000_000];
        GC.KeepAlive(big);
        var child = {|FORK004:Process.Start("git")|};
        await Finish(child);
        """, "static async Task Finish(Process child) => await child.WaitForExitAsync();").Verify();

    private const string Block = """
        sealed unsafe class Block(nuint length) : IDisposable
        {
            private void* _block = NativeMemory.Alloc(length);
            public void Dispose() { NativeMemory.Free(_block); _block = null; }
        }

        """;
}
