using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Flow;

/// <summary>What the interpreter asks of an operation, a symbol or a type, independent of the state.</summary>
internal static class OperationFacts
{
    public static IOperation Unconverted(IOperation operation) => operation.WithoutConversions();

    /// <summary>Whether an operation names storage, and evaluating it does nothing: <c>p</c>, <c>_p</c>, <c>other._part.P</c>.</summary>
    public static bool IsPlainPath(IOperation? operation) => operation switch
    {
        null or IInstanceReferenceOperation or ILocalReferenceOperation or IParameterReferenceOperation or IFlowCaptureReferenceOperation => true,
        IFieldReferenceOperation field => IsPlainPath(field.Instance),
        IPropertyReferenceOperation { Arguments.Length: 0 } property => IsStored(property.Property) && IsPlainPath(property.Instance),
        _ => false,
    };

    /// <summary>Whether a property is storage: an automatic one, or one of a library, which is taken for one.</summary>
    public static bool IsStored(IPropertySymbol property) => !IsSource(property) || property.ContainingType.IsAnonymousType || AutomaticProperties.IsAutomatic(property);

    public static ISymbol Storage(IPropertySymbol property) =>
        property.OriginalDefinition is { OverriddenProperty: { } overridden } ? Storage(overridden) : property.OriginalDefinition;

    public static bool IsSource(ISymbol symbol) => !symbol.DeclaringSyntaxReferences.IsEmpty;

    public static IFieldSymbol TupleField(INamedTypeSymbol type, int index)
    {
        var field = type.TupleElements[index];
        return (field.CorrespondingTupleField ?? field).OriginalDefinition;
    }

    /// <summary>A method as a call of it names it, with its type arguments; the method itself where the call names another.</summary>
    public static IMethodSymbol Constructed(IOperation call, IMethodSymbol method) =>
        call.Callee() is { } named && SymbolEqualityComparer.Default.Equals(named.OriginalDefinition, method.OriginalDefinition) ? named : method;

    /// <summary>Whether values of a type can keep memory: numbers, flags and dates cannot, pointers and native integers can.</summary>
    public static bool CanHold(ITypeSymbol? type) => type switch
    {
        null => true,
        { TypeKind: TypeKind.Enum } => false,
        _ => type.SpecialType is SpecialType.None or SpecialType.System_Object or SpecialType.System_String or SpecialType.System_Array
            or SpecialType.System_IntPtr or SpecialType.System_UIntPtr or SpecialType.System_Delegate or SpecialType.System_MulticastDelegate
            or SpecialType.System_IDisposable
            || type.SpecialType is >= SpecialType.System_Collections_IEnumerable and <= SpecialType.System_Collections_Generic_IReadOnlyCollection_T,
    };

    public static bool IsNativeInteger(ITypeSymbol? type) => type?.SpecialType is SpecialType.System_IntPtr or SpecialType.System_UIntPtr;
}
