namespace ForkLint.Analyzers.Flow;

/// <summary>A body takes more steps than an analysis in a build may: it is left out, and nothing is said of it. The steps are counted, not timed, so that every machine says the same.</summary>
internal sealed class WorkLimitException : Exception
{
    /// <summary>The steps that one body may take: about a second.</summary>
    public const long Body = 40_000_000;

    /// <summary>The steps that the bodies of a compilation may take together when the summaries are closed over its calls.</summary>
    public const long Compilation = 50_000_000;
}
