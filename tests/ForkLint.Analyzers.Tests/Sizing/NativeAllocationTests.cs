using ForkLint.Verification;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Sizing;

/// <summary>Memory outside the managed heap: .NET's own functions, and the C library's through P/Invoke.</summary>
public class NativeAllocationTests
{
    private const string Libc =
        """
        static class Libc
        {
            public const string Name = "libc";
            [DllImport("libc")] public static extern nint malloc(nuint size);
            [DllImport("libc.so.6")] public static extern nint calloc(nuint count, nuint size);
            [DllImport("c")] public static extern nint realloc(nint block, nuint size);
            [DllImport(Name, EntryPoint = "aligned_alloc")] public static extern nint Aligned(nuint alignment, nuint size);
            [DllImport(Name)] public static extern int posix_memalign(out nint block, nuint alignment, nuint size);
            [DllImport(Name, EntryPoint = "mmap")] public static extern nint Map(nint address, nuint length, int protection, int flags, int file, long offset);
            [DllImport("msvcrt", EntryPoint = "malloc")] public static extern nint Crt(nuint size);
            [DllImport("other", EntryPoint = "malloc")] public static extern nint Other(nuint size);
            [DllImport(Name)] public static extern int open(string path, int flags);
        }
        static class Map { public const int Read = 1, Write = 2, Shared = 1, Private = 2, Fixed = 0x10, Anonymous = 0x20, NoReserve = 0x4000, HugeTlb = 0x40000; }
        """;

    [Theory]
    [InlineData("NativeMemory.Alloc(1000)", "Native NativeMemory.Alloc 1000")]
    [InlineData("NativeMemory.Alloc(1000, 8)", "Native NativeMemory.Alloc 8000")]
    [InlineData("NativeMemory.AllocZeroed(1000)", "Native NativeMemory.AllocZeroed 1000")]
    [InlineData("NativeMemory.AllocZeroed(1000, sizeof(int))", "Native NativeMemory.AllocZeroed 4000")]
    [InlineData("NativeMemory.AlignedAlloc(1000, 64)", "Native NativeMemory.AlignedAlloc 1000")]
    [InlineData("NativeMemory.Realloc(null, 2000)", "Native NativeMemory.Realloc 2000")]
    [InlineData("NativeMemory.AlignedRealloc(null, 2000, 64)", "Native NativeMemory.AlignedRealloc 2000")]
    [InlineData("NativeMemory.Alloc((nuint)unknown)", "Native NativeMemory.Alloc unknown")]
    [InlineData("Marshal.AllocHGlobal(1000)", "Native Marshal.AllocHGlobal 1000")]
    [InlineData("Marshal.AllocHGlobal((nint)3000000000)", "Native Marshal.AllocHGlobal 3000000000")]
    [InlineData("Marshal.AllocHGlobal(new IntPtr(1000))", "Native Marshal.AllocHGlobal 1000")]
    [InlineData("Marshal.AllocCoTaskMem(1000)", "Native Marshal.AllocCoTaskMem 1000")]
    [InlineData("Marshal.ReAllocHGlobal(0, 2000)", "Native Marshal.ReAllocHGlobal 2000")]
    [InlineData("Marshal.ReAllocCoTaskMem(0, 2000)", "Native Marshal.ReAllocCoTaskMem 2000")]
    public void The_base_library_allocates_native_memory(string expression, string expected)
    {
        // A pointer cannot be kept by var in generic code of the probe, so it is compared away.
        Assert.Equal(expected, SizeProbe.Describe(expression));
    }

    [Theory]
    [InlineData("Libc.malloc(1000)", "Native malloc 1000")]
    [InlineData("Libc.calloc(1000, 8)", "Native calloc 8000")]
    [InlineData("Libc.realloc(0, 2000)", "Native realloc 2000")]
    [InlineData("Libc.Aligned(64, 4096)", "Native aligned_alloc 4096")]
    [InlineData("Libc.posix_memalign(out _, 64, 4096)", "Native posix_memalign 4096")]
    [InlineData("Libc.Crt(1000)", "Native malloc 1000")]
    [InlineData("Libc.Other(1000)", "none")]
    [InlineData("Libc.open(text, 1000)", "none")]
    public void The_C_library_is_known_by_entry_point(string expression, string expected) =>
        Assert.Equal(expected, SizeProbe.Describe(expression, declarations: Libc));

    [Theory]
    [InlineData("Map.Read | Map.Write", "Map.Private | Map.Anonymous", "Mapped mmap 1048576")]
    [InlineData("Map.Read | Map.Write", "Map.Private", "Mapped mmap 1048576")]
    [InlineData("3", "0x22", "Mapped mmap 1048576")]
    [InlineData("Map.Read | Map.Write", "Map.Shared | Map.Anonymous", "none")]
    [InlineData("Map.Read | Map.Write", "Map.Private | Map.Anonymous | Map.NoReserve", "none")]
    [InlineData("Map.Read | Map.Write", "Map.Private | Map.Anonymous | Map.HugeTlb", "none")]
    [InlineData("Map.Read", "Map.Private", "none")]
    [InlineData("0", "Map.Private | Map.Anonymous", "none")]
    [InlineData("3", "unknown", "none")]
    public void A_mapping_is_charged_when_it_is_private_and_writable(string protection, string flags, string expected) =>
        Assert.Equal(expected, SizeProbe.Describe($"Libc.Map(0, Mega, {protection}, {flags}, -1, 0)", declarations: Libc));

    [Fact]
    public void A_reallocation_gives_the_old_block_back()
    {
        var realloc = SizeProbe.Classify("Libc.realloc(old, 2000)", "nint old = 0;", Libc)!;
        Assert.Equal("old", Assert.IsAssignableFrom<ILocalReferenceOperation>(realloc.Replaces).Local.Name);

        var resize = SizeProbe.Classify("NativeMemory.Realloc(old, 2000)", "void* old = null;")!;
        Assert.Equal("old", Assert.IsAssignableFrom<ILocalReferenceOperation>(resize.Replaces).Local.Name);
    }

    [Fact]
    public void Memory_that_comes_through_an_argument_names_its_receiver()
    {
        var aligned = SizeProbe.Classify("Libc.posix_memalign(out block, 64, 2000)", "nint block;", Libc)!;
        Assert.Equal("block", Assert.IsAssignableFrom<ILocalReferenceOperation>(aligned.Receiver).Local.Name);
    }

    [Fact]
    public void Mono_has_the_functions_under_their_own_names()
    {
        var compilation = Lint.CSharp("class C { System.IntPtr M() => Mono.Unix.Native.Stdlib.malloc(4096); }").ReferenceMonoPosix().Compile();
        var call = Operations.Of<IInvocationOperation>(compilation).Single();
        var allocation = AllocationCatalog.Create(compilation, []).Classify(call, SizeEnvironment.Empty)!;
        Assert.Equal((AllocationKind.Native, 4096), (allocation.Kind, allocation.Size.Bytes));
    }
}
