using System.Text.Json;
using System.Text.RegularExpressions;
using ForkLint.Fleet.Tests.Support;
using ForkLint.LiveTargets;

namespace ForkLint.Fleet.Tests;

/// <summary>The rules and the dashboard, with Prometheus itself.</summary>
public sealed partial class PrometheusTests
{
    private static readonly string Deploy = Path.Combine(TestApps.Root, "deploy");

    [Theory]
    [InlineData("check", "rules", "forklint.rules.yml")]
    [InlineData("test", "rules", "forklint.rules.test.yml")]
    [InlineData("check", "config", "prometheus.yml")]
    public void Promtool_accepts_what_is_deployed(string verb, string what, string file)
    {
        var (exitCode, output, error) = Commands.Run("promtool", verb, what, Path.Combine(Deploy, "prometheus", file));
        Assert.True(exitCode == 0, output + error);
        Assert.DoesNotContain("FAILED", output + error, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_a_child_does_not_fit_Prometheus_says_so()
    {
        using var limit = new MemoryLimit();
        limit.Set(1000 * Looks.MiB);
        using var target = LiveTarget.Start(new TargetStart { Arguments = ["parent", "child=150000000"], Launcher = limit.Launcher });
        target.Ask("Go");
        using var exporter = Commands.Start(Commands.Tool, "export", "--listen", "127.0.0.1:0", "--process-id", $"{target.Pid}");
        try
        {
            var address = Address().Match(exporter.StandardError.ReadLine()!).Groups[1].Value;
            using var prometheus = new PrometheusServer(address, WithoutWaiting(File.ReadAllText(Path.Combine(Deploy, "prometheus/forklint.rules.yml"))));
            Commands.Until(() => prometheus.Query("process:forklint_child_margin_bytes").Count == 1, "the margin beside another child");
            Assert.InRange(prometheus.Query("process:forklint_child_margin_bytes").Single().Value, 300 * Looks.MiB, 900 * Looks.MiB);
            Assert.Empty(prometheus.Query("ALERTS{alertname=\"ForkLintNoRoomForChild\"}"));

            // The collector may take 750 MiB of the 1000: with parent and child as they are, it would not leave enough.
            Commands.Until(() => prometheus.Query("ALERTS{alertname=\"ForkLintCollectorLeavesNoRoom\", alertstate=\"firing\"}").Count == 1, "the alert of the collector");

            // 30 MiB less than another child needs: a fork still has room.
            var margin = (long)prometheus.Query("process:forklint_child_margin_bytes").Single().Value;
            limit.Set((1000 * Looks.MiB) - margin - (30 * Looks.MiB));
            Commands.Until(() => prometheus.Query("ALERTS{alertname=\"ForkLintNoRoomForChild\", alertstate=\"firing\"}").Count == 1, "the alert");
            var alert = prometheus.Query("ALERTS{alertname=\"ForkLintNoRoomForChild\", alertstate=\"firing\"}").Single().Labels;
            Assert.Equal(("forklint-testapp", $"{target.Pid}", "critical"), (alert["process_executable_name"], alert["process_pid"], alert["severity"]));
            Assert.Empty(prometheus.Query("ALERTS{alertname=\"ForkLintForkWouldFail\"}"));

            // With room again, it ends.
            limit.Set(1000 * Looks.MiB);
            Commands.Until(() => prometheus.Query("ALERTS{alertname=\"ForkLintNoRoomForChild\"}").Count == 0, "the end of the alert");
            Assert.Equal(1, prometheus.Query("up").Single().Value);
            TryDashboard(prometheus);
        }
        finally
        {
            exporter.Kill();
            exporter.WaitForExit();
        }
    }

    [Fact]
    public void The_dashboard_is_what_Grafana_imports()
    {
        using var document = Dashboard();
        var root = document.RootElement;
        Assert.InRange(root.GetProperty("schemaVersion").GetInt32(), 36, 50);
        var variables = root.GetProperty("templating").GetProperty("list").EnumerateArray().Select(static variable => variable.GetProperty("name").GetString()!).ToHashSet();
        var panels = root.GetProperty("panels").EnumerateArray().ToList();
        Assert.Equal(panels.Count, panels.Select(static panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
        HashSet<(int, int)> taken = [];
        foreach (var panel in panels)
        {
            Assert.Contains(panel.GetProperty("type").GetString(), new[] { "stat", "timeseries" });
            Assert.NotEmpty(panel.GetProperty("title").GetString()!);
            Assert.NotEmpty(panel.GetProperty("description").GetString()!);
            Assert.Equal("${datasource}", panel.GetProperty("datasource").GetProperty("uid").GetString());
            var place = panel.GetProperty("gridPos");
            int Of(string name) => place.GetProperty(name).GetInt32();
            Assert.InRange(Of("x") + Of("w"), 1, 24);
            for (var x = Of("x"); x < Of("x") + Of("w"); x++)
            {
                for (var y = Of("y"); y < Of("y") + Of("h"); y++)
                {
                    Assert.True(taken.Add((x, y)), $"{panel.GetProperty("title")} lies on another panel");
                }
            }
        }

        // A variable that is used exists.
        Assert.All(Variable().Matches(root.GetRawText()).Select(static match => match.Groups[1].Value).Where(static name => !name.StartsWith("__", StringComparison.Ordinal)), name => Assert.Contains(name, variables));
        Assert.NotEmpty(Expressions());
    }

    /// <summary>Every expression is understood, and finds something, or counts nothing as 0.</summary>
    private static void TryDashboard(PrometheusServer prometheus)
    {
        foreach (var expression in Expressions())
        {
            var here = Variable().Replace(expression.Replace("$__range", "5m", StringComparison.Ordinal), ".*");
            Commands.Until(() => prometheus.Query(here).Count > 0, here);
        }
    }

    private static List<string> Expressions()
    {
        using var document = Dashboard();
        return [.. document.RootElement.GetProperty("panels").EnumerateArray().SelectMany(static panel => panel.GetProperty("targets").EnumerateArray()).Select(static target => target.GetProperty("expr").GetString()!)];
    }

    private static JsonDocument Dashboard() => JsonDocument.Parse(File.ReadAllText(Path.Combine(Deploy, "grafana/forklint.json")));

    /// <summary>The same rules, without the minutes that a condition must last.</summary>
    private static string WithoutWaiting(string rules) => For().Replace(rules, "for: 0s");

    [GeneratedRegex(@"for: \d+m", RegexOptions.CultureInvariant)]
    private static partial Regex For();

    [GeneratedRegex("http://([^/]+)/metrics", RegexOptions.CultureInvariant)]
    private static partial Regex Address();

    [GeneratedRegex(@"\$\{?(\w+)\}?", RegexOptions.CultureInvariant)]
    private static partial Regex Variable();
}
