using ForkLint.Fleet.Tests.Support;
using ForkLint.LiveTargets;
using ForkLint.Tests.Shared;
using ForkLint.Tool.Export;

namespace ForkLint.Fleet.Tests;

/// <summary>The text formats, held against what reads them.</summary>
public sealed class MetricsTextTests
{
    [Theory]
    [InlineData("openmetrics.txt")]
    [InlineData("prometheus.prom")]
    public void A_look_is_written_as_it_always_was(string file)
    {
        var format = file.EndsWith(".prom", StringComparison.Ordinal) ? ExportFormat.Prometheus : ExportFormat.OpenMetrics;
        var actual = MetricsText.Write(Looks.Of(Looks.Shop, Looks.Foreign), format);
        var path = Path.Combine(TestApps.Root, "tests/ForkLint.Fleet.Tests/Golden", file);
        if (Environment.GetEnvironmentVariable("FORKLINT_ACCEPT") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
        }

        Assert.Equal(File.ReadAllText(path), actual);
    }

    [Fact]
    public void Both_formats_have_the_same_samples()
    {
        var look = Looks.Of(Looks.Shop, Looks.Foreign);
        var samples = OpenMetricsReader.Read(MetricsText.Write(look, ExportFormat.OpenMetrics));
        Assert.Equal(samples, OpenMetricsReader.Read(MetricsText.Write(look, ExportFormat.Prometheus)));
        Assert.Equal(312 * Looks.MiB, samples["forklint_fork_charge_bytes{process_executable_name=Shop.Api,process_pid=4242}"]);
        Assert.Equal(120 * Looks.MiB, samples["forklint_child_room_bytes{process_executable_name=Shop.Api,process_pid=4242}"]);
        Assert.Equal(1, samples["forklint_fork_unknown{process_executable_name=Other,process_pid=77}"]);
        Assert.Equal(2, samples["forklint_cgroup_oom_kills_total{process_linux_cgroup=/shop}"]);
        Assert.DoesNotContain(samples.Keys, static key => key.StartsWith("forklint_fork_succeeds", StringComparison.Ordinal) && key.Contains("Other", StringComparison.Ordinal));
    }

    [Fact]
    public void Promtool_has_nothing_to_complain_about()
    {
        var (exitCode, output, error) = Commands.Run("promtool", MetricsText.Write(Looks.Of(Looks.Shop, Looks.Foreign), ExportFormat.Prometheus), ["check", "metrics"]);
        Assert.Equal((0, "", ""), (exitCode, output, error));
    }

    [Fact]
    public void Hostile_names_stay_values_of_their_labels()
    {
        var processes = HostileText.Names.Select((name, index) => Looks.Shop with { Pid = index + 1, Name = name, Runtime = name, Group = name }).ToArray();
        var look = Looks.Of(processes) with { Cgroups = [] };
        foreach (var format in Enum.GetValues<ExportFormat>())
        {
            var text = MetricsText.Write(look, format);
            var values = OpenMetricsReader.Read(text);
            Assert.Equal(processes.Length, values.Keys.Count(static key => key.StartsWith("process_memory_usage_bytes{", StringComparison.Ordinal)));
            Assert.All(text.Split('\n'), static line => Assert.True(line.Length < 3 * 2 * LabelText.MaximumLength + 300, $"{line.Length} characters"));
        }

        var name = Looks.Of(Looks.Shop with { Name = string.Concat(HostileText.Names) });
        HostileText.AssertHarmlessOnTerminal(MetricsText.Write(name, ExportFormat.OpenMetrics));
        var (exitCode, output, error) = Commands.Run("promtool", MetricsText.Write(look, ExportFormat.Prometheus), ["check", "metrics"]);
        Assert.Equal((0, "", ""), (exitCode, output, error));
    }

    [Fact]
    public void The_page_has_every_metric()
    {
        var page = File.ReadAllText(Path.Combine(TestApps.Root, "docs/commands/export.md"));
        Assert.All(Metrics.All, metric => Assert.Contains($"`{metric.TextName}{(metric.Kind == MetricKind.Counter ? "_total" : "")}`", page, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_name_says_its_unit_and_none_is_there_twice()
    {
        Assert.Equal(Metrics.All.Count, Metrics.All.Select(static metric => metric.TextName).Distinct().Count());
        Assert.All(Metrics.All, static metric =>
        {
            Assert.Matches("^(process|forklint)(\\.[a-z][a-z_]*)+$|^forklint\\.(children|processes|scrapes|limit)$", metric.Name);
            Assert.EndsWith(".", metric.Help, StringComparison.Ordinal);
            Assert.Matches("^(By|s|1|\\{[a-z]+\\})$", metric.Unit);
        });
    }
}
