using System.Runtime.InteropServices;
using System.Text;

namespace ForkLint.Agent;

/// <summary>Requests in, replies out, over the blocking socket that the shim connected. No allocation.</summary>
internal sealed unsafe class Channel(NativeFunctions libc, AgentMemory memory, int socket)
{
    private const short Readable = 1;
    private const int NoSignal = 0x4000;
    private const int Interrupted = 4;

    /// <summary>
    /// Waits for the next request; meanwhile, a child that ends by itself is reaped at once.
    /// </summary>
    /// <returns>False when the tool is gone, silent for too long, or speaks another version.</returns>
    public bool Receive(int childDescriptor, ChildProcess child)
    {
        int got = 0;
        int length = AgentProtocol.RequestLengthBytes;
        while (got < length)
        {
            if (!WaitUntilReadable(ref childDescriptor, child))
            {
                return false;
            }

            nint count = libc.Receive(socket, (byte*)memory.Request + got, length - got, 0);
            if (count <= 0)
            {
                return false;
            }

            got += (int)count;
        }

        return memory.Request->Magic == AgentProtocol.Magic;
    }

    /// <summary>Clears the reply for the request at hand.</summary>
    public AgentReply* BeginReply()
    {
        *memory.Reply = default;
        memory.Reply->Magic = AgentProtocol.Magic;
        memory.Reply->Operation = memory.Request->Operation;
        return memory.Reply;
    }

    /// <summary>Puts text into the reply, cut to what fits.</summary>
    public void SetText(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        int length = Math.Min(bytes.Length, AgentProtocol.TextCapacityBytes);
        new Span<byte>(bytes, 0, length).CopyTo(new Span<byte>(memory.Reply->Text, AgentProtocol.TextCapacityBytes));
        memory.Reply->TextLengthBytes = length;
    }

    /// <summary>Sends the reply with up to two descriptors (negative: none); false when the tool is gone.</summary>
    public bool Send(int first, int second)
    {
        var reply = memory.Reply;
        reply->Descriptors = (first >= 0 ? 1 : 0) | (second >= 0 ? 2 : 0);

        // struct msghdr and cmsghdr of 64-bit kernels: sizes are 8 bytes, and musl's 4-byte sizes have a zero beside them.
        byte* area = memory.Scratch + 1024;
        new Span<byte>(area, 256).Clear();
        nint* message = (nint*)area;
        nint* vector = (nint*)(area + 64);
        byte* control = area + 128;
        vector[0] = (nint)reply;
        vector[1] = AgentProtocol.ReplyLengthBytes;
        message[2] = (nint)vector;
        message[3] = 1;
        int descriptors = (first >= 0 ? 1 : 0) + (second >= 0 ? 1 : 0);
        if (descriptors > 0)
        {
            *(nint*)control = 16 + (4 * descriptors);
            *(int*)(control + 8) = 1; // SOL_SOCKET
            *(int*)(control + 12) = 1; // SCM_RIGHTS
            *(int*)(control + 16) = first >= 0 ? first : second;
            *(int*)(control + 20) = first >= 0 ? second : 0;
            message[4] = (nint)control;
            message[5] = 24;
        }

        nint sent;
        do
        {
            sent = libc.SendMessage(socket, message, NoSignal);
        }
        while (sent < 0 && Marshal.GetLastSystemError() == Interrupted);

        return sent == AgentProtocol.ReplyLengthBytes;
    }

    /// <summary>Says nothing until the tool gives up: an injected fault.</summary>
    public void WaitForGoodbye()
    {
        int* polled = (int*)(memory.Scratch + 1536);
        polled[0] = socket;
        polled[1] = Readable;
        _ = libc.Poll(polled, 1, AgentProtocol.IdleSeconds * 1000);
    }

    private bool WaitUntilReadable(ref int childDescriptor, ChildProcess child)
    {
        // struct pollfd: int fd, short events, short revents. A negative descriptor is ignored by the kernel.
        int* polled = (int*)(memory.Scratch + 1536);
        while (true)
        {
            polled[0] = socket;
            polled[1] = Readable;
            polled[2] = childDescriptor;
            polled[3] = Readable;
            nint ready = libc.Poll(polled, 2, AgentProtocol.IdleSeconds * 1000);
            if (ready < 0 && Marshal.GetLastSystemError() == Interrupted)
            {
                continue;
            }

            if (ready <= 0)
            {
                return false;
            }

            if (polled[3] >> 16 != 0)
            {
                child.Reap();
                childDescriptor = -1;
            }

            if (polled[1] >> 16 != 0)
            {
                return true;
            }
        }
    }
}
