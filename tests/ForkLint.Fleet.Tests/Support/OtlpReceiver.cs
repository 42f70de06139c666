using System.Net;
using System.Net.Sockets;
using Google.Protobuf;

namespace ForkLint.Fleet.Tests.Support;

/// <summary>A collector: it takes OTLP over HTTP in protobuf, and reads what the field numbers of opentelemetry-proto say (metrics/v1/metrics.proto).</summary>
internal sealed class OtlpReceiver : IDisposable
{
    private readonly HttpListener _listener = new();

    public OtlpReceiver()
    {
        // A port that is free, by the kernel's own choice; nobody else takes it in between but by chance.
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Port = ((IPEndPoint)probe.LocalEndpoint).Port;
        }

        _listener.Prefixes.Add($"http://127.0.0.1:{Port}/");
        _listener.Start();
        _ = ReceiveAsync();
    }

    public int Port { get; }

    /// <summary>The paths that were asked for.</summary>
    public List<string> Paths { get; } = [];

    /// <summary>Every point of what was received since it was last emptied: metric, attributes, value.</summary>
    public List<(string Metric, string Unit, SortedDictionary<string, string> Attributes, double Value)> Points { get; } = [];

    /// <summary>The attributes of the resource.</summary>
    public SortedDictionary<string, string> Resource { get; } = new(StringComparer.Ordinal);

    public void Dispose() => _listener.Close();

    private async Task ReceiveAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception failure) when (failure is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body);
            lock (Points)
            {
                Paths.Add(context.Request.Url!.AbsolutePath);
                Fields(body.ToArray(), (field, request) => Do(field == 1, () => Fields(request, ResourceMetrics)));
            }

            context.Response.ContentType = "application/x-protobuf";
            context.Response.Close();
        }
    }

    private void ResourceMetrics(int field, byte[] bytes)
    {
        Do(field == 1, () => Fields(bytes, (inner, attribute) => Do(inner == 1, () => Attribute(attribute, Resource))));
        Do(field == 2, () => Fields(bytes, (inner, metric) => Do(inner == 2, () => Metric(metric))));
    }

    private void Metric(byte[] bytes)
    {
        var (name, unit) = ("", "");
        Fields(bytes, (field, value) =>
        {
            name = field == 1 ? System.Text.Encoding.UTF8.GetString(value) : name;
            unit = field == 3 ? System.Text.Encoding.UTF8.GetString(value) : unit;
        });

        // gauge = 5, sum = 7; data_points = 1 in both.
        Fields(bytes, (field, data) => Do(field is 5 or 7, () => Fields(data, (inner, point) => Do(inner == 1, () => Point(name, unit, point)))));
    }

    private void Point(string metric, string unit, byte[] bytes)
    {
        SortedDictionary<string, string> attributes = new(StringComparer.Ordinal);
        double? value = null;
        var input = new CodedInputStream(bytes);
        while (input.ReadTag() is not 0 and var tag)
        {
            switch (WireFormat.GetTagFieldNumber(tag))
            {
                case 4:
                    value = input.ReadDouble();
                    break;
                case 6:
                    value = input.ReadSFixed64();
                    break;
                case 7:
                    Attribute(input.ReadBytes().ToByteArray(), attributes);
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }

        Points.Add((metric, unit, attributes, value ?? throw new FormatException($"{metric} has a point without a value")));
    }

    // KeyValue: key = 1, value = 2; AnyValue: string_value = 1.
    private static void Attribute(byte[] bytes, SortedDictionary<string, string> attributes)
    {
        var (key, value) = ("", "");
        Fields(bytes, (field, content) =>
        {
            key = field == 1 ? System.Text.Encoding.UTF8.GetString(content) : key;
            Do(field == 2, () => Fields(content, (inner, text) => value = inner == 1 ? System.Text.Encoding.UTF8.GetString(text) : value));
        });
        attributes[key] = value;
    }

    private static void Fields(byte[] message, Action<int, byte[]> see)
    {
        var input = new CodedInputStream(message);
        while (input.ReadTag() is not 0 and var tag)
        {
            if (WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited)
            {
                see(WireFormat.GetTagFieldNumber(tag), input.ReadBytes().ToByteArray());
            }
            else
            {
                input.SkipLastField();
            }
        }
    }

    private static void Do(bool condition, Action action)
    {
        if (condition)
        {
            action();
        }
    }
}
