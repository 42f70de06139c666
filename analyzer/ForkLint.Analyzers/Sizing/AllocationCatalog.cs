using System.Collections.Immutable;
using System.Numerics;
using ForkLint.Analyzers.Configuration;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Sizing;

/// <summary>Which expressions allocate, and how much: it asks the catalog of each kind. Shared mappings and <c>stackalloc</c> are not charged at a fork and are no allocations here.</summary>
internal sealed class AllocationCatalog
{
    private readonly UserApis _userApis;

    private AllocationCatalog(UserApis userApis) => _userApis = userApis;

    /// <summary>The catalog of a compilation, with what its additional files name.</summary>
    public static AllocationCatalog Create(
        Compilation compilation, ImmutableArray<AdditionalText> additionalFiles, CancellationToken cancellationToken = default) =>
        new(UserApis.Load(compilation, additionalFiles, cancellationToken));

    /// <summary>The catalog of a compilation whose additional files were read before.</summary>
    public static AllocationCatalog Create(UserApis userApis) => new(userApis);

    /// <summary>
    /// The allocation that <paramref name="operation"/> makes, of any size; <see langword="null"/> where it makes
    /// none. The size is evaluated in <paramref name="environment"/>.
    /// </summary>
    /// <param name="operation">An operation of a body or of its control-flow graph.</param>
    /// <param name="environment">What its size can be made of.</param>
    public Allocation? Classify(IOperation operation, SizeEnvironment environment) => operation switch
    {
        IArrayCreationOperation array => Array(array, environment),
        IObjectCreationOperation creation => Creation(creation, environment),
        IInvocationOperation call => Call(call, environment),
        IPropertyReferenceOperation { Property: var property } => _userApis.IsAllocation(property, out var detail)
            ? UserDefined(operation, property, null, detail, environment)
            : null,
        // [a, b, c]: the operation has no interface in the oldest compiler we run in, but its syntax has a type.
        { Syntax: CollectionExpressionSyntax { Elements: var elements }, Type: { } type } when operation is not IConversionOperation =>
            CollectionExpression(operation, elements, type, environment),
        _ => null,
    };

    /// <summary>Whether a call of <paramref name="method"/> can be an allocation at all, by its name: the cheap question before <see cref="Classify"/>.</summary>
    public bool MayAllocate(IMethodSymbol method) =>
        method.IsExtern
        || method.IsPartialDefinition
        || method.PartialDefinitionPart is not null
        || method.Name is "Rent" or "Resize"
        || UnboundedReads.IsName(method.Name)
        || ArrayCalls.IsName(method.Name)
        || NativeAllocations.IsName(method.Name)
        || _userApis.HasMeasuredSizes
        || _userApis.IsAllocation(method, out _);

    /// <summary>Whether <paramref name="constructor"/> can make something that takes a size, by its type's name.</summary>
    public bool MayConstruct(IMethodSymbol constructor) =>
        (constructor.Parameters.Length > 0 && (constructor.ContainingType.SpecialType == SpecialType.System_String || CollectionAllocations.IsName(constructor.ContainingType.Name)))
        || _userApis.IsAllocation(constructor, out _);

    /// <summary>Whether an additional file says that <paramref name="property"/> allocates.</summary>
    public bool MayRead(IPropertySymbol property) => _userApis.IsAllocation(property, out _);

    private static Allocation? Array(IArrayCreationOperation array, SizeEnvironment environment)
    {
        // An array that the compiler makes of the arguments of a "params" parameter is never large.
        if (array.Type is not IArrayTypeSymbol type || (array.IsImplicit && array.Parent is IArgumentOperation { ArgumentKind: ArgumentKind.ParamArray }))
        {
            return null;
        }

        return new Allocation(
            array,
            AllocationKind.ManagedArray,
            AllocationSize.Of(ConstantEvaluator.Length(array, environment), StructSizeCalculator.ElementSizeOf(type.ElementType, environment)),
            TypeNames.Display(type));
    }

    private static Allocation? CollectionExpression(
        IOperation operation, SeparatedSyntaxList<CollectionElementSyntax> elements, ITypeSymbol type, SizeEnvironment environment)
    {
        var element = (type as IArrayTypeSymbol)?.ElementType
            ?? (type is INamedTypeSymbol { TypeArguments: [var argument] } named && MetadataNames.Is(named, "System.Collections.Generic", "List") ? argument : null);
        if (element is null)
        {
            return null;
        }

        // A spread of unknown length has none at least: the others alone are never large.
        var spread = operation.ChildOperations.Where(static child => child.Syntax is SpreadElementSyntax)
            .Select(child => ConstantEvaluator.Length(child.ChildOperations.FirstOrDefault(), environment) ?? new ConstantRange(BigInteger.Zero, IntegerType.Int32.Range.Maximum));
        var count = spread.Aggregate(
            ConstantRange.Exact(elements.Count(static item => item is not SpreadElementSyntax)),
            static (sum, more) => new ConstantRange(sum.Minimum + more.Minimum, sum.Maximum + more.Maximum));
        return new Allocation(
            operation,
            type is IArrayTypeSymbol ? AllocationKind.ManagedArray : AllocationKind.Collection,
            AllocationSize.Of(count, StructSizeCalculator.ElementSizeOf(element, environment)),
            TypeNames.Display(type));
    }

    private Allocation? Creation(IObjectCreationOperation creation, SizeEnvironment environment)
    {
        if (creation.Constructor is not { } constructor)
        {
            return null;
        }

        if (_userApis.IsAllocation(constructor, out var detail))
        {
            return UserDefined(creation, constructor, creation.Arguments, detail, environment);
        }

        // new string('x', n)
        if (creation.Type?.SpecialType == SpecialType.System_String)
        {
            return creation.Arguments is [{ Parameter.Type.SpecialType: SpecialType.System_Char }, var count]
                ? new Allocation(
                    creation,
                    AllocationKind.ManagedString,
                    AllocationSize.Of(ConstantEvaluator.Evaluate(count.Value, environment), new ElementSize(2, true)),
                    "string")
                : null;
        }

        return CollectionAllocations.Classify(creation, environment);
    }

    private Allocation? Call(IInvocationOperation call, SizeEnvironment environment)
    {
        var method = call.TargetMethod;
        if (_userApis.IsAllocation(method, out var detail))
        {
            return UserDefined(call, method, call.Arguments, detail, environment);
        }

        if (_userApis.HasMeasuredSizes && _userApis.TryGetMeasuredBytes(method, out var measured))
        {
            return new Allocation(call, AllocationKind.UserDefined, AllocationSize.Measured(measured), method.ContainingType.Name + "." + method.Name);
        }

        if (UnboundedReads.Contains(method, call.Instance?.Type))
        {
            // By the type that the source calls it on: a read of a StreamReader is not one of "TextReader".
            var receiver = call.Instance?.Type as INamedTypeSymbol ?? method.ContainingType;
            return new Allocation(call, AllocationKind.UnboundedRead, AllocationSize.Unknown, receiver.Name + "." + method.Name);
        }

        return Rented(call, environment)
            ?? Grown(call, environment)
            ?? NewArray(call, environment)
            ?? NativeAllocations.Classify(call, environment);
    }

    private static Allocation? NewArray(IInvocationOperation call, SizeEnvironment environment)
    {
        var source = ArrayCalls.Copied(call);
        var size = ArrayCalls.ElementCount(call) is { } count ? ConstantEvaluator.Evaluate(count, environment)
            : source is not null ? ConstantEvaluator.Length(source, environment)
            : null;
        if (size is null && ArrayCalls.ElementCount(call) is null)
        {
            return null;
        }

        if (call.Type?.SpecialType == SpecialType.System_String)
        {
            return new Allocation(call, AllocationKind.ManagedString, AllocationSize.Of(size, new ElementSize(2, call.TargetMethod.Name == "Create")), "string");
        }

        var element = call.Type switch
        {
            _ when source?.Type is IArrayTypeSymbol copied => copied.ElementType,
            IArrayTypeSymbol array => array.ElementType,
            INamedTypeSymbol { TypeArguments: [var argument] } => argument,

            // Array.CreateInstance(typeof(T), n)
            _ => (call.Argument(0) as ITypeOfOperation)?.TypeOperand,
        };
        return element is null
            ? null
            : new Allocation(
                call,
                call.Type is IArrayTypeSymbol or { SpecialType: SpecialType.System_Array or SpecialType.System_Object } ? AllocationKind.ManagedArray : AllocationKind.Collection,
                AllocationSize.Of(size, StructSizeCalculator.ElementSizeOf(element, environment)),
                TypeNames.Display(element) + (call.TargetMethod.Name == "ToList" ? " list" : "[]"));
    }

    /// <summary>What a call allocates for an array or a collection to hold as much as it says.</summary>
    private static Allocation? Grown(IInvocationOperation call, SizeEnvironment environment)
    {
        var (grown, count) = call.TargetMethod switch
        {
            { Name: "Resize", ContainingType.SpecialType: SpecialType.System_Array } => (call.Argument(0), call.Argument(1)),
            { Name: "EnsureCapacity" or "SetLength", IsStatic: false, Parameters.Length: 1 } => (call.Instance, call.Argument(0)),
            { Name: "SetCount", ContainingType.Name: "CollectionsMarshal" } => (call.Argument(0), call.Argument(1)),
            _ => default,
        };
        var size = ConstantEvaluator.Evaluate(count, environment);
        var made = grown?.Type is IArrayTypeSymbol array
            ? new Allocation(call, AllocationKind.ManagedArray, AllocationSize.Of(size, StructSizeCalculator.ElementSizeOf(array.ElementType, environment)), TypeNames.Display(array))
            : CollectionAllocations.Of(call, grown?.Type, size, environment);
        return made is null ? null : made with { Receiver = grown, Replaces = grown };
    }

    private static Allocation? Rented(IInvocationOperation call, SizeEnvironment environment)
    {
        var method = call.TargetMethod;
        var type = method.ContainingType;
        if (method.Name != "Rent"
            || type.TypeArguments is not [var element]
            || !(MetadataNames.Is(type, "System.Buffers", "ArrayPool") || MetadataNames.Is(type, "System.Buffers", "MemoryPool")))
        {
            return null;
        }

        var count = ConstantEvaluator.Evaluate(call.Argument(0), environment);

        // Only the shared pool's rounding is known; another one gives at least what was asked for.
        var isShared = call.Instance is IPropertyReferenceOperation { Property.Name: "Shared", Instance: null };
        if (count is { } range && range.TryGetInt64(out var minimum) && range.Minimum.Sign >= 0)
        {
            count = !isShared ? new ConstantRange(range.Minimum, IntegerType.Int32.Range.Maximum)
                : range.IsExact ? ConstantRange.Exact(PoolSizes.SharedPoolLength(minimum))
                : new ConstantRange(PoolSizes.SharedPoolLength(minimum), BigInteger.Max(range.Maximum, IntegerType.Int32.Range.Maximum));
        }

        return new Allocation(
            call,
            AllocationKind.Pooled,
            AllocationSize.Of(count, StructSizeCalculator.ElementSizeOf(element, environment)),
            TypeNames.Display(type) + ".Rent");
    }

    /// <summary>A member that an additional file names. Without a size in the file, the one integer that it is called with is its length: elements of the array it returns, or bytes.</summary>
    private Allocation UserDefined(IOperation operation, ISymbol member, IReadOnlyList<IArgumentOperation>? arguments, AllocationDetail detail, SizeEnvironment environment)
    {
        var displayName = operation is IObjectCreationOperation ? member.ContainingType.Name : member.ContainingType.Name + "." + member.Name;
        var size = _userApis.TryGetMeasuredBytes(member, out var measured) ? AllocationSize.Measured(measured)
            : detail.Bytes is { } known ? AllocationSize.AtLeast(known)
            : AllocationSize.Unknown;
        if (!size.IsKnown && detail.IsRead)
        {
            return new Allocation(operation, AllocationKind.UnboundedRead, size, displayName);
        }

        if (!size.IsKnown && detail.ItemBytes is { } item)
        {
            size = AllocationSize.Of(
                ShapeProduct.Of(arguments ?? [], environment),
                item > 0 ? new ElementSize(item, !detail.IsLeast) : StructSizeCalculator.ElementSizeOf(TypeArgument(member, operation) ?? operation.Type!, environment));
        }
        else if (!size.IsKnown && arguments?.Where(argument => IntegerType.TryGet(argument.Parameter?.Type, out _)).ToArray() is [var length])
        {
            var element = operation.Type is IArrayTypeSymbol array
                ? StructSizeCalculator.ElementSizeOf(array.ElementType, environment)
                : ElementSize.Byte;
            size = AllocationSize.Of(ConstantEvaluator.Evaluate(length.Value, environment), element);
        }

        return new Allocation(operation, AllocationKind.UserDefined, size, displayName);
    }

    /// <summary>The T of a member of <c>Tensor&lt;T&gt;</c>, or of a method <c>Create&lt;T&gt;</c>.</summary>
    private static ITypeSymbol? TypeArgument(ISymbol member, IOperation operation) => member is IMethodSymbol { TypeArguments: [var own, ..] } ? own
        : (operation is IObjectCreationOperation ? operation.Type as INamedTypeSymbol : member.ContainingType) is { TypeArguments: [var first, ..] } ? first
        : null;
}
