using ForkLint.Analyzers.Native;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Flow;

/// <summary>What a call does to memory that was allocated before.</summary>
internal enum ReleaseKind
{
    /// <summary>Nothing that counts.</summary>
    None,

    /// <summary>Gives native memory back now.</summary>
    Frees,

    /// <summary>Keeps native memory out of the child: <c>madvise(…, MADV_DONTFORK)</c>.</summary>
    Advises,

    /// <summary>Gives nothing back, and no collection will: <c>ArrayPool.Return</c>, the shared memory pool's owner.</summary>
    Pools,

    /// <summary>Gives nothing back until a collection: <c>MemoryStream.Dispose</c>.</summary>
    Drops,

    /// <summary>Lets the elements of a collection go.</summary>
    Clears,

    /// <summary>Decommits what nothing holds: <c>GC.Collect(…, GCCollectionMode.Aggressive, …)</c>.</summary>
    Collects,
}

/// <summary>Knows the calls of the base library and of libc that release memory, or only look as if they did.</summary>
internal static class ReleaseCatalog
{
    // <sys/mman.h>, Linux.
    private const int MadviseDontFork = 10;

    // System.GCCollectionMode.Aggressive, .NET 7 and later.
    private const int AggressiveMode = 3;

    /// <summary>What a call of a library does, and the operand it does it to (<see langword="null"/> for a collection).</summary>
    public static ReleaseKind Classify(IInvocationOperation call, out IOperation? released)
    {
        var method = call.TargetMethod;
        released = null;
        switch (method.Name)
        {
            case "Free" or "AlignedFree" when MetadataNames.Is(method.ContainingType, "System.Runtime.InteropServices", "NativeMemory"):
            case "FreeHGlobal" or "FreeCoTaskMem" or "FreeBSTR" or "ZeroFreeBSTR" or "ZeroFreeGlobalAllocAnsi" or "ZeroFreeGlobalAllocUnicode"
                or "ZeroFreeCoTaskMemAnsi" or "ZeroFreeCoTaskMemUTF8" or "ZeroFreeCoTaskMemUnicode"
                when MetadataNames.Is(method.ContainingType, "System.Runtime.InteropServices", "Marshal"):
                released = call.Argument(0);
                return ReleaseKind.Frees;
            case "Realloc" or "AlignedRealloc" when MetadataNames.Is(method.ContainingType, "System.Runtime.InteropServices", "NativeMemory"):
            case "ReAllocHGlobal" or "ReAllocCoTaskMem" when MetadataNames.Is(method.ContainingType, "System.Runtime.InteropServices", "Marshal"):
                released = call.Argument(0);
                return ReleaseKind.Frees;
            case "Collect" when MetadataNames.Is(method.ContainingType, "System", "GC"):
                return IsAggressive(call) ? ReleaseKind.Collects : ReleaseKind.None;
            case "Return" when MetadataNames.IsOrDerivesFrom(method.ContainingType, "System.Buffers", "ArrayPool"):
                released = call.Argument(0);
                return ReleaseKind.Pools;
            case "Dispose" or "DisposeAsync" or "Close":
                released = call.Instance;
                return Disposed(call.Instance?.Type) is var kind && kind != ReleaseKind.None
                    ? kind
                    : Disposed(method.ContainingType);
            case "Clear" when method is { IsStatic: true, Parameters.Length: 1, ContainingType.SpecialType: SpecialType.System_Array }:
                released = call.Argument(0);
                return ReleaseKind.Clears;
            case "Clear" when call.Instance is not null && !method.ContainingType.IsValueType:
                released = call.Instance;
                return ReleaseKind.Clears;
            default:
                return Native(call, out released);
        }
    }

    internal static ReleaseKind Disposed(ITypeSymbol? type) =>
        MetadataNames.Is(type, "System.IO", "MemoryStream") ? ReleaseKind.Drops
        : MetadataNames.Is(type, "System.Buffers", "IMemoryOwner") ? ReleaseKind.Pools
        : ReleaseKind.None;

    private static ReleaseKind Native(IInvocationOperation call, out IOperation? released)
    {
        released = null;
        if (NativeImport.Of(call.TargetMethod) is not { } import || !NativeLibraries.IsCOrWindowsC(import.Library))
        {
            return ReleaseKind.None;
        }

        switch (import.EntryPoint)
        {
            case "free" or "munmap" or "cfree" or "realloc" or "reallocarray":
                released = call.Argument(0);
                return ReleaseKind.Frees;
            case "madvise" when call.Arguments.Length >= 3 && IsConstant(call.Argument(2), MadviseDontFork):
                released = call.Argument(0);
                return ReleaseKind.Advises;
            default:
                return ReleaseKind.None;
        }
    }

    private static bool IsAggressive(IInvocationOperation call) => call.Arguments.Any(argument =>
        MetadataNames.Is(argument.Parameter?.Type, "System", "GCCollectionMode") && IsConstant(argument.Value, AggressiveMode));

    private static bool IsConstant(IOperation? operation, int value)
    {
        while (operation is IConversionOperation { OperatorMethod: null } conversion && !operation.ConstantValue.HasValue)
        {
            operation = conversion.Operand;
        }

        return operation?.ConstantValue is { HasValue: true, Value: { } constant }
            && constant is IConvertible
            && constant is not (string or char or bool)
            && Convert.ToInt64(constant, System.Globalization.CultureInfo.InvariantCulture) == value;
    }
}
