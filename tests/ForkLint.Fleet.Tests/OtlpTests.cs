using ForkLint.Fleet.Tests.Support;
using ForkLint.Tool.Checking;
using ForkLint.Tool.Export;
using ForkLint.Tool.Otlp;

namespace ForkLint.Fleet.Tests;

/// <summary>What a collector receives is what the text says.</summary>
public sealed class OtlpTests
{
    [Fact]
    public void A_collector_gets_the_same_figures_as_the_text()
    {
        using var receiver = new OtlpReceiver();
        using var push = new OtlpPush(new Uri($"http://127.0.0.1:{receiver.Port}"));
        var look = Looks.Of(Looks.Shop, Looks.Foreign);
        Assert.True(push.Push(look));
        lock (receiver.Points)
        {
            Assert.All(receiver.Paths, static path => Assert.Equal("/v1/metrics", path));
            Assert.Equal(OpenMetricsReader.Read(MetricsText.Write(look, ExportFormat.OpenMetrics)), Received(receiver));
            Assert.Equal(("forklint", ToolVersion.Current), (receiver.Resource["service.name"], receiver.Resource["service.version"]));
            Assert.Equal("By", receiver.Points.First(static point => point.Metric == "forklint.fork.charge").Unit);
            receiver.Points.Clear();
        }

        // A process that has ended is gone, and so is a figure that is no longer known.
        var later = Looks.Of(Looks.Shop with { ResidentBytes = 5 * Looks.MiB, ChildPeakBytes = null });
        Assert.True(push.Push(later));
        lock (receiver.Points)
        {
            Assert.Equal(OpenMetricsReader.Read(MetricsText.Write(later, ExportFormat.OpenMetrics)), Received(receiver));
        }
    }

    [Fact]
    public void A_path_that_is_given_is_kept()
    {
        using var receiver = new OtlpReceiver();
        using var push = new OtlpPush(new Uri($"http://127.0.0.1:{receiver.Port}/otlp/v1/metrics"));
        Assert.True(push.Push(Looks.Of(Looks.Shop)));
        Assert.All(receiver.Paths, static path => Assert.Equal("/otlp/v1/metrics", path));
    }

    [Fact]
    public void What_does_not_arrive_is_said_in_one_line()
    {
        // Port 1 of this machine: nobody listens.
        var (exitCode, output, error) = Commands.Run(Commands.Tool, "export", "--once", "--otlp", "http://127.0.0.1:1");
        Assert.Equal((7, ""), (exitCode, output));
        Assert.Equal("forklint: the metrics did not arrive at http://127.0.0.1:1/; look whether a collector listens there for OTLP over HTTP\n", error);
    }

    private static Dictionary<string, double> Received(OtlpReceiver receiver)
    {
        var counters = Metrics.All.Where(static metric => metric.Kind == MetricKind.Counter).Select(static metric => metric.Name).ToHashSet();
        var names = Metrics.All.ToDictionary(static metric => metric.Name, metric => metric.TextName + (counters.Contains(metric.Name) ? "_total" : ""));
        return receiver.Points.ToDictionary(
            point => OpenMetricsReader.Key(names[point.Metric], point.Attributes.Select(static attribute => new KeyValuePair<string, string>(Metric.Underscores(attribute.Key), attribute.Value))),
            static point => point.Value);
    }
}
