using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Summaries;

/// <summary>A call, and the body that it is in.</summary>
internal sealed record Caller(MemberBody Body, IOperation Call);

/// <summary>Who calls a method, by the calls of some bodies; made when first asked.</summary>
internal sealed class CallerIndex(List<MemberBody> bodies)
{
    private readonly HashSet<IMethodSymbol> _named = new(SymbolEqualityComparer.Default);
    private Dictionary<IMethodSymbol, List<Caller>>? _callers;

    /// <summary>Whether a delegate is made of a method, so that its callers are not known.</summary>
    public bool IsNamed(IMethodSymbol method)
    {
        Read();
        return _named.Contains(method);
    }

    /// <summary>The calls of a method, and of the members that it overrides or implements.</summary>
    public IEnumerable<Caller> Of(IMethodSymbol method)
    {
        var callers = Read();
        return Declarations.Of(method).Prepend(method).SelectMany(declared => callers.TryGetValue(declared, out var known) ? known : []);
    }

    private Dictionary<IMethodSymbol, List<Caller>> Read()
    {
        if (_callers is not null)
        {
            return _callers;
        }

        _callers = new(SymbolEqualityComparer.Default);
        foreach (var body in bodies)
        {
            _named.UnionWith(body.NamedMethods);
            foreach (var (callee, call) in body.Calls)
            {
                _callers.GetOrAdd(callee).Add(new Caller(body, call));
            }
        }

        return _callers;
    }
}
