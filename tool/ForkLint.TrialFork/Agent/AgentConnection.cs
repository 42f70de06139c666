using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using ForkLint.Agent;

namespace ForkLint.TrialFork;

/// <summary>What the agent answered, and the descriptors it handed over.</summary>
internal sealed record AgentAnswer(AgentReply Reply, string Text, Descriptor? ChildDescriptor, Descriptor? ChildMemory);

/// <summary>The line to the agent in the application.</summary>
internal sealed unsafe class AgentConnection(UnixSocket socket, Target target, MeasureRequest request, CancellationToken cancellation) : IDisposable
{
    private const uint ContractVersion = 1;

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

        var message = new byte[4 + payload.Length];
        BinaryPrimitives.WriteInt32LittleEndian(message, payload.Length);
        payload.CopyTo(message, 4);
        return socket.Send(message, deadline);
    }

    /// <summary>Asks for one operation and waits for its end.</summary>
    /// <param name="operation">What to do.</param>
    /// <param name="argument">Its argument.</param>
    /// <param name="options">Options of a fork.</param>
    /// <param name="workTime">How long the work itself is expected to take.</param>
    /// <exception cref="MeasureException">The agent failed, is gone or does not answer.</exception>
    public AgentAnswer Call(AgentOperation operation, long argument = 0, ForkOptions options = ForkOptions.None, TimeSpan workTime = default)
    {
        var message = new AgentRequest { Magic = AgentProtocol.Magic, Operation = operation, Fault = request.InjectFault, Options = options, Argument = argument };
        var deadline = Patience(workTime);
        var bytes = new byte[AgentProtocol.ReplyLengthBytes];
        var descriptors = new List<int>();
        bool isAnswered = socket.Send(MemoryMarshal.AsBytes(new ReadOnlySpan<AgentRequest>(in message)), deadline)
            && socket.Receive(bytes, deadline, descriptors);
        var owned = descriptors.ConvertAll(static number => new Descriptor(number));
        var reply = MemoryMarshal.Read<AgentReply>(bytes);
        if (!isAnswered || reply.Magic != AgentProtocol.Magic || reply.Operation != operation)
        {
            owned.ForEach(static descriptor => descriptor.Dispose());
            throw Lost(operation, deadline);
        }

        string text = Encoding.UTF8.GetString(reply.Text, Math.Clamp(reply.TextLengthBytes, 0, AgentProtocol.TextCapacityBytes));
        if (reply.Status == AgentStatus.Failed)
        {
            owned.ForEach(static descriptor => descriptor.Dispose());
            throw new MeasureException(ExitReason.MeasurementFailed, $"the agent in {target.Title} failed at {operation}: {text}", "the application is unharmed; use --engine estimate");
        }

        int sent = reply.Descriptors;
        int next = 0;
        Descriptor? Take(int bit) => (sent & bit) != 0 && next < owned.Count ? owned[next++] : null;
        return new AgentAnswer(reply, text, Take(1), Take(2));
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

    private MeasureException Lost(AgentOperation operation, Deadline deadline) => target.HasEnded
        ? new MeasureException(ExitReason.NoSuchProcess, $"{target.Title} ended during the measurement", "measure it while it runs")
        : deadline.HasPassed
            ? new MeasureException(ExitReason.MeasurementFailed, string.Create(CultureInfo.InvariantCulture, $"the agent in {target.Title} did not answer {operation} within {request.AgentPatience.TotalSeconds:F0} s"), "the application may be overloaded: try again later, or use --engine estimate")
            : new MeasureException(ExitReason.MeasurementFailed, $"the agent in {target.Title} hung up at {operation}", "the application is unharmed; use --engine estimate");
}
