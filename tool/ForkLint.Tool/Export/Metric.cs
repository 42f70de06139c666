using ForkLint.Tool.Fleet;

namespace ForkLint.Tool.Export;

/// <summary>One metric: what it is called, what it means, and how its figures come from a look. Every form writes the same ones.</summary>
/// <param name="Name">With dots, as OpenTelemetry has it.</param>
/// <param name="Kind">How it behaves.</param>
/// <param name="Unit">In UCUM's terms: <c>By</c>, <c>s</c>, <c>{process}</c>, or <c>1</c>.</param>
/// <param name="Help">One sentence.</param>
/// <param name="Samples">Its figures; none where nothing is known.</param>
internal sealed record Metric(string Name, MetricKind Kind, string Unit, string Help, Func<FleetSnapshot, IEnumerable<MetricSample>> Samples)
{
    /// <summary>The unit as the end of a name; null without one. A count of things has none (OpenTelemetry: Prometheus compatibility, units in braces are dropped).</summary>
    public string? UnitSuffix => Unit switch
    {
        "By" => "bytes",
        "s" => "seconds",
        _ => null,
    };

    /// <summary>The name as OpenMetrics has it: underscores for dots, the unit at the end; a counter's samples have <c>_total</c> behind it.</summary>
    public string TextName => Underscores(Name) + (UnitSuffix is { } unit ? "_" + unit : "");

    /// <summary>The same for the name of a label.</summary>
    public static string Underscores(string name) => name.Replace('.', '_');
}
