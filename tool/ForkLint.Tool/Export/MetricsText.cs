using System.Globalization;
using System.Text;
using ForkLint.Tool.Fleet;

namespace ForkLint.Tool.Export;

/// <summary>Writes a look as text for Prometheus and what reads the same formats.</summary>
internal static class MetricsText
{
    /// <summary>The media type of a format.</summary>
    public static string ContentType(ExportFormat format) => format == ExportFormat.OpenMetrics
        ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
        : "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>The text, which ends with a line feed. A metric without a figure is left out as a whole.</summary>
    public static string Write(FleetSnapshot look, ExportFormat format)
    {
        var output = new StringBuilder();
        foreach (var metric in Metrics.All)
        {
            var isFirst = true;
            foreach (var sample in metric.Samples(look))
            {
                if (isFirst)
                {
                    AppendHead(output, metric, format);
                    isFirst = false;
                }

                AppendSample(output, metric, sample);
            }
        }

        return (format == ExportFormat.OpenMetrics ? output.Append("# EOF\n") : output).ToString();
    }

    private static void AppendHead(StringBuilder output, Metric metric, ExportFormat format)
    {
        // OpenMetrics names the family, Prometheus the samples.
        var name = format == ExportFormat.OpenMetrics ? metric.TextName : SampleName(metric);
        output.Append("# HELP ").Append(name).Append(' ').Append(metric.Help).Append('\n');
        output.Append("# TYPE ").Append(name).Append(metric.Kind == MetricKind.Counter ? " counter" : " gauge").Append('\n');
        if (format == ExportFormat.OpenMetrics && metric.UnitSuffix is { } unit)
        {
            output.Append("# UNIT ").Append(name).Append(' ').Append(unit).Append('\n');
        }
    }

    private static string SampleName(Metric metric) => metric.Kind == MetricKind.Counter ? metric.TextName + "_total" : metric.TextName;

    private static void AppendSample(StringBuilder output, Metric metric, MetricSample sample)
    {
        output.Append(SampleName(metric));
        for (var index = 0; index < sample.Labels.Length; index++)
        {
            var (name, value) = sample.Labels[index];
            output.Append(index == 0 ? '{' : ',').Append(Metric.Underscores(name)).Append("=\"").Append(LabelText.Quoted(value)).Append('"');
        }

        output.Append(sample.Labels.Length > 0 ? "} " : " ").Append(sample.Value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }
}
