using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Summaries;

/// <summary>
/// Finds the bodies of a compilation that can have a say in what is held across its spawns, and glances at no other: those that reach a
/// spawn, those that store where a spawn finds it held, and what these call. From each of them its names lead on: only a text with the
/// name of a method can call it. In a program that starts a process in one place, that leaves a small part of it.
/// </summary>
internal sealed class RelevantBodies
{
    private readonly Action<MemberBody> _glance;
    private readonly CancellationToken _cancellationToken;
    private readonly NamedBodies _named;

    // What the bodies that were glanced at call, make and store in, so that it is known who they are once that turns out to matter.
    private readonly Dictionary<IMethodSymbol, List<MemberBody>> _callers = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<INamedTypeSymbol, List<MemberBody>> _creators = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<INamedTypeSymbol, List<MemberBody>> _storers = new(SymbolEqualityComparer.Default);

    private readonly Dictionary<MemberBody, Reach> _reaches = [];
    private readonly Dictionary<IMethodSymbol, Reach> _methods = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<INamedTypeSymbol, Reach> _created = new(SymbolEqualityComparer.Default);
    private readonly HashSet<INamedTypeSymbol> _spawningTypes = new(SymbolEqualityComparer.Default);
    private readonly HashSet<MemberBody> _called = [];
    private readonly HashSet<IMethodSymbol> _followed = new(SymbolEqualityComparer.Default);
    private readonly HashSet<INamedTypeSymbol> _madeTypes = new(SymbolEqualityComparer.Default);
    private readonly Queue<MemberBody> _raised = new();
    private readonly Stack<MemberBody> _calling = new();

    private RelevantBodies(Compilation compilation, List<MemberBody> bodies, Action<MemberBody> glance, CancellationToken cancellationToken)
    {
        _named = new NamedBodies(compilation, bodies, LookAt, cancellationToken);
        _glance = glance;
        _cancellationToken = cancellationToken;
    }

    [Flags]
    private enum Reach
    {
        None = 0,

        /// <summary>It creates a process, or calls what does.</summary>
        Spawn = 1,

        /// <summary>It stores where a spawn finds it held, or calls what does.</summary>
        Store = 2,
    }

    /// <summary>The bodies that matter, in no particular order; all of them were glanced at.</summary>
    /// <param name="compilation">The compilation.</param>
    /// <param name="bodies">Its bodies. Those that spawn have been glanced at.</param>
    /// <param name="glance">Glances at a body, unless that was done.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static List<MemberBody> Find(Compilation compilation, List<MemberBody> bodies, Action<MemberBody> glance, CancellationToken cancellationToken)
    {
        if (bodies.TrueForAll(body => body.IsKnown))
        {
            return bodies;
        }

        var search = new RelevantBodies(compilation, bodies, glance, cancellationToken);
        foreach (var body in bodies)
        {
            if (body.IsKnown)
            {
                search.Index(body);
            }
        }

        search._named.LookAtShared();
        search.Close();
        return bodies.FindAll(body => body.IsKnown);
    }

    private void Close()
    {
        while (_raised.Count > 0 || _calling.Count > 0)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            if (_raised.Count > 0)
            {
                Follow(_raised.Dequeue());
            }
            else
            {
                FollowCalls(_calling.Pop());
            }
        }
    }

    /// <summary>Leads on to who calls a body, and to what it calls.</summary>
    private void Follow(MemberBody body)
    {
        var reach = _reaches[body];
        var type = body.Member.ContainingType?.OriginalDefinition;
        if (body.Member is IMethodSymbol method)
        {
            Reached(_methods, _callers, method.OriginalDefinition, reach);
            if (method.OriginalDefinition.PartialDefinitionPart is { } declaration)
            {
                Reached(_methods, _callers, declaration, reach);
            }

            foreach (var declared in Declarations.Of(method))
            {
                Reached(_methods, _callers, declared, reach);
            }

            _named.LookAtUsersOf(method);
        }

        // Whoever makes an object runs its initializers, and may dispose of it through an interface.
        if (type is not null && (body.Member is IMethodSymbol ? IsRelease(body.Member) : !body.Member.IsStatic))
        {
            Reached(_created, _creators, type, reach);
            _named.LookAtCreatorsOf(type);
        }

        if ((reach & Reach.Spawn) != 0 && type is not null && _spawningTypes.Add(type))
        {
            AddSpawningType(type);
        }

        Call(body);
    }

    /// <summary>Whoever uses this from now on reaches what it reaches, and so does whoever was found to use it.</summary>
    private void Reached<TKey>(Dictionary<TKey, Reach> reached, Dictionary<TKey, List<MemberBody>> users, TKey key, Reach reach)
        where TKey : ISymbol
    {
        reached.TryGetValue(key, out var known);
        if ((known | reach) != known)
        {
            reached[key] = known | reach;
            Raise(users, key, reach);
        }
    }

    /// <summary>What its own type stores in a field is held while it spawns, whoever stores it.</summary>
    private void AddSpawningType(INamedTypeSymbol type)
    {
        _named.LookAtTreesOf(type);
        Raise(_storers, type, Reach.Store);
        Raise(_creators, type, Reach.Store);
        _named.LookAtCreatorsOf(type);
        foreach (var member in type.GetMembers())
        {
            if (member is IFieldSymbol or IPropertySymbol && member.DeclaredAccessibility != Accessibility.Private && !member.IsImplicitlyDeclared)
            {
                _named.LookAtUsersOf(member);
            }
        }
    }

    /// <summary>Leads on to what a body calls: it may allocate, release, or hold what it is given.</summary>
    private void FollowCalls(MemberBody caller)
    {
        foreach (var (callee, _) in caller.Calls)
        {
            if (!_followed.Add(callee))
            {
                continue;
            }

            var target = callee.PartialImplementationPart ?? callee;
            foreach (var body in _named.BodiesOf(target))
            {
                Call(body);
            }

            if (callee.MethodKind == MethodKind.Constructor)
            {
                FollowCreation(callee.ContainingType.OriginalDefinition);
            }
            else if (callee.IsAbstract || callee.IsVirtual || callee.IsOverride)
            {
                foreach (var body in _named.BodiesNamedAs(callee))
                {
                    Call(body);
                }
            }
        }
    }

    private void FollowCreation(INamedTypeSymbol type)
    {
        if (!_madeTypes.Add(type))
        {
            return;
        }

        foreach (var other in _named.BodiesIn(type))
        {
            // Any of its bodies may read a parameter of its primary constructor, which then is kept.
            if (other.Member is IMethodSymbol ? IsRelease(other.Member) : !other.Member.IsStatic)
            {
                Call(other);
            }
            else
            {
                LookAt(other);
            }
        }
    }

    private void Call(MemberBody body)
    {
        LookAt(body);
        if (_called.Add(body))
        {
            _calling.Push(body);
        }
    }

    private void LookAt(MemberBody body)
    {
        if (!body.IsKnown)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            _glance(body);
            Index(body);
        }
    }

    /// <summary>Keeps what a body calls and stores in, and says what of it matters already.</summary>
    private void Index(MemberBody body)
    {
        var reach = body.Spawns ? Reach.Spawn : Reach.None;
        foreach (var (callee, _) in body.Calls)
        {
            Add(_callers, callee, body);
            reach |= _methods.TryGetValue(callee, out var called) ? called : Reach.None;
            if (callee.MethodKind == MethodKind.Constructor)
            {
                var type = callee.ContainingType.OriginalDefinition;
                Add(_creators, type, body);
                reach |= _created.TryGetValue(type, out var created) ? created : Reach.None;
                reach |= _spawningTypes.Contains(type) ? Reach.Store : Reach.None;
            }
        }

        foreach (var member in body.KeptMembers)
        {
            if (member.IsStatic)
            {
                reach |= Reach.Store;
            }
            else if (member.ContainingType?.OriginalDefinition is { } type)
            {
                Add(_storers, type, body);
                reach |= _spawningTypes.Contains(type) ? Reach.Store : Reach.None;
            }
        }

        Raise(body, reach);
    }

    private void Raise<TKey>(Dictionary<TKey, List<MemberBody>> index, TKey key, Reach reach)
        where TKey : ISymbol
    {
        if (index.TryGetValue(key, out var bodies))
        {
            foreach (var body in bodies)
            {
                Raise(body, reach);
            }
        }
    }

    private void Raise(MemberBody body, Reach reach)
    {
        _reaches.TryGetValue(body, out var known);
        if ((known | reach) != known)
        {
            _reaches[body] = known | reach;
            _raised.Enqueue(body);
        }
    }

    private static void Add<TKey>(Dictionary<TKey, List<MemberBody>> index, TKey key, MemberBody body)
        where TKey : ISymbol
    {
        if (!index.TryGetValue(key, out var bodies))
        {
            index.Add(key, bodies = []);
        }

        // A body calls a method several times in a row, mostly.
        if (bodies.Count == 0 || !ReferenceEquals(bodies[bodies.Count - 1], body))
        {
            bodies.Add(body);
        }
    }

    /// <summary>Whether a method may give back what its object holds, by whatever interface it is called.</summary>
    private static bool IsRelease(ISymbol member) => MethodNames.Simple(member) is "Dispose" or "DisposeAsync" or "ReleaseHandle";
}
