namespace ForkLint.Tool.Export;

/// <summary>How a figure behaves.</summary>
internal enum MetricKind
{
    /// <summary>It goes up and down.</summary>
    Gauge,

    /// <summary>It only grows, until its source restarts.</summary>
    Counter,
}
