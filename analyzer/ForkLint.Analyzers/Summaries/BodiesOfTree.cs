using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ForkLint.Analyzers.Summaries;

/// <summary>The bodies of a tree, and the names in its text.</summary>
internal sealed class BodiesOfTree(TreeWords words)
{
    private Dictionary<ISymbol, MemberBody>? _byMember;
    private bool? _hasBase;
    private Extent[]? _narrow;
    private List<Extent>? _wide;

    /// <summary>The names.</summary>
    public TreeWords Words { get; } = words;

    /// <summary>The bodies.</summary>
    public List<MemberBody> Bodies { get; } = [];

    /// <summary>Whether a constructor of the tree may call that of a base.</summary>
    public bool HasBase => _hasBase ??= Words.Has("base");

    /// <summary>Whether all of its bodies were looked at.</summary>
    public bool IsSeen { get; set; }

    /// <summary>The body of a method; <see langword="null"/> where it has none here.</summary>
    public MemberBody? BodyOf(IMethodSymbol method)
    {
        if (_byMember is null)
        {
            _byMember = new Dictionary<ISymbol, MemberBody>(SymbolEqualityComparer.Default);
            foreach (var body in Bodies)
            {
                _byMember[body.Member] = body;
            }
        }

        return _byMember.TryGetValue(method, out var found) ? found : null;
    }

    /// <summary>The bodies around some places of the text.</summary>
    public IEnumerable<MemberBody> BodiesAt(IEnumerable<int> places)
    {
        foreach (var place in places)
        {
            Extent[] narrow = _narrow ?? Measure();
            var at = Array.BinarySearch(narrow, new Extent(place, place, null!));
            at = at >= 0 ? at : ~at - 1;
            if (at >= 0 && place < narrow[at].End)
            {
                yield return narrow[at].Body;
            }

            foreach (var extent in _wide!)
            {
                if (extent.Start <= place && place < extent.End)
                {
                    yield return extent.Body;
                }
            }
        }
    }

    /// <summary>Where the bodies stand: one after the other, but for those of primary constructors and of programs, which are around others.</summary>
    private Extent[] Measure()
    {
        var all = new Extent[Bodies.Count];
        for (var i = 0; i < all.Length; i++)
        {
            // An initializer stores in what is named before it.
            var syntax = Bodies[i].Syntax;
            all[i] = new Extent((syntax is EqualsValueClauseSyntax { Parent: { } named } ? named : syntax).SpanStart, syntax.Span.End, Bodies[i]);
        }

        Array.Sort(all);
        _wide = [];
        var narrow = new List<Extent>(all.Length);
        for (var i = 0; i < all.Length; i++)
        {
            (i + 1 < all.Length && all[i].End > all[i + 1].Start ? _wide : narrow).Add(all[i]);
        }

        return _narrow = [.. narrow];
    }

    private readonly struct Extent(int start, int end, MemberBody body) : IComparable<Extent>
    {
        public int Start { get; } = start;

        public int End { get; } = end;

        public MemberBody Body { get; } = body;

        public int CompareTo(Extent other) => Start.CompareTo(other.Start);
    }
}
