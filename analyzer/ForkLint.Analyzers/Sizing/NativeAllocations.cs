using ForkLint.Analyzers.Native;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Sizing;

/// <summary>Memory outside the managed heap: <c>NativeMemory</c>, <c>Marshal</c>, and the C library's own functions.</summary>
internal static class NativeAllocations
{
    private const long MapShared = 0x01;
    private const long MapPrivate = 0x02;
    private const long MapTypeMask = 0x0F;
    private const long MapNoReserve = 0x4000;
    private const long MapHugeTlb = 0x40000;
    private const long ProtectionWrite = 0x2;

    private static readonly HashSet<string> LibcNames = new(StringComparer.Ordinal)
    {
        "malloc", "calloc", "realloc", "reallocarray", "aligned_alloc", "memalign", "valloc", "pvalloc", "posix_memalign", "mmap", "mmap64",
    };

    private static readonly HashSet<string> ManagedNames = new(StringComparer.Ordinal)
    {
        "Alloc", "AllocZeroed", "AlignedAlloc", "Realloc", "AlignedRealloc",
        "AllocHGlobal", "AllocCoTaskMem", "ReAllocHGlobal", "ReAllocCoTaskMem",
    };

    /// <summary>Whether a function of the base library or of a wrapper that allocates has this name. An import can have any.</summary>
    public static bool IsName(string name) => ManagedNames.Contains(name) || LibcNames.Contains(name);

    /// <summary>The allocation that <paramref name="call"/> makes; <see langword="null"/> where it makes none, or none that is charged.</summary>
    public static Allocation? Classify(IInvocationOperation call, SizeEnvironment environment)
    {
        var method = call.TargetMethod;
        if (ManagedNames.Contains(method.Name))
        {
            if (MetadataNames.Is(method.ContainingType, "System.Runtime.InteropServices", "NativeMemory"))
            {
                return NativeMemory(call, environment);
            }

            if (MetadataNames.Is(method.ContainingType, "System.Runtime.InteropServices", "Marshal"))
            {
                var isRealloc = method.Name.StartsWith("ReAlloc", StringComparison.Ordinal);
                return Block(call, "Marshal." + method.Name, isRealloc ? 1 : 0, environment, replaces: isRealloc ? 0 : null);
            }
        }

        return EntryPoint(method) is { } name ? Libc(call, name, environment) : null;
    }

    private static string? EntryPoint(IMethodSymbol method)
    {
        if (LibcNames.Contains(method.Name) && LibcFunction.IsWrapper(method.ContainingType))
        {
            return method.Name;
        }

        return NativeImport.Of(method) is { } import
            && LibcNames.Contains(import.EntryPoint)
            && NativeLibraries.IsCOrWindowsC(import.Library)
            ? import.EntryPoint
            : null;
    }

    private static Allocation? NativeMemory(IInvocationOperation call, SizeEnvironment environment)
    {
        var method = call.TargetMethod;
        var name = "NativeMemory." + method.Name;
        return method.Name switch
        {
            "Alloc" or "AllocZeroed" when method.Parameters.Length == 2 => Product(call, name, 0, 1, environment),
            "Alloc" or "AllocZeroed" or "AlignedAlloc" => Block(call, name, 0, environment),
            _ => Block(call, name, 1, environment, replaces: 0),
        };
    }

    private static Allocation? Libc(IInvocationOperation call, string function, SizeEnvironment environment) => function switch
    {
        "calloc" => Product(call, function, 0, 1, environment),
        "realloc" => Block(call, function, 1, environment, replaces: 0),
        "reallocarray" => Product(call, function, 1, 2, environment) with { Replaces = NativeArguments.At(call, 0) },
        "aligned_alloc" or "memalign" => Block(call, function, 1, environment),
        "posix_memalign" => Block(call, function, 2, environment) with { Receiver = NativeArguments.At(call, 0) },
        "mmap" or "mmap64" => Mmap(call, function, environment),
        _ => Block(call, function, 0, environment),
    };

    /// <summary>
    /// A mapping is charged when it is private and writable, and neither unreserved nor of huge pages
    /// (mm/mmap.c, <c>accountable_mapping</c>). Flags that cannot be read say nothing, so nothing is said.
    /// </summary>
    private static Allocation? Mmap(IInvocationOperation call, string function, SizeEnvironment environment)
    {
        if (Constant(2) is not { } protection || (protection & ProtectionWrite) == 0
            || Constant(3) is not { } flags || (flags & MapTypeMask & ~MapShared) != MapPrivate
            || (flags & MapShared) != 0 || (flags & (MapNoReserve | MapHugeTlb)) != 0)
        {
            return null;
        }

        return Block(call, function, 1, environment) with { Kind = AllocationKind.Mapped };

        long? Constant(int index) => ConstantEvaluator.Exact(NativeArguments.At(call, index), environment);
    }

    private static Allocation Block(IInvocationOperation call, string name, int sizeAt, SizeEnvironment environment, int? replaces = null) =>
        new(call, AllocationKind.Native, AllocationSize.Of(ConstantEvaluator.Evaluate(NativeArguments.At(call, sizeAt), environment), ElementSize.Byte), name)
        {
            Replaces = replaces is { } at ? NativeArguments.At(call, at) : null,
        };

    private static Allocation Product(IInvocationOperation call, string name, int countAt, int sizeAt, SizeEnvironment environment)
    {
        var count = ConstantEvaluator.Evaluate(NativeArguments.At(call, countAt), environment);
        var size = ConstantEvaluator.Evaluate(NativeArguments.At(call, sizeAt), environment);
        ConstantRange? product = count is { } one && size is { } two && one.Minimum.Sign >= 0 && two.Minimum.Sign >= 0
            ? new ConstantRange(one.Minimum * two.Minimum, one.Maximum * two.Maximum)
            : null;
        return new Allocation(call, AllocationKind.Native, AllocationSize.Of(product, ElementSize.Byte), name);
    }
}
