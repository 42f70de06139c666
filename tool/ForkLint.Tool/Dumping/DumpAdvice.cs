namespace ForkLint.Tool.Dumping;

/// <summary>What to do next, where a copy was refused: of the advice for a measurement what a dump can follow.</summary>
internal static class DumpAdvice
{
    private static readonly string[] Estimates = [", or use --engine estimate", ", use --engine estimate"];

    /// <summary>The advice without the options that <c>dump</c> does not have; empty where nothing else is left.</summary>
    public static string Of(string advice)
    {
        var left = Estimates.Aggregate(advice, static (text, part) => text.Replace(part, "", StringComparison.Ordinal));
        return left.Contains("--engine", StringComparison.Ordinal) || left.Contains("--no-heap", StringComparison.Ordinal) ? "" : left;
    }
}
