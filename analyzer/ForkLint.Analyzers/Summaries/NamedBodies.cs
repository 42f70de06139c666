using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ForkLint.Analyzers.Summaries;

/// <summary>
/// Finds bodies by the names that stand in their texts: those that may call a method, store in a field or property, or make an object of
/// a type, and those that a call may run.
/// </summary>
internal sealed class NamedBodies
{
    private readonly Dictionary<SyntaxTree, BodiesOfTree> _sources = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly List<(string Alias, TypeSyntax Target)> _aliases = [];
    private readonly HashSet<INamedTypeSymbol> _types = new(SymbolEqualityComparer.Default);
    private readonly Action<MemberBody> _lookAt;
    private readonly CancellationToken _cancellationToken;
    private bool _hasLookedAtNews;
    private bool _isEverything;

    /// <summary>Reads the names in a compilation's texts.</summary>
    /// <param name="compilation">The compilation.</param>
    /// <param name="bodies">Its bodies.</param>
    /// <param name="lookAt">Takes each body that was found, perhaps several times.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public NamedBodies(Compilation compilation, List<MemberBody> bodies, Action<MemberBody> lookAt, CancellationToken cancellationToken)
    {
        _lookAt = lookAt;
        _cancellationToken = cancellationToken;
        foreach (var tree in compilation.SyntaxTrees)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _sources[tree] = new BodiesOfTree(TreeWords.Of(tree, cancellationToken)) { IsSeen = true };
        }

        foreach (var body in bodies)
        {
            var source = _sources[body.Tree];
            source.Bodies.Add(body);
            source.IsSeen &= body.IsKnown;
        }
    }

    /// <summary>Looks at what no name leads to, and at whoever uses a static member that can hold memory.</summary>
    public void LookAtShared()
    {
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

    /// <summary>Looks at all bodies of the trees that declare a type.</summary>
    public void LookAtTreesOf(INamedTypeSymbol type)
    {
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            LookAt(_sources[reference.SyntaxTree]);
        }
    }

    /// <summary>Looks at whoever may call a method, or use a field or property.</summary>
    public void LookAtUsersOf(ISymbol member)
    {
        switch (member)
        {
            case IMethodSymbol { MethodKind: MethodKind.Constructor }:
                LookAtCreatorsOf(member.ContainingType.OriginalDefinition);
                break;
            case IMethodSymbol { MethodKind: MethodKind.StaticConstructor or MethodKind.Destructor }:
                break;
            case IMethodSymbol { MethodKind: MethodKind.UserDefinedOperator or MethodKind.Conversion } or IPropertySymbol { IsIndexer: true }:
                LookAtEverything();
                break;
            case IMethodSymbol { AssociatedSymbol: { } property }:
                LookAtUsersOf(property);
                break;
            case IMethodSymbol when MethodNames.Simple(member) is "Deconstruct" or "Add" or "AppendLiteral" or "AppendFormatted":
                // Called by an initializer, a deconstruction or an interpolated string, without a name.
                LookAtEverything();
                break;
            case IMethodSymbol when MethodNames.Simple(member) is "Select" or "SelectMany" or "Where" or "OrderBy" or "OrderByDescending" or "ThenBy"
                or "ThenByDescending" or "Join" or "GroupJoin" or "GroupBy" or "Cast":
                AddName("from");
                AddName(MethodNames.Simple(member));
                break;
            default:
                AddName(MethodNames.Simple(member));
                break;
        }
    }

    /// <summary>Looks at whoever may make an object of a type.</summary>
    public void LookAtCreatorsOf(INamedTypeSymbol type)
    {
        if (!_types.Add(type))
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
                _lookAt(body);
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

    /// <summary>The bodies of a method itself.</summary>
    public IEnumerable<MemberBody> BodiesOf(IMethodSymbol method)
    {
        foreach (var reference in method.DeclaringSyntaxReferences)
        {
            if (_sources.TryGetValue(reference.SyntaxTree, out var source) && source.BodyOf(method) is { } body)
            {
                yield return body;
            }
        }
    }

    /// <summary>The bodies of a type's members.</summary>
    public IEnumerable<MemberBody> BodiesIn(INamedTypeSymbol type)
    {
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            foreach (var body in _sources.TryGetValue(reference.SyntaxTree, out var source) ? source.Bodies : [])
            {
                if (SymbolEqualityComparer.Default.Equals(body.Member.ContainingType, type))
                {
                    yield return body;
                }
            }
        }
    }

    /// <summary>The bodies of all methods with the name of a virtual one: any of them may be what runs.</summary>
    public IEnumerable<MemberBody> BodiesNamedAs(IMethodSymbol method)
    {
        var name = MethodNames.Simple(method);
        var word = method.AssociatedSymbol is { } property ? MethodNames.Simple(property) : name;
        var hash = TreeWords.HashOf(word);
        foreach (var source in _sources.Values)
        {
            if (method.AssociatedSymbol is IPropertySymbol { IsIndexer: true } || source.Words.HasEscape || source.Words.Has(word, hash))
            {
                foreach (var body in source.Bodies)
                {
                    if (body.Member is IMethodSymbol && MethodNames.Simple(body.Member) == name)
                    {
                        yield return body;
                    }
                }
            }
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
            _lookAt(body);
        }
    }
}
