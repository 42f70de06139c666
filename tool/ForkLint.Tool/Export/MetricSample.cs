namespace ForkLint.Tool.Export;

/// <summary>One value of a metric, with its labels.</summary>
/// <param name="Value">In the unit of its metric.</param>
/// <param name="Labels">What it belongs to; names as the semantic conventions write them, values from outside.</param>
internal readonly record struct MetricSample(double Value, params (string Name, string Value)[] Labels);
