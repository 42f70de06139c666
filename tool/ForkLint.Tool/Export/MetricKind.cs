namespace ForkLint.Tool.Export;

/// <summary>Whether a metric goes up and down or only up.</summary>
internal enum MetricKind
{
    /// <summary>It goes up and down.</summary>
    Gauge,

    /// <summary>It only grows, until its source restarts.</summary>
    Counter,
}
