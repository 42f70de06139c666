namespace ForkLint.Tool.Report;

/// <summary>A budget given on the command line.</summary>
internal sealed record BudgetSection
{
    /// <summary>The option: <c>max-charge</c>, <c>max-resident</c> or <c>max-latency</c>.</summary>
    public string Name { get; init; } = "";

    /// <summary>The budget: bytes, or microseconds for a latency.</summary>
    public double Limit { get; init; }

    /// <summary>What was measured, in the same unit; null when it could not be, and the budget counts as exceeded.</summary>
    public double? Actual { get; init; }

    /// <summary>Whether the measurement is over the budget.</summary>
    public bool Exceeded { get; init; }
}
