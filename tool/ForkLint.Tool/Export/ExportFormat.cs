namespace ForkLint.Tool.Export;

/// <summary>A text format of metrics.</summary>
internal enum ExportFormat
{
    /// <summary>OpenMetrics 1.0.</summary>
    OpenMetrics,

    /// <summary>The text format of Prometheus 0.0.4, the only one that node_exporter's textfile collector reads.</summary>
    Prometheus,
}
