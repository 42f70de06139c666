using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Summaries;

/// <summary>
/// The bodies of a compilation that can matter to what is held across its spawns. They are those that <see cref="CallGraph"/> reaches, in
/// both directions, from what spawns and from what stores where a spawn finds it held.
/// </summary>
/// <remarks>
/// A file is left out only if it would add no edge to a body that matters. None of these calls into it: what they call is known by its symbol, and
/// with it the files of its type and of what overrides it. And nothing in it calls them or stores in a member that matters: it has neither the
/// member's name, nor a global alias's or an escape's, nor one of the <see cref="NamelessCalls"/> that need none. So the findings are those of all
/// files, which the tests compare for each program they have.
/// </remarks>
internal sealed class Scope
{
    // Each round looks one call further through the files that were left out. Where that goes on for long, most of them matter.
    private const int MaxRounds = 12;

    private readonly Compilation _compilation;
    private readonly Action<MemberBody> _glance;
    private readonly Dictionary<SyntaxTree, SourceFile> _files = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly List<string> _newNames = [];
    private readonly List<(string Alias, HashSet<string> Names)> _aliases = [];
    private readonly HashSet<MemberBody> _asked = [];
    private readonly HashSet<MemberBody> _followed = [];
    private readonly HashSet<INamedTypeSymbol> _created = new(SymbolEqualityComparer.Default);
    private readonly HashSet<INamedTypeSymbol> _spawning = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<INamedTypeSymbol, List<INamedTypeSymbol>> _derived = new(SymbolEqualityComparer.Default);
    private readonly HashSet<INamedTypeSymbol> _types = new(SymbolEqualityComparer.Default);

    // The members in which "new T()" is possible: who calls one may infer the type of what is made, and not name it.
    private readonly List<string> _makers = [];
    private ILookup<string, SourceFile>? _filesByMember;
    private NamelessCalls _ways;
    private NamelessCalls _newWays;
    private bool _hasRead;

    private Scope(Compilation compilation, List<MemberBody> bodies, Action<MemberBody> glance, CancellationToken cancellationToken)
    {
        (_compilation, _glance) = (compilation, glance);
        foreach (var tree in compilation.SyntaxTrees)
        {
            _files.Add(tree, new SourceFile(tree, cancellationToken));
        }

        foreach (var body in bodies)
        {
            _files[body.Tree].Bodies.Add(body);
        }
    }

    /// <summary>The bodies, in the order in which they stand.</summary>
    public List<MemberBody> Bodies { get; private set; } = [];

    /// <summary>Which of them calls which.</summary>
    public CallGraph Graph { get; private set; } = new([]);

    /// <summary>Those that create a process, or call what does.</summary>
    public HashSet<MemberBody> Spawning { get; private set; } = [];

    /// <summary>Those that store in a static member or one of a type that spawns, or call what does.</summary>
    public HashSet<MemberBody> Storing { get; private set; } = [];

    /// <summary>Finds the bodies that matter.</summary>
    /// <param name="compilation">The compilation.</param>
    /// <param name="bodies">All of its bodies. Those that spawn have been glanced at.</param>
    /// <param name="glance">Glances at a body, unless that was done.</param>
    /// <param name="isExhaustive">Whether to take every body for one that matters: it must make no difference.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static Scope Of(Compilation compilation, List<MemberBody> bodies, Action<MemberBody> glance, bool isExhaustive, CancellationToken cancellationToken)
    {
        var scope = new Scope(compilation, bodies, glance, cancellationToken);
        scope.ReadFirst(isExhaustive);
        for (var round = 0; scope._hasRead; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            scope._hasRead = false;
            scope.Close(bodies);
            if (round == MaxRounds)
            {
                scope.Ask(NamelessCalls.Anywhere);
            }

            scope.AskForMore();
            scope.ReadAsked();
        }

        return scope;
    }

    /// <summary>Reads the files in which something spawns, those that no search finds anything in, and the users of static members.</summary>
    private void ReadFirst(bool isExhaustive)
    {
        foreach (var file in _files.Values)
        {
            if (isExhaustive || file.Names.IsOpaque || file.Bodies.Exists(static body => body.IsKnown))
            {
                Read(file);
            }

            foreach (var (alias, type) in file.GlobalAliases())
            {
                _aliases.Add((alias, [.. type.DescendantTokens().Select(static token => token.ValueText)]));
            }
        }

        _hasRead = true;
        if (_files.Values.Any(static file => !file.IsRead))
        {
            AskForStatics(_compilation.Assembly.GlobalNamespace);
            ReadAsked();
        }
    }

    /// <summary>What reaches what among the bodies that were looked at.</summary>
    private void Close(List<MemberBody> all)
    {
        Bodies = all.FindAll(static body => body.IsKnown);
        Bodies.Sort(MemberBody.ByPlace);
        Graph = new CallGraph(Bodies);
        Spawning = Graph.Reaching(static body => body.Spawns);
        _types.UnionWith(Spawning.Select(static body => body.Member.ContainingType.OriginalDefinition));
        Storing = Graph.Reaching(body => body.StoresInAny(_types) || body.Constructs(_types));
    }

    private void AskForMore()
    {
        foreach (var body in Spawning.Concat(Storing))
        {
            if (_asked.Add(body))
            {
                AskForUsers(body.Member);
            }
        }

        // What its own type, a base or one that derives from it stores in a field is held while it spawns.
        foreach (var type in _types.SelectMany(Related).ToList())
        {
            if (_spawning.Add(type))
            {
                AskForCreators(type);
                ReadTrees(type);
                foreach (var member in type.GetMembers())
                {
                    if (member is IFieldSymbol or IPropertySymbol && !member.IsImplicitlyDeclared)
                    {
                        AskForUsers(member);
                    }
                }
            }
        }

        foreach (var body in Graph.CalledBy(Spawning.Concat(Storing)))
        {
            if (_followed.Add(body))
            {
                foreach (var (callee, _) in body.Calls)
                {
                    ReadTargets(callee);
                }
            }
        }
    }

    /// <summary>Asks for all that may call a method, or use a field or property.</summary>
    private void AskForUsers(ISymbol member)
    {
        switch (member)
        {
            case IMethodSymbol { MethodKind: MethodKind.Constructor }:
                AskForCreators(member.ContainingType.OriginalDefinition);
                break;
            case IMethodSymbol { MethodKind: MethodKind.StaticConstructor or MethodKind.Destructor }:
                break;
            case IMethodSymbol { AssociatedSymbol: { } owner }:
                AskForUsers(owner);
                break;
            default:
                // Making an object runs its initializers, and its maker may dispose of it through an interface.
                if (!member.IsStatic && member.ContainingType is { } type && (member is IFieldSymbol or IPropertySymbol || CallGraph.IsRelease(member)))
                {
                    AskForCreators(type.OriginalDefinition);
                }

                Ask(NamelessCallsOf(member));
                Ask(MethodNames.Simple(member));
                break;
        }
    }

    /// <summary>Asks for all that may make an object of a type.</summary>
    private void AskForCreators(INamedTypeSymbol type)
    {
        if (!_created.Add(type))
        {
            return;
        }

        // An interpolated string and a collection expression make objects of the type that they are converted to.
        Ask(type.GetAttributes().Any(static attribute => attribute.AttributeClass?.Name == "InterpolatedStringHandlerAttribute")
            || type.AllInterfaces.Any(static face => face.SpecialType == SpecialType.System_Collections_IEnumerable)
            ? NamelessCalls.Anywhere
            : NamelessCalls.Creation);
        Ask(type.Name);
        _makers.ForEach(Ask);
        foreach (var derived in _derived.TryGetValue(type, out var known) ? known : [])
        {
            AskForCreators(derived);
        }
    }

    private IEnumerable<INamedTypeSymbol> Related(INamedTypeSymbol type)
    {
        // What is stored in a library's field is not reported.
        for (var ancestor = type; ancestor is { DeclaringSyntaxReferences.IsEmpty: false }; ancestor = ancestor.BaseType?.OriginalDefinition)
        {
            yield return ancestor;
        }

        foreach (var derived in _derived.TryGetValue(type, out var known) ? known : [])
        {
            yield return derived;
        }
    }

    private void AddDerived(INamedTypeSymbol type)
    {
        foreach (var ancestor in type.SelfAndBases().Skip(1).TakeWhile(static ancestor => !ancestor.DeclaringSyntaxReferences.IsEmpty))
        {
            _derived.GetOrAdd(ancestor.OriginalDefinition).Add(type);
        }
    }

    private static NamelessCalls NamelessCallsOf(ISymbol member) => member switch
    {
        IMethodSymbol { MethodKind: MethodKind.UserDefinedOperator or MethodKind.Conversion } or IPropertySymbol { IsIndexer: true } => NamelessCalls.Anywhere,
        _ => MethodNames.Simple(member) switch
        {
            "Dispose" or "DisposeAsync" => NamelessCalls.Disposal,
            "GetAsyncEnumerator" or "MoveNextAsync" => NamelessCalls.Enumeration,
            "GetAwaiter" or "IsCompleted" or "GetResult" or "OnCompleted" or "UnsafeOnCompleted" => NamelessCalls.Await,
            "Select" or "SelectMany" or "Where" or "OrderBy" or "OrderByDescending" or "ThenBy" or "ThenByDescending" or "Join" or "GroupJoin" or "GroupBy"
                or "Cast" => NamelessCalls.Query,

            // An initializer, a deconstruction, a pattern, an interpolated string, a range, a collection expression, fixed and lock, and a sequence that a library walks.
            "GetEnumerator" or "MoveNext" or "Current" or "Add" or "Deconstruct" or "AppendLiteral" or "AppendFormatted" or "Slice" or "Length" or "Count" or "Create" or "GetPinnableReference"
                or "EnterScope" => NamelessCalls.Anywhere,
            _ => NamelessCalls.None,
        },
    };

    private void AskForStatics(INamespaceOrTypeSymbol outer)
    {
        foreach (var member in outer is INamedTypeSymbol declaring && !IsAskedFor(declaring) ? declaring.GetTypeMembers().CastArray<ISymbol>() : outer.GetMembers().CastArray<ISymbol>())
        {
            if (member is INamespaceOrTypeSymbol inner)
            {
                if (inner is INamedTypeSymbol type)
                {
                    AddDerived(type);
                    _makers.AddRange(type.TypeParameters.Any(ImplicitCalls.MayBeMade) ? type.MemberNames.Append(type.Name) : []);
                }

                AskForStatics(inner);
            }
            else if (member is IMethodSymbol { IsGenericMethod: true } method && method.TypeParameters.Any(ImplicitCalls.MayBeMade))
            {
                _makers.Add(MethodNames.Simple(method));
            }
            else if (member.IsStatic && member switch
            {
                IFieldSymbol field => !field.IsConst && MayHold(field.Type),
                IPropertySymbol property => MayHold(property.Type),
                _ => member is IEventSymbol,
            })
            {
                Ask(MethodNames.Simple((member as IFieldSymbol)?.AssociatedSymbol ?? member));
            }
        }
    }

    /// <summary>Whether a text of a type has the words that each static member, or each constraint of a type parameter, says.</summary>
    private bool IsAskedFor(INamedTypeSymbol type) =>
        type.DeclaringSyntaxReferences.Any(reference => !_files.TryGetValue(reference.SyntaxTree, out var file) || file.Names.MayHave("static") || file.Names.MayHave("where"));

    /// <summary>All but what is smaller than an address.</summary>
    private static bool MayHold(ITypeSymbol type) =>
        type.TypeKind != TypeKind.Enum && type.SpecialType is not ((>= SpecialType.System_Boolean and <= SpecialType.System_UInt32)
            or (>= SpecialType.System_Decimal and <= SpecialType.System_Double) or SpecialType.System_DateTime);

    private void Ask(string name)
    {
        if (_names.Add(name))
        {
            _newNames.Add(name);
            foreach (var (alias, names) in _aliases)
            {
                if (names.Contains(name))
                {
                    Ask(alias);
                }
            }
        }
    }

    private void Ask(NamelessCalls ways)
    {
        _newWays |= ways & ~_ways;
        _ways |= ways;
    }

    private void ReadAsked()
    {
        foreach (var file in _files.Values)
        {
            if (!file.IsRead && (file.MayCall(_newWays) || _newNames.Exists(file.Names.MayHave)))
            {
                Read(file);
            }
        }

        _newNames.Clear();
        _newWays = NamelessCalls.None;
    }

    /// <summary>Reads all that a call can run.</summary>
    private void ReadTargets(IMethodSymbol callee)
    {
        ReadTrees(callee);
        ReadTrees(callee.ContainingType);
        if (callee.MethodKind == MethodKind.Constructor)
        {
            foreach (var type in callee.ContainingType.SelfAndBases())
            {
                ReadTrees(type);
            }
        }
        else if (callee.IsAbstract || callee.IsVirtual || callee.IsOverride)
        {
            _filesByMember ??= _files.Values.Where(static file => !file.IsRead)
                .SelectMany(static file => file.Bodies.Select(body => (Name: MethodNames.Simple(body.Member), File: file)))
                .ToLookup(static body => body.Name, static body => body.File, StringComparer.Ordinal);
            foreach (var file in _filesByMember[MethodNames.Simple(callee)])
            {
                Read(file);
            }
        }
    }

    private void ReadTrees(ISymbol symbol)
    {
        foreach (var reference in symbol.DeclaringSyntaxReferences)
        {
            if (_files.TryGetValue(reference.SyntaxTree, out var file))
            {
                Read(file);
            }
        }
    }

    private void Read(SourceFile file)
    {
        if (!file.IsRead)
        {
            file.IsRead = _hasRead = true;
            file.Bodies.ForEach(_glance);
        }
    }
}
