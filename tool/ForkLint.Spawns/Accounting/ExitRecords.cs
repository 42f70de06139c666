using ForkLint.Linux;
using ForkLint.Spawns.Events;
using ForkLint.Spawns.Interop;

namespace ForkLint.Spawns.Accounting;

/// <summary>
/// The kernel's record of each task that ends, with the peak of its resident set and its exit status. It comes before the parent can reap
/// the process, so a child that lives for a millisecond is not missed. (getrusage of a vfork child gives the parent's peak instead.)
/// </summary>
internal sealed unsafe class ExitRecords : IDisposable
{
    private const int NetlinkDomain = 16;
    private const int RawType = 3 | Libc.CloseOnExec;
    private const int GenericProtocol = 16;
    private const int SocketLevel = 1;
    private const int ReceiveBufferForced = 33; // SO_RCVBUFFORCE
    private const int BufferBytes = 8 << 20;
    private const int DoNotWait = 0x40;
    private const int MessageBytes = 64 * 1024;
    private readonly ushort _family;
    private readonly byte[] _buffer = new byte[MessageBytes];

    private ExitRecords(int socket, ushort family)
    {
        Socket = socket;
        _family = family;
    }

    /// <summary>The socket's descriptor: readable when records have come.</summary>
    public int Socket { get; private set; }

    /// <summary>How often the kernel had no room for records; each time at least one was lost.</summary>
    public long Overruns { get; private set; }

    /// <summary>Registers for the exit records of all processors.</summary>
    /// <param name="processors">As sysfs lists the processors that can exist: <c>0-3</c>.</param>
    /// <returns>The records, or why the kernel gives none: it takes CAP_NET_ADMIN in the initial namespaces.</returns>
    public static Reading<ExitRecords> Open(string processors)
    {
        int socket = Libc.Socket(NetlinkDomain, RawType, GenericProtocol);
        if (socket < 0)
        {
            return Failure("a netlink socket");
        }

        var address = stackalloc byte[12];
        new Span<byte>(address, 12).Clear();
        *(ushort*)address = NetlinkDomain;
        int size = BufferBytes;
        _ = Libc.SetSocketOption(socket, SocketLevel, ReceiveBufferForced, &size, sizeof(int));
        if (Libc.Bind(socket, address, 12) != 0)
        {
            var failure = Failure("a netlink socket");
            _ = Libc.Close(socket);
            return failure;
        }

        var reply = new byte[MessageBytes];
        if (!Ask(socket, TaskStatsMessage.FindFamily(), reply, out var answer) || TaskStatsMessage.FamilyOf(answer) is not { } family)
        {
            _ = Libc.Close(socket);
            return Reading<ExitRecords>.Fail(ReadFailure.NotAvailable, "this kernel has no accounting of tasks (CONFIG_TASKSTATS)");
        }

        if (!Send(socket, TaskStatsMessage.Register(family, processors)))
        {
            var failure = Failure("the registration for exit records");
            _ = Libc.Close(socket);
            return failure;
        }

        // The kernel answers a registration only where it refuses it.
        if (Receive(socket, reply, DoNotWait) is var count and > 0 && TaskStatsMessage.ErrorOf(reply.AsSpan(0, count)) is var error and not 0)
        {
            _ = Libc.Close(socket);
            return Reading<ExitRecords>.Fail(
                error is Libc.ErrorNotPermitted or Libc.ErrorAccess ? ReadFailure.NotPermitted : ReadFailure.NotAvailable,
                $"the registration for exit records: {Libc.Message(error)}");
        }

        return Reading<ExitRecords>.Ok(new ExitRecords(socket, family));
    }

    /// <summary>Hands over the records that have come.</summary>
    public void Drain(Action<ExitAccount> take)
    {
        while (true)
        {
            int count = Receive(Socket, _buffer, DoNotWait);
            if (count > 0)
            {
                foreach (var account in TaskStatsMessage.ExitsOf(_buffer.AsMemory(0, count), _family))
                {
                    take(account);
                }
            }
            else if (count < 0 && Libc.LastError == Libc.ErrorNoBuffers)
            {
                Overruns++;
            }
            else
            {
                return;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Socket >= 0)
        {
            _ = Libc.Close(Socket); // The kernel takes the registration back with the socket.
            Socket = -1;
        }
    }

    private static bool Ask(int socket, byte[] request, byte[] reply, out ReadOnlySpan<byte> answer)
    {
        answer = default;
        if (!Send(socket, request))
        {
            return false;
        }

        // Of the kernel's own families the answer is there when send returns.
        int count = Receive(socket, reply, DoNotWait);
        answer = count > 0 ? reply.AsSpan(0, count) : default;
        return count > 0;
    }

    private static bool Send(int socket, byte[] message)
    {
        fixed (byte* start = message)
        {
            return Libc.Send(socket, start, message.Length, 0) == message.Length;
        }
    }

    private static int Receive(int socket, byte[] buffer, int flags)
    {
        fixed (byte* start = buffer)
        {
            return (int)Libc.Receive(socket, start, buffer.Length, flags);
        }
    }

    private static Reading<ExitRecords> Failure(string what)
    {
        int error = Libc.LastError;
        return Reading<ExitRecords>.Fail(
            error is Libc.ErrorNotPermitted or Libc.ErrorAccess ? ReadFailure.NotPermitted : ReadFailure.NotAvailable,
            $"{what}: {Libc.Message(error)}");
    }
}
