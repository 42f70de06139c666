using System.Runtime.Loader;
using ForkLint.Verification;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ForkLint.Analyzers.Sizing;

/// <summary>The sizes that are calculated from source, against those of the runtime that runs the test.</summary>
public class SizesMatchTheRuntimeTests
{
    private const string Structs =
        """
        namespace N;
        public struct Empty;
        public struct Mixed { public byte A; public long B; public byte C; }
        public struct Small { public byte A; public short B; public byte C; }
        public struct WithReference { public byte A; public object B; public int C; public long D; }
        public struct Nested { public byte A; public Mixed B; public byte C; }
        public struct NestedReference { public byte A; public WithReference B; public short C; public Small D; }
        public struct Generic<T> { public byte A; public T B; }
        public struct Pair<T, U> { public T First; public U Second; public bool Third; }
        public enum Tiny : byte { One }
        public struct WithEnum { public Tiny A; public System.DayOfWeek B; public Tiny C; }
        public unsafe struct Pointers { public byte A; public int* B; public delegate*<void> C; }
        public unsafe struct Buffer { public byte A; public fixed int Data[100]; public byte B; }
        [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Sequential, Pack = 1)]
        public struct Packed { public byte A; public long B; public short C; }
        [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Sequential, Size = 100)]
        public struct Sized { public byte A; }
        [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Explicit)]
        public struct Union { [System.Runtime.InteropServices.FieldOffset(0)] public int A; [System.Runtime.InteropServices.FieldOffset(0)] public double B; [System.Runtime.InteropServices.FieldOffset(9)] public byte C; }
        [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Explicit, Size = 64)]
        public struct Line { [System.Runtime.InteropServices.FieldOffset(0)] public long A; }
        [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
        public struct Auto { public byte A; public long B; public byte C; public int D; }
        [System.Runtime.CompilerServices.InlineArray(10)]
        public struct Inline { private long _first; }
        [System.Runtime.CompilerServices.InlineArray(7)]
        public struct InlineMixed { private Mixed _first; }
        public readonly record struct Point(int X, long Y, string Name);
        public struct Times { public System.DateTime A; public System.Guid B; public System.TimeSpan? C; public decimal D; }
        public struct Statics { public static long S; public const int K = 1; public byte A; }
        """;

    private static readonly string[] ElementTypes =
    [
        "bool", "byte", "char", "short", "int", "float", "long", "double", "decimal", "nint", "string", "object", "int[]",
        "N.Empty", "N.Mixed", "N.Small", "N.WithReference", "N.Nested", "N.NestedReference",
        "N.Generic<byte>", "N.Generic<long>", "N.Generic<string>", "N.Generic<N.Generic<N.Mixed>>", "N.Pair<byte, object>", "N.Pair<N.Small, N.Mixed>",
        "N.Tiny", "N.WithEnum", "N.Pointers", "N.Buffer", "N.Packed", "N.Sized", "N.Union", "N.Line", "N.Auto", "N.Inline", "N.InlineMixed", "N.Point", "N.Times", "N.Statics",
        "int?", "long?", "byte?", "N.Mixed?", "System.Guid?", "decimal?", "N.WithReference?",
        "(int, int)", "(int First, byte Second)", "(byte, long, byte, long, byte, long, byte, string, byte, int)", "(byte, long)", "(byte, object, byte)", "(byte, N.Small)", "(int, N.Small, byte)", "(int, (int, int))", "(int, (byte, byte, byte))", "(byte, (int, int, int))", "(object, (byte, byte))", "(byte, System.Guid)", "(int, System.Guid)", "(object, System.Guid, byte)", "(byte, decimal)", "(byte, N.Empty)", "(byte, (byte, byte, byte, byte, byte, byte, byte, byte))", "(int, N.Union)", "(byte, int?)", "(short, (int, (int, byte)))", "(byte, N.Mixed, short)", "(int, int, int, int, int, int, int, int, int)",
        "KeyValuePair<int, string>", "KeyValuePair<byte, byte>",
        "System.Guid", "DateTime", "DateTimeOffset", "TimeSpan", "DateOnly", "TimeOnly", "Half", "Int128", "UInt128", "Index", "Range", "HashCode",
        "Memory<byte>", "ReadOnlyMemory<byte>", "ArraySegment<byte>", "System.Numerics.BigInteger", "System.Numerics.Complex", "System.Numerics.Vector3",
        "System.Numerics.Matrix4x4", "System.Runtime.Intrinsics.Vector128<int>", "System.Runtime.Intrinsics.Vector256<int>", "System.Text.Rune",
        "CancellationToken", "GCHandle", "System.Text.Json.JsonElement", "System.Collections.Immutable.ImmutableArray<int>", "RuntimeTypeHandle",
        "System.Drawing.Point", "System.Drawing.RectangleF", "System.Drawing.Color",
        "ValueTask", "ValueTask<int>", "System.Threading.CancellationTokenRegistration",
    ];

    private static readonly string[] Creations =
    [
        "new byte[100_000]", "new N.Mixed[1000]", "new long[100, 50]", "new string('x', 10_000)", "new decimal[1000]", "new (byte, object)[1000]",
        "new List<N.Mixed>(1000)", "new Queue<long>(1000)", "new Stack<int>(1000)", "new PriorityQueue<string, byte>(1000)",
        "new HashSet<int>(1000)", "new HashSet<string>(10_000)", "new HashSet<N.Mixed>(5000)",
        "new Dictionary<int, int>(1000)", "new Dictionary<string, byte>(10_000)", "new Dictionary<byte, N.WithReference>(3000)", "new Dictionary<Guid, Guid>(7)",
        "new SortedList<int, string>(1000)", "new StringBuilder(10_000)", "new MemoryStream(10_000)", "new System.Collections.ArrayList(1000)",
        "GC.AllocateUninitializedArray<int>(10_000)", "Array.CreateInstance(typeof(N.Small), 1000)",
        "Enumerable.Repeat(7L, 10_000).ToArray()", "Enumerable.Range(0, 10_000).ToList()",
    ];

    [Fact]
    public void Every_element_size_is_the_runtimes()
    {
        var members = ElementTypes.Select((type, index) => $"    public static unsafe int S{index}() => System.Runtime.CompilerServices.Unsafe.SizeOf<{type}>();");
        var arrays = ElementTypes.Select((type, index) => $"    public static unsafe {type}[] A{index}() => new {ArrayOf(type)};");
        var compilation = Compile($"public static class Probe\n{{\n{string.Join("\n", members.Concat(arrays))}\n}}");
        var probe = Load(compilation);

        var differences = new List<string>();
        for (var index = 0; index < ElementTypes.Length; index++)
        {
            var method = compilation.GetTypeByMetadataName("Probe")!.GetMembers("A" + index).OfType<IMethodSymbol>().Single();
            var calculated = StructSizeCalculator.ElementSizeOf(((IArrayTypeSymbol)method.ReturnType).ElementType, SizeEnvironment.Empty);
            var actual = (int)probe.GetMethod("S" + index)!.Invoke(null, null)!;
            if (calculated.IsExact ? calculated.Bytes != actual : calculated.Bytes > actual)
            {
                differences.Add($"{method.ReturnType}: calculated {calculated}, is {actual}");
            }
        }

        Assert.True(differences.Count == 0, string.Join("\n", differences));
    }

    [Fact]
    public void Every_allocation_is_what_the_collector_counts()
    {
        var methods = Creations.Select((creation, index) => $"    public static object M{index}() => {creation};");
        var compilation = Compile($"using System.Buffers;\npublic static class Probe\n{{\n{string.Join("\n", methods)}\n}}");
        var probe = Load(compilation);
        var catalog = AllocationCatalog.Create(compilation, []);

        var differences = new List<string>();
        for (var index = 0; index < Creations.Length; index++)
        {
            var method = probe.GetMethod("M" + index)!.CreateDelegate<Func<object>>();
            method();
            var before = GC.GetAllocatedBytesForCurrentThread();
            var kept = method();
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            GC.KeepAlive(kept);

            // What is not payload: headers, the collection object and its enumerators.
            const int Headers = 400;
            var operation = Operations.Of<IOperation>(compilation)
                .Where(operation => InMethod(operation, "M" + index))
                .Select(operation => catalog.Classify(operation, SizeEnvironment.Empty)).First(allocation => allocation is not null)!;
            if (operation.Size.Certainty != SizeCertainty.Exact || allocated < operation.Size.Bytes || allocated > operation.Size.Bytes + Headers)
            {
                differences.Add($"{Creations[index]}: {SizeProbe.Describe(operation.Size)}, allocated {allocated}");
            }
        }

        Assert.True(differences.Count == 0, string.Join("\n", differences));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 3)]
    [InlineData(4, 7)]
    [InlineData(7_199_369, 7_199_369)]
    [InlineData(7_199_370, 0)]
    [InlineData(10_000_000, 0)]
    public void Hash_tables_take_the_runtimes_primes(int minimum, int atLeast)
    {
        // HashSet.EnsureCapacity returns the prime it took; small tables are counted without allocating entries for each.
        var actual = new HashSet<byte>().EnsureCapacity(minimum);
        Assert.Equal(actual, HashTablePrimes.Next(minimum));
        Assert.True(actual >= atLeast);
    }

    private static bool InMethod(IOperation operation, string name)
    {
        for (var node = operation.Syntax; node is not null; node = node.Parent)
        {
            if (node is Microsoft.CodeAnalysis.CSharp.Syntax.MethodDeclarationSyntax method)
            {
                return method.Identifier.ValueText == name;
            }
        }

        return false;
    }

    private static string ArrayOf(string type) => type.EndsWith("[]", StringComparison.Ordinal) ? type[..^2] + "[0][]" : type + "[0]";

    private static CSharpCompilation Compile(string code) =>
        Lint.CSharp(code).File("Structs.cs", Structs).On(Framework.Net100).Compile();

    private static Type Load(Compilation compilation)
    {
        using var image = new MemoryStream();
        var emitted = compilation.Emit(image);
        Assert.True(emitted.Success, string.Join("\n", emitted.Diagnostics));
        image.Position = 0;
        return new AssemblyLoadContext(null).LoadFromStream(image).GetType("Probe")!;
    }
}
