using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ForkLint.Tool.CommandLine;
using ForkLint.Tool.Fleet;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Export;

/// <summary>
/// The page <c>/metrics</c> for Prometheus. It answers GET and HEAD, one request a connection. However many clients ask, the processes are read at most once a second,
/// by one look at a time; a client that sends or reads too slowly is left.
/// </summary>
internal sealed class MetricsEndpoint : IDisposable
{
    /// <summary>How many clients are served at once; more wait to be accepted.</summary>
    private const int MostClients = 16;

    private static readonly TimeSpan ClientPatience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(1);

    private readonly Socket _socket;
    private readonly FleetReader _reader;
    private readonly SemaphoreSlim _clients = new(MostClients);
    private readonly SemaphoreSlim _look = new(1);
    private FleetSnapshot? _last;
    private long _lastAt;

    /// <summary>Listens.</summary>
    /// <param name="address">Where.</param>
    /// <param name="reader">Looks at the processes.</param>
    /// <exception cref="ToolException">The address cannot be listened on.</exception>
    public MetricsEndpoint(IPEndPoint address, FleetReader reader)
    {
        _reader = reader;
        _socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            _socket.Bind(address);
            _socket.Listen(MostClients);
        }
        catch (SocketException failure)
        {
            _socket.Dispose();
            throw new ToolException(ExitReason.MeasurementFailed, $"{address} cannot be listened on: {failure.Message}", "name an address of this machine and a port that is free, such as 127.0.0.1:9778");
        }
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address => (IPEndPoint)_socket.LocalEndPoint!;

    /// <summary>Serves until it is cancelled.</summary>
    public async Task ServeAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await _clients.WaitAsync(cancellation).ConfigureAwait(false);
                var client = await _socket.AcceptAsync(cancellation).ConfigureAwait(false);
                _ = AnswerAsync(client, cancellation);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException)
            {
                // The client went away before it was accepted, or there are no descriptors left: others may have better luck.
                _clients.Release();
                await Task.Delay(FreshFor, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _socket.Dispose();
        _clients.Dispose();
        _look.Dispose();
    }

    private async Task AnswerAsync(Socket client, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(ClientPatience);
        try
        {
            using (client)
            {
                var head = await ReadHeadAsync(client, patience.Token).ConfigureAwait(false);
                var answer = await AnswerToAsync(head, patience.Token).ConfigureAwait(false);
                for (var sent = 0; sent < answer.Length;)
                {
                    sent += await client.SendAsync(answer.AsMemory(sent), patience.Token).ConfigureAwait(false);
                }

                client.Shutdown(SocketShutdown.Send);
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The client is gone, or was too slow.
        }
        finally
        {
            if (!cancellation.IsCancellationRequested)
            {
                _clients.Release();
            }
        }
    }

    private static async Task<byte[]?> ReadHeadAsync(Socket client, CancellationToken cancellation)
    {
        var buffer = new byte[HttpRequestHead.MostBytes];
        for (var length = 0; length < buffer.Length;)
        {
            var read = await client.ReceiveAsync(buffer.AsMemory(length), cancellation).ConfigureAwait(false);
            length += read;
            var end = buffer.AsSpan(0, length).IndexOf(HttpRequestHead.End);
            if (end >= 0)
            {
                return buffer[..end];
            }

            if (read == 0)
            {
                break;
            }
        }

        return null;
    }

    private async Task<byte[]> AnswerToAsync(byte[]? bytes, CancellationToken cancellation)
    {
        const string plain = "text/plain; charset=utf-8";
        if (bytes is null || HttpRequestHead.Parse(bytes) is not { } head)
        {
            return Response("400 Bad Request", plain, "this is not an HTTP request\n", isHead: false);
        }

        var isHead = head.Method == "HEAD";
        if (!isHead && head.Method != "GET")
        {
            return Response("405 Method Not Allowed", plain, "GET and HEAD are answered\n", isHead, "Allow: GET, HEAD\r\n");
        }

        if (head.Path == "/")
        {
            return Response("200 OK", plain, "forklint export: the metrics are at /metrics\n", isHead);
        }

        if (head.Path != "/metrics")
        {
            return Response("404 Not Found", plain, "the metrics are at /metrics\n", isHead);
        }

        var format = head.PreferredFormat();
        return Response("200 OK", MetricsText.ContentType(format), MetricsText.Write(await LookAsync(cancellation).ConfigureAwait(false), format), isHead);
    }

    private async Task<FleetSnapshot> LookAsync(CancellationToken cancellation)
    {
        await _look.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_last is null || Stopwatch.GetElapsedTime(_lastAt) >= FreshFor)
            {
                _last = _reader.Read();
                _lastAt = Stopwatch.GetTimestamp();
            }

            return _last;
        }
        finally
        {
            _look.Release();
        }
    }

    private static byte[] Response(string status, string contentType, string body, bool isHead, string headers = "")
    {
        var content = Encoding.UTF8.GetBytes(body);
        var head = string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status}\r\nContent-Type: {contentType}\r\nContent-Length: {content.Length}\r\nConnection: close\r\n{headers}\r\n");
        return isHead ? Encoding.ASCII.GetBytes(head) : [.. Encoding.ASCII.GetBytes(head), .. content];
    }
}
