using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Flow;

/// <summary>What becomes of a library call's arguments.</summary>
[Flags]
internal enum LibraryEffects
{
    /// <summary>They are read, and that is all.</summary>
    None = 0,

    /// <summary>The result is, or refers to, the same memory as the receiver or the arguments.</summary>
    ReturnsSame = 1,

    /// <summary>The receiver keeps the arguments as elements.</summary>
    KeepsArguments = 2,

    /// <summary>The result, or an <c>out</c> argument, is an element of the receiver or of the first argument.</summary>
    ReturnsElement = 4,

    /// <summary>An element leaves the receiver.</summary>
    RemovesElement = 8,

    /// <summary>Delegates among the arguments run before the call returns.</summary>
    RunsDelegates = 16,

    /// <summary>Delegates among the arguments run when the result is enumerated.</summary>
    DefersDelegates = 32,

    /// <summary>Enumerates the sequences among the arguments.</summary>
    Enumerates = 64,

    /// <summary>The other arguments, or what the delegates among them return, may be stored where the first one refers to.</summary>
    StoresByReference = 128,

    /// <summary>The receiver keeps what the delegates among the arguments return.</summary>
    KeepsResults = 256,

    /// <summary>The result is a new collection with the elements of the receiver, and the arguments.</summary>
    BuildsCollection = 512,
}

/// <summary>The little that must be known of the base library to follow memory through it. What is not named here reads its arguments, keeps none of them and returns something else.</summary>
internal static class LibraryModel
{
    /// <summary>What a method does with its arguments.</summary>
    public static LibraryEffects Of(IMethodSymbol method)
    {
        if (IsImmutable(method.ContainingType) && method.Name is "Create" or "CreateRange" or "Add" or "AddRange" or "Insert" or "InsertRange" or "SetItem" or "SetItems" or "Push" or "Enqueue" or "Union")
        {
            return LibraryEffects.BuildsCollection | LibraryEffects.Enumerates;
        }

        switch (method.Name)
        {
            case "AsSpan" or "AsMemory" or "AsReadOnly" or "Slice" or "AsBytes" or "GetReference" or "GetArrayDataReference" or "GetPinnableReference"
                or "ToPointer" or "CreateSpan" or "CreateReadOnlySpan" or "AsRef" or "AsPointer" or "As" or "Synchronized" or "GetBuffer":
            case "ConfigureAwait" or "GetAwaiter" or "GetResult" or "AsTask" or "WaitAsync" or "FromResult" or "Preserve" or "WithCancellation":
            case "DangerousGetHandle":
            case "Read" when method.ContainingType?.Name is "Volatile" or "Interlocked":
            case "Alloc" when method.ContainingType?.Name is "GCHandle":
            case "Create" when method.ContainingType?.Name is "Tuple" or "ValueTuple" or "KeyValuePair":
                return LibraryEffects.ReturnsSame;
            case "GetEnumerator" or "GetAsyncEnumerator":
                return LibraryEffects.ReturnsElement | LibraryEffects.Enumerates;
            case "Add" or "TryAdd" or "Enqueue" or "Push" or "Insert" or "AddFirst" or "AddLast" or "AddBefore" or "AddAfter"
                or "Append" or "SetValue" or "SetTarget" or "Writer" or "TryWrite" when !method.IsStatic && !IsWeak(method.ContainingType) && !method.IsExtensionMethod:
                return LibraryEffects.KeepsArguments | ReturnsReceiver(method);
            case "AddRange" or "InsertRange" or "EnqueueRange" or "PushRange" or "UnionWith" when !method.IsStatic:
                return LibraryEffects.KeepsArguments | LibraryEffects.Enumerates;
            case "Dequeue" or "Pop" or "TryDequeue" or "TryPop" or "Take" or "TryTake" when !IsLinq(method):
                return LibraryEffects.ReturnsElement | LibraryEffects.RemovesElement;
            case "GetOrAdd" or "GetOrCreate" or "GetOrCreateAsync":
                return LibraryEffects.ReturnsElement | LibraryEffects.RunsDelegates | LibraryEffects.KeepsResults;
            case "AddOrUpdate" or "TryUpdate":
                return LibraryEffects.KeepsArguments | LibraryEffects.RunsDelegates | LibraryEffects.KeepsResults;
            case "Peek" or "TryPeek" or "TryGetValue" or "GetValueOrDefault" or "Find" or "FindLast" or "ElementAt" or "ElementAtOrDefault"
                or "First" or "FirstOrDefault" or "Last" or "LastOrDefault" or "Single" or "SingleOrDefault" or "GetValue" or "TryGetTarget":
                return LibraryEffects.ReturnsElement | LibraryEffects.RunsDelegates | LibraryEffects.Enumerates;
            case "Remove" or "TryRemove" or "RemoveAt" or "RemoveFirst" or "RemoveLast" or "RemoveRange" or "RemoveAll" when !method.IsStatic:
                return LibraryEffects.RemovesElement | LibraryEffects.RunsDelegates;
            case "ToList" or "ToArray" or "ToHashSet" or "ToDictionary" or "ToLookup" or "ToFrozenSet" or "ToFrozenDictionary" or "ToImmutableArray" or "ToImmutableList"
                or "ToImmutableDictionary" or "ToImmutableHashSet" or "ToImmutableSortedDictionary" or "ToImmutableSortedSet" or "ToImmutable" or "MoveToImmutable" or "DrainToImmutable":
                return LibraryEffects.Enumerates | LibraryEffects.RunsDelegates
                    | (ElementType(method) is { IsReferenceType: true } ? LibraryEffects.ReturnsSame : LibraryEffects.None);
            case "ForEach" or "ForEachAsync" or "For" or "Invoke" or "ConvertAll" or "Exists" or "TrueForAll" or "FindAll" or "Sort" or "Create"
                when method.ContainingType?.Name is "List" or "Array" or "Parallel" or "String" or "ImmutableList":
                return LibraryEffects.RunsDelegates | LibraryEffects.Enumerates;
            case "Run" or "StartNew" or "ContinueWith" when method.ContainingType?.Name is "Task" or "TaskFactory":
            case "SpinUntil" when method.ContainingType?.Name is "SpinWait":
            case "RunSynchronously":
            case var _ when StartsAndReturns(method):
                return LibraryEffects.RunsDelegates;
            case "EnsureInitialized" when method.ContainingType?.Name is "LazyInitializer":
                return LibraryEffects.RunsDelegates | LibraryEffects.StoresByReference;
            case "CompareExchange" or "Exchange" when method.ContainingType?.Name is "Interlocked":
            case "Write" when method.ContainingType?.Name is "Volatile":
                return LibraryEffects.StoresByReference;
            default:
                return !IsLinq(method) ? LibraryEffects.Enumerates
                    : method.ReturnType.OriginalDefinition.SpecialType == SpecialType.System_Collections_Generic_IEnumerable_T || method.ReturnType.Name is "IOrderedEnumerable"
                        ? LibraryEffects.ReturnsSame | LibraryEffects.DefersDelegates
                        : LibraryEffects.RunsDelegates | LibraryEffects.Enumerates;
        }
    }

    /// <summary>Whether a method that keeps its arguments makes a new element of them, even if there was one before.</summary>
    public static bool AddsElement(IMethodSymbol method) => method.Name is "Add" or "TryAdd" or "Enqueue" or "Push" or "Insert" or "AddFirst" or "AddLast"
        or "AddBefore" or "AddAfter" or "Append" or "AddRange" or "InsertRange" or "EnqueueRange" or "PushRange" or "UnionWith";

    /// <summary>Whether a method may make room, or a new element where there is none, of an argument or of what a delegate returns.</summary>
    public static bool MayAddElement(IMethodSymbol method) =>
        method.Name is "GetOrAdd" or "AddOrUpdate" or "TryUpdate" or "GetOrCreate" or "GetOrCreateAsync" or "EnsureCapacity" or "SetLength";

    /// <summary>Whether a method begins to run a delegate on another thread, and returns.</summary>
    public static bool StartsAndReturns(IMethodSymbol method) =>
        method.Name is "QueueUserWorkItem" or "UnsafeQueueUserWorkItem" || (method.Name is "Start" or "UnsafeStart" && IsThread(method.ContainingType));

    /// <summary>Whether a delegate that <paramref name="method"/> receives may run after it returned, for all we know.</summary>
    public static bool MayKeepDelegates(IMethodSymbol method) =>
        !IsLinq(method) && (Of(method) & (LibraryEffects.RunsDelegates | LibraryEffects.DefersDelegates)) == 0
        && method.ContainingType?.Name is not ("Lazy" or "ThreadLocal" or "AsyncLocal");

    /// <summary>Whether a constructor of the library keeps what it is given.</summary>
    public static bool KeepsArguments(INamedTypeSymbol type)
    {
        if (IsWeak(type))
        {
            return false;
        }

        return type.Name switch
        {
            "ArraySegment" or "Memory" or "ReadOnlyMemory" or "Span" or "ReadOnlySpan" or "ReadOnlySequence" or "Tuple" or "ValueTuple" or "KeyValuePair"
                or "StrongBox" or "ReadOnlyCollection" or "Collection" or "Task" or "ValueTask" or "Nullable" or "BufferedStream" or "Lazy" or "ThreadLocal" or "HandleRef"
                or "GCHandle" or "UnmanagedMemoryStream" or "IntPtr" or "UIntPtr" or "ByteArrayContent" or "StringContent" or "ReadOnlyMemoryContent" => true,
            "Thread" => IsThread(type),
            _ => MetadataNames.IsNamespace(type.ContainingNamespace, "System.IO") && !type.Name.EndsWith("Info", StringComparison.Ordinal),
        };
    }

    /// <summary>Whether any member of a type may read what it was made of: a stream over an array, a tuple.</summary>
    public static bool ReadsThrough(ITypeSymbol? type) => type is { IsAnonymousType: true } || (type is INamedTypeSymbol named && KeepsArguments(named));

    /// <summary>A reference that does not keep its target.</summary>
    public static bool IsWeak(ITypeSymbol? type) => type?.Name is "WeakReference" or "ConditionalWeakTable" or "DependentHandle";

    /// <summary>Whether a value of the type is another view of memory that something else owns.</summary>
    public static bool IsView(ITypeSymbol? type) =>
        type?.Name is "Span" or "ReadOnlySpan" or "Memory" or "ReadOnlyMemory" or "ArraySegment" or "ReadOnlySequence";

    /// <summary>Whether a type is <c>System.Linq.Expressions.Expression&lt;T&gt;</c>.</summary>
    public static bool IsExpressionTree(ITypeSymbol? type) => MetadataNames.Is(type, "System.Linq.Expressions", "Expression");

    /// <summary>Whether a type makes its value when it is first read, and keeps it.</summary>
    public static bool IsLazy(ITypeSymbol? type) => MetadataNames.Is(type, "System", "Lazy") || MetadataNames.Is(type, "System.Threading", "ThreadLocal");

    /// <summary>Where an object of such a type keeps its value.</summary>
    public static ISymbol? LazyValue(ITypeSymbol? type) => IsLazy(type) ? type!.OriginalDefinition.GetMembers("Value").FirstOrDefault() : null;

    /// <summary>Whether a type is <c>System.Threading.Thread</c>.</summary>
    public static bool IsThread(ITypeSymbol? type) => MetadataNames.Is(type, "System.Threading", "Thread");

    /// <summary>Whether a property yields an element of its owner.</summary>
    public static bool IsElement(IPropertySymbol property) => property.Name is "Current" or "Values" or "Keys" or "First" or "Last";

    /// <summary>Whether a property is another name for its owner's memory.</summary>
    public static bool IsSameMemory(IPropertySymbol property) =>
        property.Name is "Span" or "Memory" or "Result" or "BaseStream" or "Array" or "FirstSpan"
        || (property.Name is "Writer" or "Reader" && property.ContainingType.Name is "Channel")
        || (property.Name is "Value" && property.ContainingType.Name is not "KeyValuePair");

    private static bool IsImmutable(INamedTypeSymbol? type) =>
        type is not null && MetadataNames.IsNamespace(type.ContainingNamespace, "System.Collections.Immutable") && type.ContainingType is null;

    private static bool IsLinq(IMethodSymbol method) => MetadataNames.IsNamespace(method.ContainingNamespace, "System.Linq");

    private static LibraryEffects ReturnsReceiver(IMethodSymbol method) =>
        SymbolEqualityComparer.Default.Equals(method.ReturnType, method.ContainingType) ? LibraryEffects.ReturnsSame : LibraryEffects.None;

    private static ITypeSymbol? ElementType(IMethodSymbol method) => method.ReturnType switch
    {
        IArrayTypeSymbol array => array.ElementType,
        INamedTypeSymbol { TypeArguments: [.., var last] } => last,
        _ => null,
    };
}
