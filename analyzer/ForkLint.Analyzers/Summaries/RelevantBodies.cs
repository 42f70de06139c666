using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ForkLint.Analyzers.Summaries;

/// <summary>
/// Finds the bodies of a compilation that can have a say in what is held across its spawns, and glances at no other: those that reach a
/// spawn, those that store where a spawn finds it held, and what these call. From each of them its names lead on: only a text with the
/// name of a method can call it. In a program that starts a process in one place, that leaves a small part of it.
/// </summary>
internal sealed class RelevantBodies
{
    private readonly Compilation _compilation;
    private readonly Action<MemberBody> _glance;
    private readonly CancellationToken _cancellationToken;
    private readonly Dictionary<SyntaxTree, BodiesOfTree> _sources = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly List<(string Alias, TypeSyntax Target)> _aliases = [];

    // What the bodies that were glanced at call, make and store in, so that it is known who they are once that turns out to matter.
    private readonly Dictionary<IMethodSymbol, List<MemberBody>> _callers = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<INamedTypeSymbol, List<MemberBody>> _creators = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<INamedTypeSymbol, List<MemberBody>> _storers = new(SymbolEqualityComparer.Default);

    private readonly Dictionary<MemberBody, Reach> _reaches = [];
    private readonly Dictionary<IMethodSymbol, Reach> _methods = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<INamedTypeSymbol, Reach> _created = new(SymbolEqualityComparer.Default);
    private readonly HashSet<INamedTypeSymbol> _spawningTypes = new(SymbolEqualityComparer.Default);
    private readonly HashSet<INamedTypeSymbol> _namedTypes = new(SymbolEqualityComparer.Default);
    private readonly HashSet<MemberBody> _called = [];
    private readonly HashSet<IMethodSymbol> _followed = new(SymbolEqualityComparer.Default);
    private readonly HashSet<INamedTypeSymbol> _madeTypes = new(SymbolEqualityComparer.Default);
    private readonly Queue<MemberBody> _raised = new();
    private readonly Stack<MemberBody> _calling = new();
    private bool _hasLookedAtNews;
    private bool _isEverything;

    private RelevantBodies(Compilation compilation, Action<MemberBody> glance, CancellationToken cancellationToken)
    {
        _compilation = compilation;
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

        var search = new RelevantBodies(compilation, glance, cancellationToken);
        search.Read(bodies);
        search.Close();
        return search._sources.Values.SelectMany(source => source.Bodies).Where(body => body.IsKnown).ToList();
    }

    private void Read(List<MemberBody> bodies)
    {
        foreach (var tree in _compilation.SyntaxTrees)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            _sources[tree] = new BodiesOfTree(TreeWords.Of(tree, _cancellationToken));
        }

        foreach (var body in bodies)
        {
            _sources[body.Tree].Bodies.Add(body);
        }

        foreach (var source in _sources.Values)
        {
            source.IsSeen = true;
            foreach (var body in source.Bodies)
            {
                if (body.IsKnown)
                {
                    Index(body);
                }
                else
                {
                    source.IsSeen = false;
                }
            }
        }

        foreach (var source in _sources)
        {
            if (source.Value.Words.HasEscape)
            {
                LookAt(source.Value);
            }

            if (source.Value.Words.Has("global"))
            {
                _aliases.AddRange(SharedNames.GlobalAliases(source.Key.GetRoot(_cancellationToken)));
            }
        }

        foreach (var source in _sources)
        {
            if (source.Value.Words.Has("static"))
            {
                foreach (var name in SharedNames.StaticMembers(source.Key.GetRoot(_cancellationToken)))
                {
                    AddName(name);
                }
            }
        }
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
            Reached(method.OriginalDefinition, reach);
            if (method.OriginalDefinition.PartialDefinitionPart is { } declaration)
            {
                Reached(declaration, reach);
            }

            foreach (var declared in Declarations.Of(method))
            {
                Reached(declared, reach);
            }

            AddNames(method);
        }

        // Whoever makes an object runs its initializers, and may dispose of it through an interface.
        if (type is not null && (body.Member is IMethodSymbol ? IsRelease(body.Member) : !body.Member.IsStatic))
        {
            _created.TryGetValue(type, out var known);
            _created[type] = known | reach;
            Raise(_creators, type, reach);
            AddTypeName(type);
        }

        if ((reach & Reach.Spawn) != 0 && type is not null && _spawningTypes.Add(type))
        {
            AddSpawningType(type);
        }

        if (_called.Add(body))
        {
            _calling.Push(body);
        }
    }

    private void Reached(IMethodSymbol method, Reach reach)
    {
        _methods.TryGetValue(method, out var known);
        if ((known | reach) != known)
        {
            _methods[method] = known | reach;
            Raise(_callers, method, reach);
        }
    }

    /// <summary>What its own type stores in a field is held while it spawns, whoever stores it.</summary>
    private void AddSpawningType(INamedTypeSymbol type)
    {
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            LookAt(_sources[reference.SyntaxTree]);
        }

        Raise(_storers, type, Reach.Store);
        Raise(_creators, type, Reach.Store);
        AddTypeName(type);
        foreach (var member in type.GetMembers())
        {
            if (member is IFieldSymbol or IPropertySymbol && member.DeclaredAccessibility != Accessibility.Private && !member.IsImplicitlyDeclared)
            {
                AddNames(member);
            }
        }
    }

    /// <summary>Looks for the calls of a method, or for the uses of a field or property.</summary>
    private void AddNames(ISymbol member)
    {
        switch (member)
        {
            case IMethodSymbol { MethodKind: MethodKind.Constructor }:
                AddTypeName(member.ContainingType.OriginalDefinition);
                break;
            case IMethodSymbol { MethodKind: MethodKind.StaticConstructor or MethodKind.Destructor }:
                break;
            case IMethodSymbol { MethodKind: MethodKind.UserDefinedOperator or MethodKind.Conversion } or IPropertySymbol { IsIndexer: true }:
                LookAtEverything();
                break;
            case IMethodSymbol { AssociatedSymbol: { } property }:
                AddNames(property);
                break;
            case IMethodSymbol when SimpleName(member) is "Deconstruct" or "Add" or "AppendLiteral" or "AppendFormatted":
                // Called by an initializer, a deconstruction or an interpolated string, without a name.
                LookAtEverything();
                break;
            case IMethodSymbol when SimpleName(member) is "Select" or "SelectMany" or "Where" or "OrderBy" or "OrderByDescending" or "ThenBy"
                or "ThenByDescending" or "Join" or "GroupJoin" or "GroupBy" or "Cast":
                AddName("from");
                AddName(SimpleName(member));
                break;
            default:
                AddName(SimpleName(member));
                break;
        }
    }

    /// <summary>Looks for whoever makes an object of a type.</summary>
    private void AddTypeName(INamedTypeSymbol type)
    {
        if (!_namedTypes.Add(type))
        {
            return;
        }

        foreach (var attribute in type.GetAttributes())
        {
            if (attribute.AttributeClass?.Name == "InterpolatedStringHandlerAttribute")
            {
                LookAtEverything();
            }
        }

        AddName(type.Name);
        foreach (var source in _sources.Values)
        {
            if (!source.IsSeen)
            {
                // It may make one without naming its type.
                if (!_hasLookedAtNews)
                {
                    LookAt(source.BodiesAt(source.Words.BareNews));
                }

                if (source.HasBase)
                {
                    LookAtDerivedConstructors(source, type);
                }
            }
        }

        _hasLookedAtNews = true;
    }

    /// <summary>A constructor's <c>base(…)</c> need not be in the tree that says what the base is.</summary>
    private void LookAtDerivedConstructors(BodiesOfTree source, INamedTypeSymbol type)
    {
        foreach (var body in source.Bodies)
        {
            if (body.Member is IMethodSymbol { MethodKind: MethodKind.Constructor, ContainingType.BaseType: { } ancestor }
                && SymbolEqualityComparer.Default.Equals(ancestor.OriginalDefinition, type))
            {
                LookAt(body);
            }
        }
    }

    private void AddName(string name)
    {
        if (!_names.Add(name))
        {
            return;
        }

        var hash = TreeWords.HashOf(name);
        foreach (var source in _sources.Values)
        {
            if (!source.IsSeen && source.Words.MayHave(hash))
            {
                LookAt(source.BodiesAt(source.Words.PlacesOf(name)));
            }
        }

        foreach (var (alias, target) in _aliases)
        {
            if (target.DescendantTokens().Any(token => token.ValueText == name))
            {
                AddName(alias);
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
            foreach (var reference in target.DeclaringSyntaxReferences)
            {
                if (_sources.TryGetValue(reference.SyntaxTree, out var source) && source.BodyOf(target) is { } body)
                {
                    Call(body);
                }
            }

            if (callee.MethodKind == MethodKind.Constructor)
            {
                FollowCreation(callee.ContainingType.OriginalDefinition);
            }
            else if (callee.IsAbstract || callee.IsVirtual || callee.IsOverride)
            {
                FollowDispatch(callee);
            }
        }
    }

    private void FollowCreation(INamedTypeSymbol type)
    {
        if (!_madeTypes.Add(type))
        {
            return;
        }

        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            foreach (var other in _sources.TryGetValue(reference.SyntaxTree, out var source) ? source.Bodies : [])
            {
                if (!SymbolEqualityComparer.Default.Equals(other.Member.ContainingType, type))
                {
                    continue;
                }

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
    }

    /// <summary>Whatever has the name of a virtual method may be what runs.</summary>
    private void FollowDispatch(IMethodSymbol callee)
    {
        var name = SimpleName(callee);
        var word = callee.AssociatedSymbol is { } property ? SimpleName(property) : name;
        var hash = TreeWords.HashOf(word);
        foreach (var source in _sources.Values)
        {
            if (callee.AssociatedSymbol is IPropertySymbol { IsIndexer: true } || source.Words.HasEscape || source.Words.Has(word, hash))
            {
                foreach (var other in source.Bodies)
                {
                    if (other.Member is IMethodSymbol && SimpleName(other.Member) == name)
                    {
                        Call(other);
                    }
                }
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

    private void LookAtEverything()
    {
        if (!_isEverything)
        {
            _isEverything = true;
            foreach (var source in _sources.Values)
            {
                LookAt(source);
            }
        }
    }

    private void LookAt(BodiesOfTree source)
    {
        if (!source.IsSeen)
        {
            source.IsSeen = true;
            LookAt(source.Bodies);
        }
    }

    private void LookAt(IEnumerable<MemberBody> bodies)
    {
        foreach (var body in bodies)
        {
            LookAt(body);
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

    private static bool IsRelease(ISymbol member) => SimpleName(member) is "Dispose" or "DisposeAsync" or "ReleaseHandle";

    /// <summary>The name without the interface that an explicit implementation says.</summary>
    private static string SimpleName(ISymbol member) => member.Name.Substring(member.Name.LastIndexOf('.') + 1);
}
