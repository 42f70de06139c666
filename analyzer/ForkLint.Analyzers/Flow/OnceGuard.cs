using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Flow;

/// <summary>
/// Recognizes the paths of a release method that release nothing because an earlier call did: <c>if (_disposed) return;</c>,
/// <c>Interlocked.Exchange(ref _freed, 1) != 0</c>. A caller that wants to know what a release does asks about the first call.
/// The same holds for the finalizer's side of <c>Dispose(bool disposing)</c>.
/// </summary>
internal sealed class OnceGuard
{
    private static readonly string[] ReleaseWords =
        ["dispose", "close", "free", "release", "clean", "clear", "destroy", "shutdown", "unload", "teardown", "drop", "finalize", "reset", "stop"];

    private static readonly string[] DoneWords = ["disposed", "closed", "freed", "released"];

    private readonly IMethodSymbol? _method;
    private readonly Dictionary<ISymbol, object> _done = new(SymbolEqualityComparer.Default);

    // What a switch asks about is computed once, before its cases.
    private readonly Dictionary<CaptureId, IOperation> _captured = [];

    private OnceGuard(IMethodSymbol? method) => _method = method;

    /// <summary>The guards of a body; <see langword="null"/> where the method is not one that releases.</summary>
    public static OnceGuard? Of(ControlFlowGraph graph, IMethodSymbol? method)
    {
        if (method is null || !IsReleaseName(method.Name))
        {
            return null;
        }

        var guard = new OnceGuard(method);
        foreach (var block in graph.Blocks)
        {
            foreach (var operation in block.Operations)
            {
                guard.Read(operation);
            }
        }

        return guard;
    }

    /// <summary>Whether the path on which <paramref name="condition"/> is <paramref name="value"/> belongs to a later call, or to the finalizer.</summary>
    public bool IsLaterCall(IOperation condition, bool value)
    {
        condition = Stripped(condition, ref value);
        return condition switch
        {
            IParameterReferenceOperation { Parameter: { Type.SpecialType: SpecialType.System_Boolean } parameter } =>
                !value && _method is { Name: "Dispose" or "DisposeCore" or "DisposeAsync", Parameters: [var only] } && SymbolEqualityComparer.Default.Equals(parameter, only),
            IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals } comparison
                when Constant(comparison.RightOperand) is { } constant => IsDone(comparison.LeftOperand, constant, value == (comparison.OperatorKind == BinaryOperatorKind.Equals)),
            IIsPatternOperation { Pattern: IConstantPatternOperation { Value: var pattern } } match when Constant(pattern) is { } constant => IsDone(match.Value, constant, value),
            _ => IsDone(condition, true, value),
        };
    }

    /// <summary>Whether a flag that equals a constant, or does not, says that the work was done.</summary>
    private bool IsDone(IOperation flag, object constant, bool isEqual) => Stripped(flag) switch
    {
        // The last of several owners, or the first of several calls, does the work: it is the one that is asked about.
        IInvocationOperation { TargetMethod: { Name: "Decrement", ContainingType.Name: "Interlocked" } } => constant is 0 && !isEqual,
        IInvocationOperation { TargetMethod: { Name: "Increment", ContainingType.Name: "Interlocked" } } => constant is 1 && !isEqual,
        var asked => IsDoneFlag(asked, constant, isEqual),
    };

    private bool IsDoneFlag(IOperation flag, object constant, bool isEqual) =>
        Flag(flag, out var exchanged) is { } symbol
        && (exchanged ?? (_done.TryGetValue(symbol, out var known) ? known : SaysDone(symbol) ? true : null)) is { } done
        && Equals(done, constant) == isEqual
        // A flag that is not 0 is 1; a state that is not "closed" can be any other.
        && (isEqual || done is bool or 0 or 1);

    /// <summary>The field behind a condition, and the value that the condition itself puts there.</summary>
    private ISymbol? Flag(IOperation operation, out object? exchanged)
    {
        exchanged = null;
        switch (operation)
        {
            case IFlowCaptureReferenceOperation capture when _captured.TryGetValue(capture.Id, out var captured):
                return Flag(Stripped(captured), out exchanged);
            case IFieldReferenceOperation { Instance: null or IInstanceReferenceOperation or IParameterReferenceOperation } field:
                return field.Field;
            case IPropertyReferenceOperation { Instance: null or IInstanceReferenceOperation or IParameterReferenceOperation, Arguments.IsEmpty: true } property:
                return property.Property;
            case IInvocationOperation { TargetMethod: { Name: "Exchange" or "CompareExchange" or "Read", ContainingType.Name: "Interlocked" or "Volatile" }, Arguments: [var place, ..] arguments }:
                exchanged = arguments.Length > 1 ? Constant(arguments[1].Value) : null;
                return (place.Value as IMemberReferenceOperation)?.Member;
            default:
                return null;
        }
    }

    private void Read(IOperation operation)
    {
        if (operation is IFlowCaptureOperation { Value: IMemberReferenceOperation or IInvocationOperation or IConversionOperation } capture)
        {
            _captured[capture.Id] = capture.Value;
        }
        else if (operation is IExpressionStatementOperation { Operation: ISimpleAssignmentOperation { Target: IMemberReferenceOperation { Member: var member } } assignment }
            && Constant(assignment.Value) is { } constant)
        {
            _done[member] = constant;
        }
    }

    private static bool SaysDone(ISymbol flag) =>
        flag is IFieldSymbol { Type.SpecialType: SpecialType.System_Boolean } or IPropertySymbol { Type.SpecialType: SpecialType.System_Boolean }
        && HasAny(flag.Name, DoneWords);

    private static IOperation Stripped(IOperation operation)
    {
        var ignored = true;
        return Stripped(operation, ref ignored);
    }

    private static object? Constant(IOperation operation)
    {
        var ignored = true;
        return Stripped(operation, ref ignored).ConstantValue is { HasValue: true, Value: bool or int } constant && ignored ? constant.Value : null;
    }

    /// <summary>A condition without what negates it, and what it must be instead.</summary>
    public static IOperation Stripped(IOperation operation, ref bool value)
    {
        while (true)
        {
            switch (operation)
            {
                case IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } not:
                    value = !value;
                    operation = not.Operand;
                    break;
                case IConversionOperation { OperatorMethod: null } conversion when !operation.ConstantValue.HasValue:
                    operation = conversion.Operand;
                    break;
                default:
                    return operation;
            }
        }
    }

    /// <summary>Whether a method's name says that it releases something.</summary>
    public static bool IsReleaseName(string name) => HasAny(name, ReleaseWords);

    private static bool HasAny(string name, string[] words) => Array.Exists(words, word => name.IndexOf(word, StringComparison.OrdinalIgnoreCase) >= 0);
}
