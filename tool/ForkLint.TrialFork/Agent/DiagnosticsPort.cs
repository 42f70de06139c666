using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>Who answers at the diagnostics socket.</summary>
/// <param name="RuntimeVersion">The version of the runtime, such as "10.0.12".</param>
internal sealed record RuntimeIdentity(string RuntimeVersion);

/// <summary>
/// The runtime's diagnostics socket, spoken to directly (dotnet/diagnostics documentation/design-docs/ipc-protocol.md): two commands are
/// needed, each with a deadline, through a folder of another mount namespace, and with the certainty that the target itself answers. The
/// public DiagnosticsClient has none of the three.
/// </summary>
internal sealed class DiagnosticsPort(Target target, DotNetFacts facts, Descriptor folder, MeasureRequest request, CancellationToken cancellation)
{
    private const byte ProcessCommands = 0x04;
    private const byte ProcessInfo2Command = 0x04;
    private const byte ApplyStartupHookCommand = 0x07;
    private const byte ServerCommands = 0xFF;
    private const int HeaderBytes = 20;
    private const int GuidBytes = 16;
    private const int LargestRestBytes = 10_000;

    /// <summary>DS_IPC_E_UNKNOWN_COMMAND and DS_IPC_E_NOTSUPPORTED (src/native/eventpipe/ds-types.h).</summary>
    private const uint UnknownCommand = 0x80131385;
    private const uint NotSupported = 0x80131515;

    /// <summary>DS_IPC_E_FAIL (src/native/eventpipe/ds-types.h).</summary>
    private const uint Failed = 0x80004005;

    private static ReadOnlySpan<byte> Magic => "DOTNET_IPC_V1\0"u8;

    /// <summary>Asks the runtime who it is. Only one that answers is healthy enough to be entered.</summary>
    /// <exception cref="MeasureException">It does not answer, or is too old.</exception>
    public RuntimeIdentity Identify()
    {
        var (reply, error) = Call(ProcessInfo2Command, []);
        if (error is { } code)
        {
            // It answers, so its diagnostics thread is well; its version stands in the path of its library.
            return code == Failed && HasLongCommandLine()
                ? new RuntimeIdentity(AgentText.CleanVersion(facts.RuntimeVersion ?? ""))
                : throw new MeasureException(
                    ExitReason.NotDotNet,
                    string.Create(CultureInfo.InvariantCulture, $"the runtime of {target.Title} does not say who it is (0x{code:X8}){(code is UnknownCommand ? ": it is older than .NET 6" : "")}"),
                    "use --engine estimate");
        }

        // process id, cookie, then five strings: command line, system, architecture, entry assembly, version of the runtime.
        int offset = sizeof(ulong) + GuidBytes;
        string version = "";
        for (int index = 0; index < 5; index++)
        {
            version = ReadString(reply, ref offset);
        }

        // "10.0.12+hash" or "10.0.12-servicing.1 @Commit: hash": the number is what people know it by.
        int end = version.AsSpan().IndexOfAny("+- @");
        return new RuntimeIdentity(AgentText.CleanVersion(end < 0 ? version : version[..end]));
    }

    /// <summary>Makes the running application load a startup hook. OK does not mean that it ran: a trimmed application says OK too.</summary>
    /// <remarks>
    /// The last byte of the request is kept back until the runtime has read all others and waits for it. A request that lies unread in the
    /// socket of a stopped application would be carried out whenever it is continued, when the tool and the hook's file may be gone, and a
    /// missing file ends the application. A request without its last byte is thrown away (src/native/eventpipe/ds-ipc.c,
    /// ds_ipc_message_initialize_stream).
    /// </remarks>
    /// <param name="path">As the target sees it.</param>
    /// <exception cref="MeasureException">The runtime refuses or does not answer.</exception>
    public void ApplyStartupHook(string path)
    {
        var payload = new byte[sizeof(uint) + ((path.Length + 1) * sizeof(char))];
        BinaryPrimitives.WriteUInt32LittleEndian(payload, (uint)path.Length + 1);
        Encoding.Unicode.GetBytes(path, payload.AsSpan(sizeof(uint)));
        var (_, error) = Call(ApplyStartupHookCommand, payload, isHook: true);
        if (error is { } code)
        {
            throw code is UnknownCommand or NotSupported
                ? new MeasureException(ExitReason.NotDotNet, $"the runtime of {target.Title} loads no startup hooks: it is older than .NET 8 or compiled ahead of time", "use --engine estimate")
                : new MeasureException(ExitReason.MeasurementFailed, string.Create(CultureInfo.InvariantCulture, $"the runtime of {target.Title} refused the agent (0x{code:X8})"), "use --engine estimate");
        }
    }

    /// <summary>
    /// Whether the command line does not fit into an answer, whose length is a number of 16 bits: the runtime then says that it failed
    /// (src/native/eventpipe/ds-protocol.c, ipc_message_flatten). The other strings take less than a KB or two.
    /// </summary>
    private bool HasLongCommandLine() =>
        target.Files.CommandLine().TryGet(out var arguments) && arguments.Sum(static argument => (argument.Length + 1L) * sizeof(char)) > ushort.MaxValue - LargestRestBytes;

    private (byte[] Reply, uint? Error) Call(byte command, ReadOnlySpan<byte> payload, bool isHook = false)
    {
        using var socket = Connect();
        var deadline = new Deadline(request.AgentPatience, target.PidDescriptor.Value, cancellation);
        var message = new byte[HeaderBytes + payload.Length];
        Magic.CopyTo(message);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(14), (ushort)message.Length);
        message[16] = ProcessCommands;
        message[17] = command;
        payload.CopyTo(message.AsSpan(HeaderBytes));
        var header = new byte[HeaderBytes];
        if (isHook)
        {
            SendAllButTheLast(socket, message, deadline);
        }

        if (!socket.Send(isHook ? message.AsSpan(message.Length - 1) : message, deadline) || !socket.Receive(header, deadline))
        {
            throw Unanswered(command, deadline.HasPassed);
        }

        int length = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(14)) - HeaderBytes;
        var reply = new byte[Math.Max(0, length)];
        if (!header.AsSpan().StartsWith(Magic) || header[16] != ServerCommands || length < 0 || !socket.Receive(reply, deadline))
        {
            throw Unanswered(command, deadline.HasPassed);
        }

        const byte ok = 0;
        return header[17] == ok ? (reply, null) : (reply, reply.Length >= 4 ? BinaryPrimitives.ReadUInt32LittleEndian(reply) : uint.MaxValue);
    }

    private void SendAllButTheLast(UnixSocket socket, byte[] message, Deadline deadline)
    {
        if (!socket.Send(message.AsSpan(0, message.Length - 1), deadline) || !socket.WaitUntilRead(deadline))
        {
            throw Unanswered(ProcessInfo2Command, deadline.HasPassed); // Without its last byte the hook is no hook.
        }

        if (ProcessSafety.Condition(target.Pid).TryGet(out var condition) && Standstill.Of(target.Pid, condition) is { } standstill)
        {
            throw new MeasureException(
                ExitReason.RefusedForSafety,
                $"{target.Title} was stopped just before the agent was sent: nothing was loaded into it",
                $"{standstill.Remedy}, and measure again");
        }
    }

    private UnixSocket Connect()
    {
        var socket = UnixSocket.Create();
        try
        {
            int error = socket.Connect(folder, facts.SocketName!);
            if (error != 0)
            {
                throw error switch
                {
                    _ when target.HasEnded => Measurement.Gone(target.Pid),
                    Libc.ErrorAccess or Libc.ErrorNotPermitted => new MeasureException(ExitReason.NotPermitted, $"the diagnostics socket of {target.Title} may not be used: {Libc.Message(error)}", "run the tool as root (sudo) or as the target's own user"),
                    Libc.ErrorAgain => new MeasureException(
                        ExitReason.RefusedForSafety,
                        $"the diagnostics socket of {target.Title} takes no more connections: the thread that serves it is blocked, or busy with other tools",
                        "try again later, or use --engine estimate"),
                    _ => new MeasureException(ExitReason.NotDotNet, $"nothing listens at the diagnostics socket of {target.Title}: {Libc.Message(error)}", "use --engine estimate"),
                };
            }

            // The folder is open to all users: without this check, another user could have put a socket there under the name.
            if (socket.Peer()?.Pid != target.Pid)
            {
                throw new MeasureException(ExitReason.RefusedForSafety, $"another process listens at the diagnostics socket of {target.Title}", "find out who owns it, or use --engine estimate");
            }

            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <param name="command">What was asked.</param>
    /// <param name="isLate">Whether the patience is over; otherwise the runtime hung up.</param>
    private MeasureException Unanswered(byte command, bool isLate)
    {
        if (Aftermath.HasEnded(target))
        {
            return Measurement.Gone(target.Pid);
        }

        string what = isLate
            ? string.Create(CultureInfo.InvariantCulture, $"did not answer within {request.AgentPatience.TotalSeconds:F0} s: presumably the thread that serves its diagnostics is blocked, or busy with another tool")
            : "hung up without an answer";
        return new MeasureException(
            ExitReason.RefusedForSafety,
            $"the runtime of {target.Title} {what}",
            command == ApplyStartupHookCommand
                ? "it may still load the agent, so keep this version of the tool installed until the application is restarted"
                : "try again later, or use --engine estimate");
    }

    private static string ReadString(byte[] reply, ref int offset)
    {
        if (offset + sizeof(uint) > reply.Length)
        {
            return "";
        }

        int bytes = (int)Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(reply.AsSpan(offset)) * (long)sizeof(char), reply.Length - offset - sizeof(uint));
        string text = Encoding.Unicode.GetString(reply, offset + sizeof(uint), bytes).TrimEnd('\0');
        offset += sizeof(uint) + bytes;
        return text;
    }
}
