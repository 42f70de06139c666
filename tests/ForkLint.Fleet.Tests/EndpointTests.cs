using System.Net;
using System.Net.Sockets;
using System.Text;
using ForkLint.Fleet.Tests.Support;
using ForkLint.Tool.CommandLine;
using ForkLint.Tool.Export;
using ForkLint.Tool.Fleet;
using ForkLint.TrialFork;

namespace ForkLint.Fleet.Tests;

/// <summary>The endpoint, asked by clients of every kind.</summary>
public sealed class EndpointTests : IDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly MetricsEndpoint _endpoint;
    private readonly Task _serving;

    public EndpointTests()
    {
        // This process is enough to look at.
        _endpoint = new MetricsEndpoint(new IPEndPoint(IPAddress.Loopback, 0), new FleetReader(new FleetSelection { Pid = 1 }));
        _serving = _endpoint.ServeAsync(_end.Token);
    }

    public void Dispose()
    {
        _end.Cancel();
        _serving.GetAwaiter().GetResult();
        _endpoint.Dispose();
        _end.Dispose();
    }

    [Theory]
    [InlineData("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200 OK", "text/plain; version=0.0.4")]
    [InlineData("GET /metrics?a=b HTTP/1.0\r\n\r\n", "HTTP/1.1 200 OK", "text/plain; version=0.0.4")]
    [InlineData("GET /metrics HTTP/1.1\r\nAccept: application/openmetrics-text; version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1\r\n\r\n", "HTTP/1.1 200 OK", "application/openmetrics-text; version=1.0.0")]
    [InlineData("GET /metrics HTTP/1.1\r\naccept: text/plain, application/openmetrics-text;q=0.3\r\n\r\n", "HTTP/1.1 200 OK", "text/plain; version=0.0.4")]
    [InlineData("HEAD /metrics HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK", "text/plain; version=0.0.4")]
    [InlineData("GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK", "text/plain; charset=utf-8")]
    [InlineData("GET /metrics/../etc/passwd HTTP/1.1\r\n\r\n", "HTTP/1.1 404 Not Found", "text/plain; charset=utf-8")]
    [InlineData("POST /metrics HTTP/1.1\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 405 Method Not Allowed", "text/plain; charset=utf-8")]
    [InlineData("GET /metrics\r\n\r\n", "HTTP/1.1 400 Bad Request", "text/plain; charset=utf-8")]
    [InlineData("\u0016\u0003\u0001\r\n\r\n", "HTTP/1.1 400 Bad Request", "text/plain; charset=utf-8")]
    [InlineData("GET http://x/metrics HTTP/1.1\r\n\r\n", "HTTP/1.1 400 Bad Request", "text/plain; charset=utf-8")]
    public void It_answers_what_it_has_and_refuses_the_rest(string request, string status, string type)
    {
        var answer = Ask(Encoding.Latin1.GetBytes(request));
        var (head, body) = (answer[..answer.IndexOf("\r\n\r\n", StringComparison.Ordinal)], answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]);
        Assert.StartsWith(status + "\r\n", head, StringComparison.Ordinal);
        Assert.Contains($"\r\nContent-Type: {type}", head, StringComparison.Ordinal);
        var length = int.Parse(head.Split("\r\n").Single(static line => line.StartsWith("Content-Length: ", StringComparison.Ordinal))["Content-Length: ".Length..], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(request.StartsWith("HEAD", StringComparison.Ordinal) ? 0 : length, Encoding.UTF8.GetByteCount(body));
        Assert.True(length > 0);
    }

    [Fact]
    public void A_head_without_end_is_refused_and_a_client_that_says_nothing_holds_nobody_up()
    {
        using var silent = Connect();
        using var slow = Connect();
        slow.Send("GET /metrics HT"u8);
        var endless = new byte[HttpRequestHead.MostBytes];
        Array.Fill(endless, (byte)'a');
        Assert.StartsWith("HTTP/1.1 400 Bad Request\r\n", Ask(endless), StringComparison.Ordinal);
        Assert.Contains("forklint_build_info", Ask("GET /metrics HTTP/1.1\r\n\r\n"u8), StringComparison.Ordinal);

        // In pieces is slow, and no mistake.
        slow.Send("TP/1.1\r\n\r"u8);
        slow.Send("\n"u8);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", ReadAll(slow), StringComparison.Ordinal);
    }

    [Fact]
    public void Many_that_ask_at_once_all_get_an_answer_and_cause_few_looks()
    {
        // On threads of their own: those of the pool are the endpoint's.
        var answers = new string[100];
        var clients = Enumerable.Range(0, answers.Length).Select(index => new Thread(() => answers[index] = Ask("GET /metrics HTTP/1.1\r\n\r\n"u8))).ToList();
        clients.ForEach(static client => client.Start());
        clients.ForEach(static client => client.Join());
        var looks = answers.Select(static answer => OpenMetricsReader.Read(answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..])["forklint_scrapes_total{}"]).ToList();
        Assert.Equal(100, looks.Count);
        Assert.True(looks.Max() < 50, $"{looks.Max()} looks for 100 requests");
    }

    [Fact]
    public void An_address_that_is_taken_or_is_not_ours_is_one_line()
    {
        Assert.Equal(ExitReason.MeasurementFailed, Assert.Throws<ToolException>(() => new MetricsEndpoint(_endpoint.Address, new FleetReader(new FleetSelection()))).Reason);
        var (exitCode, output, error) = Commands.Run(Commands.Tool, "export", "--listen", "192.0.2.1:9");
        Assert.Equal((7, ""), (exitCode, output));
        Assert.StartsWith("forklint: 192.0.2.1:9 cannot be listened on: ", error, StringComparison.Ordinal);
        Assert.Equal(1, error.Count(static character => character == '\n'));
    }

    private Socket Connect()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 60_000 };
        socket.Connect(_endpoint.Address);
        return socket;
    }

    private string Ask(ReadOnlySpan<byte> request)
    {
        using var socket = Connect();
        socket.Send(request);
        return ReadAll(socket);
    }

    private static string ReadAll(Socket socket)
    {
        using var answer = new MemoryStream();
        var buffer = new byte[8192];
        while (socket.Receive(buffer) is > 0 and var read)
        {
            answer.Write(buffer, 0, read);
        }

        return Encoding.UTF8.GetString(answer.ToArray());
    }
}
