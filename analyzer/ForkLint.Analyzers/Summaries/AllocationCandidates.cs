using ForkLint.Analyzers.Configuration;
using ForkLint.Analyzers.Flow;
using ForkLint.Analyzers.Sizing;
using ForkLint.Analyzers.Spawning;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace ForkLint.Analyzers.Summaries;

/// <summary>
/// Which allocations can be large enough for a spawn at all, without regard to what holds them: an answer from sizes and calls alone, before
/// any flow is analysed. Most programs have none. Where a size depends on too many callers, the answer is yes.
/// </summary>
internal sealed class AllocationCandidates
{
    // As far up as the flow analysis follows an allocation's size, and no more callers than can be looked at in a moment.
    private const int MaxCalls = 5;
    private const int MaxLooks = 64;

    private readonly HashSet<SyntaxNode> _sites = [];
    private readonly HashSet<MemberBody> _bodies = [];
    private readonly HashSet<MemberBody> _known = [];
    private readonly AllocationCatalog _allocations;
    private readonly List<MemberBody> _all;
    private readonly CallerIndex _callers;
    private readonly long _threshold = long.MaxValue;
    private readonly bool _duplicates;
    private Dictionary<IMethodSymbol, long>? _repetitions;
    private int _looks;

    /// <summary>Will judge the allocations of some bodies against their spawns, and as only they call each other.</summary>
    public AllocationCandidates(List<MemberBody> bodies, SpawnCatalog spawns, AllocationCatalog allocations)
    {
        _all = bodies;
        _allocations = allocations;
        _callers = new CallerIndex(bodies);
        foreach (var spawn in bodies.SelectMany(body => body.SpawnOperations))
        {
            var options = spawns.OptionsFor(spawn.Syntax.SyntaxTree);
            var kind = Kind(spawn, spawns);
            _threshold = Math.Min(_threshold, Threshold(kind, options));
            _duplicates |= kind != SpawnKind.Shares;
        }
    }

    /// <summary>Whether any was found so far.</summary>
    public bool Any => _bodies.Count > 0;

    /// <summary>Judges the allocations of a body, unless that was done.</summary>
    public void LookAt(MemberBody body)
    {
        if (_threshold == long.MaxValue || !body.Allocates || !_known.Add(body))
        {
            return;
        }

        foreach (var allocation in body.Allocations(_allocations))
        {
            if (MayCount(body, allocation))
            {
                _sites.Add(allocation.Operation.Syntax);
                _bodies.Add(body);
            }
        }
    }

    /// <summary>Whether a body has one; a body that was not looked at yet may.</summary>
    public bool MayBeIn(MemberBody body) => _bodies.Contains(body) || (body.Allocates && !_known.Contains(body));

    /// <summary>Whether a body has one, as far as it was looked at.</summary>
    public bool IsIn(MemberBody body) => _bodies.Contains(body);

    /// <summary>Whether an expression of a body that was looked at is one.</summary>
    public bool Contains(IOperation allocation) => _sites.Contains(allocation.Syntax);

    /// <summary>What is known in a body for all callers of its function; <see langword="null"/> where it has none, or a delegate may call it.</summary>
    public SizeEnvironment? ForAnyCaller(IMethodSymbol function, SizeEnvironment body, int calls = 0)
    {
        var definition = function.OriginalDefinition;
        if ((definition.Parameters.IsEmpty && !ExtensionBlocks.HasReceiver(definition)) || calls == MaxCalls || definition.MethodKind == MethodKind.AnonymousFunction || _callers.IsNamed(definition))
        {
            return null;
        }

        _looks = calls == 0 ? 0 : _looks;
        SizeEnvironment? result = null;
        foreach (var (caller, call) in _callers.Of(definition))
        {
            if (++_looks > MaxLooks)
            {
                return null;
            }

            var outer = FunctionOf(call, caller) is { } calling ? ForAnyCaller(calling, caller.Environment, calls + 1) ?? caller.Environment : caller.Environment;
            var bound = SizeEnvironment.ForCall(definition, call, outer, body);
            result = result?.Union(bound) ?? bound;
        }

        return result;
    }

    private static SpawnKind? Kind(IOperation spawn, SpawnCatalog spawns) =>
        spawns.ProcessStartModel.DependsOnUserName ? null
        : spawn is IMethodReferenceOperation named ? spawns.ClassifyDelegate(named.Method, spawn)?.Kind
        : spawns.Classify(spawn, SizeEnvironment.ForBody(spawn))?.Kind;

    /// <summary>Where the kind is not plain, the smaller of both.</summary>
    private static long Threshold(SpawnKind? kind, ForkLintOptions options) =>
        kind is { } plain
            ? options.ThresholdBytes(plain)
            : Math.Min(options.ThresholdBytes(SpawnKind.Duplicates), options.ThresholdBytes(SpawnKind.Shares));

    private bool MayCount(MemberBody body, Allocation allocation)
    {
        if (allocation.Kind == AllocationKind.UnboundedRead && !allocation.Size.IsKnown)
        {
            return _duplicates;
        }

        _looks = 0;
        return Search(new Step(allocation.Operation, body, null), calls: 0)
            || (allocation.Size.IsKnown && Saturating.Times(allocation.Size.Bytes, Saturating.Times(Rounds(allocation.Operation, body.Environment), Repetitions(allocation.Operation, body))) >= _threshold);
    }

    /// <summary>Whether it counts at the end of this way to it, or of one that begins further up.</summary>
    private bool Search(Step outermost, int calls)
    {
        if (SizeAt(outermost) >= _threshold)
        {
            return true;
        }

        if (calls == MaxCalls || !DependsOnCaller(outermost))
        {
            return false;
        }

        if (FunctionOf(outermost.At, outermost.Body) is not { } function)
        {
            return false;
        }

        if (function.MethodKind == MethodKind.AnonymousFunction || _callers.IsNamed(function))
        {
            // The callers of a lambda, or of a method that is passed on as a delegate, are not known, nor are their arguments.
            return true;
        }

        return _callers.Of(function).Any(caller => ++_looks > MaxLooks || Search(new Step(caller.Call, caller.Body, outermost), calls + 1));
    }

    /// <summary>The bytes that the allocation comes to with the arguments of each call bound; 0 where that is not known.</summary>
    private long SizeAt(Step step)
    {
        var environment = step.Body.Environment;
        var rounds = Rounds(step.At, environment);
        for (; step.Inner is { } inner; step = inner)
        {
            var target = OperationFacts.Constructed(step.At, FunctionOf(inner.At, inner.Body)!);
            environment = SizeEnvironment.ForCall(target, step.At, environment, inner.Body.Environment);
            rounds = Saturating.Times(rounds, Rounds(inner.At, environment));
        }

        return _allocations.Classify(step.At, environment) is { Size: { IsKnown: true, Bytes: var bytes } } ? Saturating.Times(bytes, rounds) : 0;
    }

    /// <summary>Whether an argument, a type argument or the bound of a loop depends on who calls the function.</summary>
    private static bool DependsOnCaller(Step step)
    {
        if (step.At.ChildOperations.Any(child => HasParameter(child, step.Body.Environment, 0)))
        {
            return true;
        }

        var allocation = step;
        while (allocation.Inner is { } inner)
        {
            allocation = inner;
        }

        return IsGeneric(allocation.At.Type) || LoopBounds(step.At.Syntax).Any(bound => bound.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>()
            .Any(name => IsParameterName(name.Identifier.ValueText, FunctionOf(step.At, step.Body))));
    }

    private static bool HasParameter(IOperation operation, SizeEnvironment environment, int depth) => operation.DescendantsAndSelf().Any(part =>
        part is IParameterReferenceOperation
        || (part is ILocalReferenceOperation { Local: var local }
            && (depth > 8 || (environment.TryGetAssignments(local, part, out var values) && values.Any(value => HasParameter(value, environment, depth + 1))))));

    private static bool IsGeneric(ITypeSymbol? type) => type switch
    {
        ITypeParameterSymbol => true,
        IArrayTypeSymbol array => IsGeneric(array.ElementType),
        IPointerTypeSymbol pointer => IsGeneric(pointer.PointedAtType),
        INamedTypeSymbol named => named.TypeArguments.Any(IsGeneric),
        _ => false,
    };

    private static IEnumerable<SyntaxNode> LoopBounds(SyntaxNode expression)
    {
        for (var node = expression.Parent; node is not null and not MemberDeclarationSyntax; node = node.Parent)
        {
            if (node is ForStatementSyntax { Condition: { } condition })
            {
                yield return condition;
            }
            else if (node is ForEachStatementSyntax { Expression: var collection })
            {
                yield return collection;
            }
        }
    }

    private static bool IsParameterName(string name, IMethodSymbol? function) =>
        function?.Parameters.Any(parameter => parameter.Name == name && parameter.Type is { SpecialType: not SpecialType.None } or IArrayTypeSymbol) == true;

    /// <summary>How often the loops of all callers may make it, as far as their bounds are constant.</summary>
    private long Repetitions(IOperation operation, MemberBody body)
    {
        if (FunctionOf(operation, body) is not { } function)
        {
            return 1;
        }

        if (function.MethodKind == MethodKind.AnonymousFunction || _callers.IsNamed(function))
        {
            return long.MaxValue;
        }

        if (!IsRepeated(function))
        {
            return 1;
        }

        if (_repetitions is null)
        {
            var loops = _all.SelectMany(caller => caller.Calls.Select(call => (call.Callee, Caller: FunctionOf(call.Call, caller), Rounds: Rounds(call.Call, caller.Environment)))).ToList();
            _repetitions = new Dictionary<IMethodSymbol, long>(SymbolEqualityComparer.Default);
            var isNew = true;
            for (var calls = 0; calls < MaxCalls && isNew; calls++)
            {
                isNew = false;
                foreach (var (callee, caller, rounds) in loops)
                {
                    var times = Saturating.Times(rounds, caller is null ? 1 : Known(caller));
                    if (times > Known(callee))
                    {
                        _repetitions[callee] = times;
                        isNew = true;
                    }
                }
            }
        }

        return Declarations.Of(function).Prepend(function).Max(Known);

        long Known(IMethodSymbol method) => _repetitions.TryGetValue(method, out var times) ? times : 1;
    }

    /// <summary>Whether a loop of a caller, or of one further up, runs a constant number of times: nearly none does.</summary>
    private bool IsRepeated(IMethodSymbol function)
    {
        var seen = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default) { function };
        var pending = new Stack<IMethodSymbol>();
        pending.Push(function);
        while (pending.Count > 0)
        {
            foreach (var (body, call) in _callers.Of(pending.Pop()))
            {
                if (Rounds(call, body.Environment) > 1)
                {
                    return true;
                }

                if (FunctionOf(call, body) is { } caller && seen.Add(caller))
                {
                    pending.Push(caller);
                }
            }
        }

        return false;
    }

    /// <summary>The method or local function around an operation; the constructor for an initializer; <see langword="null"/> where there is none.</summary>
    private static IMethodSymbol? FunctionOf(IOperation operation, MemberBody body)
    {
        for (var outer = operation.Parent; outer is not null; outer = outer.Parent)
        {
            if (outer is IAnonymousFunctionOperation or ILocalFunctionOperation)
            {
                return outer is IAnonymousFunctionOperation lambda ? lambda.Symbol : ((ILocalFunctionOperation)outer).Symbol.OriginalDefinition;
            }
        }

        return body.Member is IMethodSymbol method ? method.OriginalDefinition
            : body.Member is { IsStatic: false, ContainingType: { } type } ? PrimaryConstructors.Of(type) ?? type.InstanceConstructors.FirstOrDefault()
            : null;
    }

    private static long Rounds(IOperation operation, SizeEnvironment environment)
    {
        var rounds = 1L;
        if (LoopRepetition.IsInLoop(operation.Syntax))
        {
            foreach (var loop in LoopRepetition.Around(operation.Syntax, environment))
            {
                rounds = Saturating.Times(rounds, loop.Count);
            }
        }

        return rounds;
    }

    /// <summary>A place on the way to an allocation.</summary>
    /// <param name="At">The allocation, or the call that leads to it.</param>
    /// <param name="Body">The body that it is in.</param>
    /// <param name="Inner">The next place; <see langword="null"/> at the allocation.</param>
    private sealed record Step(IOperation At, MemberBody Body, Step? Inner);
}
