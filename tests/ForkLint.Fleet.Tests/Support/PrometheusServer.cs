using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace ForkLint.Fleet.Tests.Support;

/// <summary>Debian's Prometheus, with our rules, scraping one address each second.</summary>
internal sealed class PrometheusServer : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("forklint-prometheus-").FullName;
    private readonly HttpClient _client = new();
    private readonly Process _process;
    private readonly string _address;

    /// <summary>Starts it.</summary>
    /// <param name="target">What it scrapes.</param>
    /// <param name="rules">The text of the rules.</param>
    public PrometheusServer(string target, string rules)
    {
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            _address = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}");
        }

        File.WriteAllText(Path.Combine(_folder, "forklint.rules.yml"), rules);
        File.WriteAllText(Path.Combine(_folder, "prometheus.yml"), $"""
            global:
              scrape_interval: 1s
              evaluation_interval: 1s
            scrape_configs:
              - job_name: forklint
                static_configs:
                  - targets: ["{target}"]
            rule_files:
              - forklint.rules.yml
            """);
        _process = Commands.Start("prometheus", $"--config.file={_folder}/prometheus.yml", $"--storage.tsdb.path={_folder}/data", $"--web.listen-address={_address}", "--log.level=error");
        _ = (_process.StandardOutput.ReadToEndAsync(), _process.StandardError.ReadToEndAsync());
        Commands.Until(() => IsReady(), "Prometheus");
    }

    /// <summary>The result of a query, each sample with its labels and its value.</summary>
    public IReadOnlyList<(IReadOnlyDictionary<string, string> Labels, double Value)> Query(string expression)
    {
        var (status, body) = Get($"/api/v1/query?query={Uri.EscapeDataString(expression)}");
        Assert.True(status == HttpStatusCode.OK, $"{expression}: {body}");
        using var document = JsonDocument.Parse(body);
        var data = document.RootElement.GetProperty("data");
        Assert.Equal("vector", data.GetProperty("resultType").GetString());
        return [.. data.GetProperty("result").EnumerateArray().Select(static sample => (
            (IReadOnlyDictionary<string, string>)sample.GetProperty("metric").EnumerateObject().ToDictionary(static label => label.Name, static label => label.Value.GetString()!),
            double.Parse(sample.GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture)))];
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _client.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private bool IsReady()
    {
        Assert.False(_process.HasExited, "Prometheus has ended");
        try
        {
            return Get("/-/ready").Status == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private (HttpStatusCode Status, string Body) Get(string path)
    {
        using var answer = _client.GetAsync(new Uri($"http://{_address}{path}")).GetAwaiter().GetResult();
        return (answer.StatusCode, answer.Content.ReadAsStringAsync().GetAwaiter().GetResult());
    }
}
