using ForkLint.Analyzers.Flow;
using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Summaries;

/// <summary>
/// What methods do where the types of the objects that they are given are known better than they declare them. A recursion is walked in
/// rounds, each of which starts from what the round before found; where they do not settle, nothing better is known.
/// </summary>
/// <param name="analyse">Analyses a method of which something is known; <see langword="null"/> where that fails.</param>
internal sealed class TypedSummaries(Func<IMethodSymbol, List<KnownType>, MethodSummary?> analyse)
{
    private const int MaxRounds = 4;
    private const int MaxDepth = 40;

    private readonly Dictionary<IMethodSymbol, List<Typed>> _known = new(SymbolEqualityComparer.Default);
    private readonly List<Typed> _walked = [];
    private int _round;
    private int _depth;
    private bool _isOpenRead;
    private bool _isChanged;

    /// <summary>Forgets all.</summary>
    public void Clear() => _known.Clear();

    /// <summary>The summary of the same method, or <paramref name="general"/> where nothing better is known.</summary>
    public MethodSummary Of(MethodSummary general, List<KnownType> types)
    {
        var all = _known.GetOrAdd(general.Method.OriginalDefinition);
        var typed = all.Find(other => other.Types.Count == types.Count && other.Types.Zip(types, static (one, two) => one.IsSameAs(two)).All(static isSame => isSame));
        if (typed is null)
        {
            all.Add(typed = new Typed(types, new MethodSummary(general.Method)));
        }

        if (typed.Round != int.MaxValue && (_depth == 0 || typed.Round != _round))
        {
            if (_depth == MaxDepth)
            {
                return general;
            }

            Walk(typed, general.Method);
        }

        _isOpenRead |= typed.IsOpen;
        return typed.Summary ?? general;
    }

    private void Walk(Typed typed, IMethodSymbol method)
    {
        if (_depth > 0)
        {
            WalkOnce(typed, method);
            return;
        }

        var isSettled = false;
        try
        {
            for (var round = 0; round < MaxRounds && !isSettled; round++)
            {
                _round++;
                _isOpenRead = _isChanged = false;
                WalkOnce(typed, method);
                isSettled = !_isOpenRead || !_isChanged;
            }
        }
        finally
        {
            foreach (var walked in _walked)
            {
                walked.Round = int.MaxValue;
                walked.Summary = isSettled ? walked.Summary : null;
            }

            _walked.Clear();
        }
    }

    private void WalkOnce(Typed typed, IMethodSymbol method)
    {
        var before = typed.Summary;
        MethodSummary? after = null;
        typed.Round = _round;
        typed.IsOpen = true;
        _depth++;
        _walked.Add(typed);
        try
        {
            after = analyse(method, typed.Types);
        }
        finally
        {
            _depth--;
            typed.IsOpen = false;
            typed.Summary = after;
            _isChanged |= before is null ? after is not null : after is null || SummaryFingerprint.Of(before) != SummaryFingerprint.Of(after);
        }
    }

    private sealed class Typed(List<KnownType> types, MethodSummary? summary)
    {
        public List<KnownType> Types { get; } = types;
        public MethodSummary? Summary { get; set; } = summary;
        public int Round { get; set; }
        public bool IsOpen { get; set; }
    }
}
