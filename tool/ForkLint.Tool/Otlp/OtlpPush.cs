using System.Diagnostics.Metrics;
using ForkLint.Tool.Checking;
using ForkLint.Tool.Export;
using ForkLint.Tool.Fleet;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Metric = ForkLint.Tool.Export.Metric;

namespace ForkLint.Tool.Otlp;

/// <summary>
/// Sends looks to a collector by OTLP over HTTP, through the OpenTelemetry SDK. What the SDK reads from the environment counts here too: OTEL_EXPORTER_OTLP_HEADERS,
/// OTEL_EXPORTER_OTLP_TIMEOUT, OTEL_RESOURCE_ATTRIBUTES.
/// </summary>
internal sealed class OtlpPush : IMetricsPush
{
    private const string MetricsPath = "/v1/metrics";

    /// <summary>Each process has one series of a metric; the SDK's own limit of 2000 would join those beyond it into one.</summary>
    private const int MostSeries = 10_000;

    private readonly Meter _gauges = new("forklint.gauges", ToolVersion.Current);
    private readonly Meter _counters = new("forklint.counters", ToolVersion.Current);
    private readonly MeterProvider _gaugeProvider;
    private readonly MeterProvider _counterProvider;
    private FleetSnapshot? _look;

    /// <summary>Prepares to send; nothing is sent yet.</summary>
    /// <param name="endpoint">The collector, such as <c>http://localhost:4318</c>; without a path, the one of the standard is added.</param>
    public OtlpPush(Uri endpoint)
    {
        foreach (var metric in Metrics.All)
        {
            if (metric.Kind == MetricKind.Counter)
            {
                _counters.CreateObservableCounter(metric.Name, () => Measurements(metric), metric.Unit, metric.Help);
            }
            else
            {
                _gauges.CreateObservableGauge(metric.Name, () => Measurements(metric), metric.Unit, metric.Help);
            }
        }

        // For a gauge the temporality means nothing but this: with Delta the SDK forgets the series of what has ended.
        _gaugeProvider = Provider(endpoint, _gauges, MetricReaderTemporalityPreference.Delta);
        _counterProvider = Provider(endpoint, _counters, MetricReaderTemporalityPreference.Cumulative);
    }

    /// <inheritdoc/>
    public bool Push(FleetSnapshot look)
    {
        _look = look;

        // Both, even where the first did not arrive.
        return _gaugeProvider.ForceFlush() & _counterProvider.ForceFlush();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // What is disposed of collects once more: nothing is to be sent then.
        _look = null;
        _gaugeProvider.Dispose();
        _counterProvider.Dispose();
        _gauges.Dispose();
        _counters.Dispose();
    }

    private static MeterProvider Provider(Uri endpoint, Meter meter, MetricReaderTemporalityPreference preference)
    {
        var options = new OtlpExporterOptions
        {
            Protocol = OtlpExportProtocol.HttpProtobuf,
            Endpoint = endpoint.AbsolutePath == "/" ? new Uri(endpoint, MetricsPath) : endpoint,
        };
#pragma warning disable CA2000 // The provider disposes of its reader, and the reader of its exporter.
        var reader = new BaseExportingMetricReader(new OtlpMetricExporter(options)) { TemporalityPreference = preference };
#pragma warning restore CA2000
        return Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateEmpty()
                .AddService("forklint", serviceVersion: ToolVersion.Current, serviceInstanceId: Environment.MachineName)
                .AddAttributes([new("host.name", Environment.MachineName)])
                .AddTelemetrySdk()
                .AddEnvironmentVariableDetector())
            .AddMeter(meter.Name)
            .AddView(static _ => new MetricStreamConfiguration { CardinalityLimit = MostSeries })
            .AddReader(reader)
            .Build();
    }

    private IEnumerable<Measurement<double>> Measurements(Metric metric) => _look is { } look
        ? metric.Samples(look).Select(static sample => new Measurement<double>(sample.Value, sample.Labels.Select(static label => new KeyValuePair<string, object?>(label.Name, LabelText.Value(label.Value)))))
        : [];
}
