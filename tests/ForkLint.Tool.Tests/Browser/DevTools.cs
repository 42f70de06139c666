using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json.Nodes;

namespace ForkLint.Tool.Tests.Browser;

/// <summary>The DevTools protocol over a web socket: commands with their answers, and events by the session they are of.</summary>
internal sealed class DevTools : IDisposable
{
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(120);

    private readonly ClientWebSocket _socket = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonNode>> _asked = new();
    private readonly ConcurrentDictionary<string, ConcurrentQueue<(string Method, JsonNode Parameters)>> _events = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Task _reader;
    private readonly Lock _sending = new();
    private int _last;

    public DevTools(Uri address)
    {
        // Not through a proxy of the environment's.
        _socket.Options.Proxy = null;
        _socket.ConnectAsync(address, CancellationToken.None).GetAwaiter().GetResult();
        _reader = Task.Run(ReadAsync);
    }

    /// <summary>Sends a command and waits for its answer.</summary>
    public JsonNode Ask(string method, JsonObject? parameters = null, string? session = null)
    {
        var answer = new TaskCompletionSource<JsonNode>(TaskCreationOptions.RunContinuationsAsynchronously);
        var id = Interlocked.Increment(ref _last);
        _asked[id] = answer;
        var command = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters ?? [] };
        if (session is not null)
        {
            command["sessionId"] = session;
        }

        lock (_sending)
        {
            _socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(command.ToJsonString()), WebSocketMessageType.Text, endOfMessage: true, _end.Token).GetAwaiter().GetResult();
        }

        return answer.Task.WaitAsync(AnswerPatience).GetAwaiter().GetResult();
    }

    /// <summary>What has happened in a session so far.</summary>
    public IReadOnlyList<(string Method, JsonNode Parameters)> Events(string session) => [.. _events.GetOrAdd(session, static _ => new())];

    public void Dispose()
    {
        _end.Cancel();
        try
        {
            _reader.Wait();
        }
        catch (AggregateException)
        {
            // Being cancelled is its end.
        }

        _socket.Dispose();
        _end.Dispose();
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[1 << 16];
        var message = new MemoryStream();
        while (!_end.IsCancellationRequested)
        {
            var part = await _socket.ReceiveAsync(buffer.AsMemory(), _end.Token);
            message.Write(buffer, 0, part.Count);
            if (!part.EndOfMessage)
            {
                continue;
            }

            var node = JsonNode.Parse(message.ToArray())!;
            message.SetLength(0);
            if (node["id"] is { } id && _asked.TryRemove(id.GetValue<int>(), out var asked))
            {
                if (node["error"] is { } error)
                {
                    asked.SetException(new InvalidOperationException(error.ToJsonString()));
                }
                else
                {
                    asked.SetResult(node["result"]!);
                }
            }
            else if (node["method"] is { } method)
            {
                _events.GetOrAdd(node["sessionId"]?.GetValue<string>() ?? "", static _ => new()).Enqueue((method.GetValue<string>(), node["params"]!));
            }
        }
    }
}
