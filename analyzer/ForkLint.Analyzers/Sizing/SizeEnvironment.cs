using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Sizing;

/// <summary>
/// What is known where a size is evaluated: the values of parameters and type parameters, the assignments of the body,
/// and, for operations of a control-flow graph, what was captured where the graph split an expression.
/// </summary>
internal sealed class SizeEnvironment(
    IOperation? body,
    Lazy<LocalAssignments>? assignments,
    Lazy<Dictionary<CaptureId, List<IOperation>>>? captures,
    ImmutableDictionary<ISymbol, SizeEnvironment.BoundParameter> parameters,
    ImmutableDictionary<ITypeParameterSymbol, ITypeSymbol> types)
{
    private readonly ImmutableDictionary<ISymbol, BoundParameter> _parameters = parameters;
    private readonly ImmutableDictionary<ITypeParameterSymbol, ITypeSymbol> _types = types;
    private readonly Lazy<LocalAssignments>? _assignments = assignments;
    private readonly Lazy<Dictionary<CaptureId, List<IOperation>>>? _captures = captures;
    private static readonly ImmutableArray<IArgumentOperation> NoArguments = ImmutableArray<IArgumentOperation>.Empty;
    private static readonly IOperation[] NoOperands = [];

    /// <summary>Nothing is bound. The assignments of a body are then found from the operation itself, each time.</summary>
    public static SizeEnvironment Empty { get; } = new(
        null,
        null,
        null,
        ImmutableDictionary.Create<ISymbol, BoundParameter>(SymbolEqualityComparer.Default),
        ImmutableDictionary.Create<ITypeParameterSymbol, ITypeSymbol>(SymbolEqualityComparer.Default));

    /// <summary>The root of the body's own operations; <see langword="null"/> for <see cref="Empty"/>.</summary>
    public IOperation? Body { get; } = body;

    /// <summary>The environment of the body that <paramref name="operation"/> is in. Its assignments are read once, when first asked for.</summary>
    public static SizeEnvironment ForBody(IOperation operation)
    {
        var root = operation.Root();
        return new SizeEnvironment(
            root, new Lazy<LocalAssignments>(() => LocalAssignments.Of(root)), null, Empty._parameters, Empty._types);
    }

    /// <summary>The environment of a control-flow graph's operations, whose originals are <see cref="ControlFlowGraph.OriginalOperation"/>.</summary>
    public static SizeEnvironment ForGraph(ControlFlowGraph graph)
    {
        var body = ForBody(graph.OriginalOperation);
        return new SizeEnvironment(
            body.Body, body._assignments, new Lazy<Dictionary<CaptureId, List<IOperation>>>(() => Captures(graph)), body._parameters, body._types);
    }

    /// <summary>This environment with the value of a parameter, and the length of the array or string it holds, where they are known.</summary>
    public SizeEnvironment Bind(IParameterSymbol parameter, ConstantRange? value, ConstantRange? length = null) => Bind(Key(parameter), value, length);

    private SizeEnvironment Bind(ISymbol key, ConstantRange? value, ConstantRange? length) =>
        value is null && length is null
            ? this
            : new SizeEnvironment(Body, _assignments, _captures, _parameters.SetItem(key, new BoundParameter(value, length)), _types);

    /// <summary>This environment with the argument of a type parameter.</summary>
    public SizeEnvironment Bind(ITypeParameterSymbol parameter, ITypeSymbol type) =>
        new(Body, _assignments, _captures, _parameters, _types.SetItem(parameter, type));

    /// <summary>
    /// The environment of <paramref name="callee"/>'s body for one call: <paramref name="body"/> with the arguments as
    /// the caller's environment sees them. Parameters that are left out have their default.
    /// </summary>
    public static SizeEnvironment ForCall(
        IMethodSymbol callee, IOperation call, SizeEnvironment caller, SizeEnvironment body)
    {
        var result = body;
        var (arguments, receiver, operands) = call switch
        {
            IInvocationOperation invocation => (invocation.Arguments, invocation.Instance, NoOperands),
            IObjectCreationOperation creation => (creation.Arguments, null, NoOperands),
            IPropertyReferenceOperation property => (property.Arguments, property.Instance, NoOperands),
            IBinaryOperation binary => (NoArguments, null, [binary.LeftOperand, binary.RightOperand]),
            ICompoundAssignmentOperation compound => (NoArguments, null, callee.IsStatic ? [compound.Target, compound.Value] : [compound.Value]),
            IUnaryOperation unary => (NoArguments, null, [unary.Operand]),
            IConversionOperation conversion => (NoArguments, null, [conversion.Operand]),
            _ => (NoArguments, (IOperation?)null, NoOperands),
        };
        for (var ordinal = 0; ordinal < operands.Length && ordinal < callee.Parameters.Length; ordinal++)
        {
            BindValue(callee.OriginalDefinition.Parameters[ordinal], operands[ordinal]);
        }

        // Called as the static method that it is, a member of an extension block has its receiver for its first argument.
        var first = 0;
        if (ExtensionBlocks.HasReceiver(callee))
        {
            first = receiver is null ? 1 : 0;
            BindValue(callee.ContainingType.OriginalDefinition, receiver ?? arguments.FirstOrDefault(static argument => argument.Parameter?.Ordinal == 0)?.Value);
        }

        foreach (var argument in arguments)
        {
            if (argument.Parameter is { RefKind: RefKind.None or RefKind.In } parameter && parameter.Ordinal >= first)
            {
                BindValue(callee.OriginalDefinition.Parameters.ElementAtOrDefault(parameter.Ordinal - first) ?? parameter.OriginalDefinition, argument.Value);
            }
        }

        if (call is IInvocationOperation { TargetMethod: { IsGenericMethod: true } named } && !SymbolEqualityComparer.Default.Equals(named.OriginalDefinition, callee.OriginalDefinition) && first == 1)
        {
            result = result.BindTypes(callee.ContainingType.TypeParameters.AddRange(callee.OriginalDefinition.TypeParameters), named.TypeArguments, caller);
        }

        for (var method = callee; method is not null; method = method.ContainingSymbol as IMethodSymbol)
        {
            result = result.BindTypes(method.OriginalDefinition.TypeParameters, method.TypeArguments, caller);
        }

        for (var type = callee.ContainingType; type is not null; type = type.ContainingType)
        {
            result = result.BindTypes(type.OriginalDefinition.TypeParameters, type.TypeArguments, caller);
        }

        return result;

        void BindValue(ISymbol key, IOperation? value)
        {
            if (value is not null)
            {
                result = result.Bind(key, ConstantEvaluator.Evaluate(value, caller), ConstantEvaluator.Length(value, caller));
            }
        }
    }

    /// <summary>What is known here and in another environment of the same body: of a parameter every value that it has in either.</summary>
    public SizeEnvironment Union(SizeEnvironment other)
    {
        var parameters = _parameters.Clear();
        foreach (var mine in _parameters)
        {
            if (other._parameters.TryGetValue(mine.Key, out var theirs))
            {
                parameters = parameters.Add(mine.Key, new BoundParameter(Union(mine.Value.Value, theirs.Value), Union(mine.Value.Length, theirs.Length)));
            }
        }

        var types = _types;
        foreach (var mine in _types)
        {
            if (!other._types.TryGetValue(mine.Key, out var theirs) || !SymbolEqualityComparer.Default.Equals(mine.Value, theirs))
            {
                types = types.Remove(mine.Key);
            }
        }

        return new SizeEnvironment(Body, _assignments, _captures, parameters, types);

        static ConstantRange? Union(ConstantRange? one, ConstantRange? two) => one is { } left && two is { } right ? ConstantRange.Union(left, right) : null;
    }

    /// <summary>The type that <paramref name="type"/> stands for here: itself, unless it is a bound type parameter.</summary>
    public ITypeSymbol Resolve(ITypeSymbol type)
    {
        // A recursive helper can bind a parameter to itself.
        for (var hops = 0; hops < 8 && type is ITypeParameterSymbol parameter && _types.TryGetValue(parameter, out var bound); hops++)
        {
            type = bound;
        }

        return type;
    }

    /// <summary>What is known of a parameter's argument.</summary>
    public bool TryGetParameter(IParameterSymbol parameter, out ConstantRange? value, out ConstantRange? length)
    {
        var found = _parameters.TryGetValue(Key(parameter.OriginalDefinition), out var bound) || _parameters.TryGetValue(parameter, out bound);
        (value, length) = (bound?.Value, bound?.Length);
        return found;
    }

    /// <summary>What the body assigns to a local or parameter; <see langword="false"/> where one of the values cannot be seen, or the body is not known.</summary>
    public bool TryGetAssignments(ISymbol variable, IOperation reference, out ImmutableArray<IOperation> values)
    {
        if (_assignments is not null)
        {
            return _assignments.Value.TryGet(variable, out values);
        }

        // Operations of a graph have no way up to their body, and its assignments are not where they are.
        values = ImmutableArray<IOperation>.Empty;
        return reference.SemanticModel is not null && ForBody(reference).TryGetAssignments(variable, reference, out values);
    }

    /// <summary>The values a graph captured under <paramref name="id"/>, one for each branch.</summary>
    public IReadOnlyList<IOperation> Captured(CaptureId id) =>
        _captures is not null && _captures.Value.TryGetValue(id, out var values) ? values : [];

    /// <summary>The receiver of an extension block is found by the block: the compiler that the analyzers are built against cannot name it.</summary>
    private static ISymbol Key(IParameterSymbol parameter) => parameter.ContainingSymbol is INamedTypeSymbol block ? block.OriginalDefinition : parameter;

    private SizeEnvironment BindTypes(ImmutableArray<ITypeParameterSymbol> parameters, ImmutableArray<ITypeSymbol> arguments, SizeEnvironment caller)
    {
        var result = this;
        for (var index = 0; index < parameters.Length && index < arguments.Length; index++)
        {
            var argument = caller.Resolve(arguments[index]);
            if (!SymbolEqualityComparer.Default.Equals(argument, parameters[index]))
            {
                result = result.Bind(parameters[index], argument);
            }
        }

        return result;
    }

    private static Dictionary<CaptureId, List<IOperation>> Captures(ControlFlowGraph graph)
    {
        var result = new Dictionary<CaptureId, List<IOperation>>();
        foreach (var block in graph.Blocks.Where(block => block.IsReachable))
        {
            foreach (var operation in block.Operations)
            {
                if (operation is IFlowCaptureOperation capture)
                {
                    result.GetOrAdd(capture.Id).Add(capture.Value);
                }
            }
        }

        return result;
    }

    internal sealed record BoundParameter(ConstantRange? Value, ConstantRange? Length);
}
