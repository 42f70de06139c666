using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using ForkLint.Agent;

namespace ForkLint.TrialFork;

/// <summary>What the agent answered, and the descriptors it handed over.</summary>
/// <remarks>Nothing of it is proven: <see cref="ChildProof"/> decides what the descriptors are.</remarks>
internal sealed record AgentAnswer(AgentReply Reply, string Text, Descriptor? ChildDescriptor, Descriptor? ChildMemory)
{
    /// <summary>When the request was sent, in clock ticks since boot.</summary>
    public required long AskedTicks { get; init; }
}

/// <summary>The line to the agent in the application.</summary>
internal sealed unsafe class AgentConnection(UnixSocket socket, Target target, MeasureRequest request, CancellationToken cancellation) : IDisposable
{
    private const uint ContractVersion = 2;

    private uint _number;

    private static ReadOnlySpan<byte> Greeting => "FLSH"u8;

    /// <summary>Answers the shim's greeting with the payload; false if this shim speaks another version and waits for another tool.</summary>
    public bool SendPayload(byte[] payload)
    {
        var deadline = Patience(TimeSpan.Zero);
        Span<byte> header = stackalloc byte[8];
        if (!socket.Receive(header, deadline) || !header.StartsWith(Greeting) || BinaryPrimitives.ReadUInt32LittleEndian(header[4..]) != ContractVersion)
        {
            return false;
        }

        // The identity first: a shim that has this payload already answers so, and loads nothing.
        const int identityBytes = 16;
        var offer = new byte[sizeof(int) + identityBytes];
        BinaryPrimitives.WriteInt32LittleEndian(offer, payload.Length);
        ContentHash.Compute(payload).AsSpan(0, identityBytes).CopyTo(offer.AsSpan(sizeof(int)));
        Span<byte> isWanted = stackalloc byte[1];
        return socket.Send(offer, deadline) && socket.Receive(isWanted, deadline) && (isWanted[0] == 0 || socket.Send(payload, deadline));
    }

    /// <summary>Asks for one operation and waits for its end.</summary>
    /// <param name="operation">What to do.</param>
    /// <param name="argument">Its argument.</param>
    /// <param name="options">Options of a fork.</param>
    /// <param name="workTime">How long the work itself is expected to take.</param>
    /// <exception cref="MeasureException">The agent failed, is gone or does not answer.</exception>
    public AgentAnswer Call(AgentOperation operation, long argument = 0, ForkOptions options = ForkOptions.None, TimeSpan workTime = default)
    {
        if (socket.HasInput())
        {
            throw Untrue("an answer before it was asked");
        }

        var message = new AgentRequest { Magic = AgentProtocol.Magic, Operation = operation, Fault = request.InjectFault, Options = options, Number = ++_number, Argument = argument };
        var deadline = Patience(workTime);
        var bytes = new byte[AgentProtocol.ReplyLengthBytes];
        var descriptors = new List<Descriptor>();
        long askedTicks = ChildProof.NowTicks();
        long start = Stopwatch.GetTimestamp();
        bool isAnswered = socket.Send(MemoryMarshal.AsBytes(new ReadOnlySpan<AgentRequest>(in message)), deadline)
            && socket.Receive(bytes, deadline, AgentReplyRules.MostDescriptors(operation, options), descriptors);
        try
        {
            if (!isAnswered)
            {
                throw Lost(operation, deadline);
            }

            var reply = MemoryMarshal.Read<AgentReply>(bytes);
            if (AgentReplyRules.Objection(reply, new AgentExchange(message, Stopwatch.GetElapsedTime(start), descriptors.Count)) is { } objection)
            {
                throw Untrue(objection);
            }

            string text = AgentText.Clean(new ReadOnlySpan<byte>(reply.Text, reply.TextLengthBytes));
            return reply.Status == AgentStatus.Failed
                ? throw new MeasureException(ExitReason.MeasurementFailed, $"the agent in {target.Title} failed at {operation}: {text}", "use --engine estimate")
                : new AgentAnswer(reply, text, descriptors.ElementAtOrDefault(0), descriptors.ElementAtOrDefault(1)) { AskedTicks = askedTicks };
        }
        catch
        {
            descriptors.ForEach(static descriptor => descriptor.Dispose());
            throw;
        }
    }

    /// <summary>Sends the agent away and waits until its thread is done with the connection.</summary>
    public void Dismiss()
    {
        Call(AgentOperation.Goodbye);
        Span<byte> nothing = stackalloc byte[1];
        _ = socket.Receive(nothing, Patience(TimeSpan.Zero));
    }

    /// <summary>Hangs up: the agent ends its child and leaves.</summary>
    public void Dispose() => socket.Dispose();

    private Deadline Patience(TimeSpan workTime) => new(request.AgentPatience + workTime, target.PidDescriptor.Value, cancellation);

    /// <summary>An answer that no agent gives.</summary>
    private MeasureException Untrue(string what) => new(
        ExitReason.RefusedForSafety,
        $"what answers in {target.Title} is not the agent: it answered with {what}",
        "do not trust that process; --engine estimate asks it for nothing");

    private MeasureException Lost(AgentOperation operation, Deadline deadline) => target.HasEnded
        ? new MeasureException(ExitReason.NoSuchProcess, $"{target.Title} ended during the measurement", "measure it while it runs")
        : deadline.HasPassed
            ? new MeasureException(ExitReason.MeasurementFailed, string.Create(CultureInfo.InvariantCulture, $"the agent in {target.Title} did not answer {operation} within {request.AgentPatience.TotalSeconds:F0} s"), "the application may be overloaded: try again later, or use --engine estimate")
            : new MeasureException(ExitReason.MeasurementFailed, $"the agent in {target.Title} hung up at {operation}", "use --engine estimate");
}
