using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Summaries;

/// <summary>Which body names which method, before anything is known of the flow.</summary>
internal sealed class CallGraph
{
    private readonly Dictionary<IMethodSymbol, MemberBody> _bodies = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<MemberBody, List<MemberBody>> _callers = [];
    private readonly Dictionary<MemberBody, List<MemberBody>> _callees = [];
    private readonly List<MemberBody> _all;

    /// <summary>The graph of some bodies.</summary>
    public CallGraph(List<MemberBody> bodies)
    {
        _all = bodies;
        var implementations = new Dictionary<IMethodSymbol, List<MemberBody>>(SymbolEqualityComparer.Default);
        foreach (var body in bodies)
        {
            if (body.Member is IMethodSymbol method)
            {
                _bodies[method.OriginalDefinition] = body;
                foreach (var declared in Declarations.Of(method))
                {
                    implementations.GetOrAdd(declared).Add(body);
                }
            }
        }

        var seen = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default);
        var creators = new Dictionary<INamedTypeSymbol, List<MemberBody>>(SymbolEqualityComparer.Default);
        foreach (var body in bodies)
        {
            seen.Clear();
            foreach (var (callee, _) in body.Calls)
            {
                if (!seen.Add(callee))
                {
                    continue;
                }

                if (_bodies.TryGetValue(callee.PartialImplementationPart ?? callee, out var target))
                {
                    Add(body, target);
                }

                if (implementations.TryGetValue(callee, out var targets))
                {
                    targets.ForEach(implementation => Add(body, implementation));
                }

                // Making an object runs its initializers, and its maker may dispose of it through an interface.
                if (callee.MethodKind == MethodKind.Constructor)
                {
                    for (var type = callee.ContainingType; type is { DeclaringSyntaxReferences.IsEmpty: false }; type = type.BaseType)
                    {
                        creators.GetOrAdd(type.OriginalDefinition).Add(body);
                        if (ImplicitCalls.BaseConstructor(type) is { } inherited && _bodies.TryGetValue(inherited.OriginalDefinition, out target))
                        {
                            Add(body, target);
                        }
                    }

                    foreach (var member in callee.ContainingType.GetMembers())
                    {
                        if (member is IMethodSymbol release && IsRelease(release) && _bodies.TryGetValue(release, out target))
                        {
                            Add(body, target);
                        }
                    }
                }
            }
        }

        foreach (var initializer in bodies)
        {
            if (initializer.Member is not IMethodSymbol && !initializer.Member.IsStatic && creators.TryGetValue(initializer.Member.ContainingType, out var makers))
            {
                makers.ForEach(maker => Add(maker, initializer));
            }
        }
    }

    /// <summary>Whether a method may give back what its object holds, called through any interface.</summary>
    public static bool IsRelease(ISymbol member) => MethodNames.Simple(member) is "Dispose" or "DisposeAsync" or "ReleaseHandle";

    /// <summary>The bodies for which something holds, or that call one, at any distance.</summary>
    public HashSet<MemberBody> Reaching(Func<MemberBody, bool> condition) => Closure(_all.Where(condition), _callers);

    /// <summary>Some bodies, and those that they call, at any distance.</summary>
    public HashSet<MemberBody> CalledBy(IEnumerable<MemberBody> bodies) => Closure(bodies, _callees);

    private static HashSet<MemberBody> Closure(IEnumerable<MemberBody> bodies, Dictionary<MemberBody, List<MemberBody>> next)
    {
        var reached = new HashSet<MemberBody>(bodies);
        var pending = new Stack<MemberBody>(reached);
        while (pending.Count > 0)
        {
            if (next.TryGetValue(pending.Pop(), out var linked))
            {
                foreach (var body in linked)
                {
                    if (reached.Add(body))
                    {
                        pending.Push(body);
                    }
                }
            }
        }

        return reached;
    }

    /// <summary>Some bodies in an order in which most callees come before their callers.</summary>
    public List<MemberBody> CalleesFirst(IEnumerable<MemberBody> bodies)
    {
        var wanted = new HashSet<MemberBody>(bodies);
        var ordered = new List<MemberBody>();
        var seen = new HashSet<MemberBody>();
        var pending = new Stack<(MemberBody Body, int Next)>();
        foreach (var body in _all.Where(wanted.Contains))
        {
            if (seen.Add(body))
            {
                pending.Push((body, 0));
            }

            while (pending.Count > 0)
            {
                var (current, next) = pending.Pop();
                var callees = _callees.TryGetValue(current, out var known) ? known : [];
                while (next < callees.Count && !(wanted.Contains(callees[next]) && seen.Add(callees[next])))
                {
                    next++;
                }

                if (next == callees.Count)
                {
                    ordered.Add(current);
                }
                else
                {
                    pending.Push((current, next + 1));
                    pending.Push((callees[next], 0));
                }
            }
        }

        return ordered;
    }

    private void Add(MemberBody caller, MemberBody callee)
    {
        _callees.GetOrAdd(caller).Add(callee);
        _callers.GetOrAdd(callee).Add(caller);
    }
}
