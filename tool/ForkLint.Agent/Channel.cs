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

    /// <summary>Clears the reply for the next request.</summary>
    public AgentReply* BeginReply()
    {
        *memory.Reply = default;
        memory.Reply->Magic = AgentProtocol.Magic;
        memory.Reply->Operation = memory.Request->Operation;
        memory.Reply->Number = memory.Request->Number;
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

        var scratch = memory.Scratch;
        scratch->Vector = new IoVector { Start = reply, LengthBytes = AgentProtocol.ReplyLengthBytes };
        scratch->Message = new MessageHeader { Vectors = &scratch->Vector, VectorCount = 1 };
        int descriptors = (first >= 0 ? 1 : 0) + (second >= 0 ? 1 : 0);
        if (descriptors > 0)
        {
            scratch->Descriptors = new DescriptorMessage
            {
                LengthBytes = DescriptorMessage.HeaderBytes + (sizeof(int) * descriptors),
                Level = 1, // SOL_SOCKET
                Type = 1, // SCM_RIGHTS
                First = first >= 0 ? first : second,
                Second = first >= 0 ? second : 0,
            };
            scratch->Message.Control = &scratch->Descriptors;
            scratch->Message.ControlLengthBytes = sizeof(DescriptorMessage);
        }

        nint sent;
        do
        {
            sent = libc.SendMessage(socket, &scratch->Message, NoSignal);
        }
        while (sent < 0 && Marshal.GetLastSystemError() == Interrupted);

        return sent == AgentProtocol.ReplyLengthBytes;
    }

    /// <summary>Says nothing until the tool gives up: an injected fault.</summary>
    public void WaitForGoodbye()
    {
        memory.Scratch->Socket = new PollEntry { Descriptor = socket, Wanted = Readable };
        _ = libc.Poll(&memory.Scratch->Socket, 1, AgentProtocol.IdleSeconds * 1000);
    }

    private bool WaitUntilReadable(ref int childDescriptor, ChildProcess child)
    {
        long idleSince = Environment.TickCount64;
        while (true)
        {
            // The kernel ignores a negative descriptor. A child whose time is over is ended here: it has no clock of its own.
            var scratch = memory.Scratch;
            scratch->Socket = new PollEntry { Descriptor = socket, Wanted = Readable };
            scratch->Child = new PollEntry { Descriptor = childDescriptor, Wanted = Readable };
            int idle = (int)Math.Max(0, (AgentProtocol.IdleSeconds * 1000) - (Environment.TickCount64 - idleSince));
            int left = child.LeftMilliseconds;
            nint ready = libc.Poll(&scratch->Socket, 2, Math.Min(idle, left));
            if (ready < 0 && Marshal.GetLastSystemError() != Interrupted)
            {
                return false;
            }

            if (ready == 0 && idle <= left)
            {
                return false;
            }

            if (ready > 0 && scratch->Child.Got != 0)
            {
                child.Reap();
                childDescriptor = -1;
            }
            else if (ready == 0)
            {
                child.End();
                childDescriptor = -1;
            }

            if (ready > 0 && scratch->Socket.Got != 0)
            {
                return true;
            }
        }
    }
}
