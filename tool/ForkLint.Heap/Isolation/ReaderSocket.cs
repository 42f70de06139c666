using System.Buffers.Binary;
using System.Runtime.InteropServices;
using ForkLint.Heap.Interop;
using Microsoft.Win32.SafeHandles;

namespace ForkLint.Heap.Isolation;

/// <summary>One end of a pair of connected sockets: messages of a kind and a text, the first byte of which can bring an open file along.</summary>
internal sealed unsafe class ReaderSocket : IDisposable
{
    private const int UnixFamily = 1;
    private const int StreamType = 1;
    private const int CloseOnExec = 0x80000;
    private const int CloseReceivedOnExec = 0x40000000;
    private const int NoSignal = 0x4000;
    private const int SocketLevel = 1;
    private const int Rights = 1;
    private const int SetDescriptorFlags = 2;
    private const int Interrupted = 4;

    /// <summary>A control message with one descriptor: length, level, type, number, padded to 8 bytes.</summary>
    private const int ControlBytes = 24;

    private readonly SafeFileHandle _handle;
    private readonly object _writing = new();

    public ReaderSocket(int descriptor) => _handle = new SafeFileHandle(descriptor, ownsHandle: true);

    /// <summary>A pair of ends; neither survives an exec.</summary>
    /// <exception cref="IOException">There is no descriptor left.</exception>
    public static (ReaderSocket Ours, ReaderSocket Theirs) Pair()
    {
        int* ends = stackalloc int[2];
        return Libc.SocketPair(UnixFamily, StreamType | CloseOnExec, 0, ends) == 0
            ? (new ReaderSocket(ends[0]), new ReaderSocket(ends[1]))
            : throw new IOException($"socketpair: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>Lets the next process that is started have this end under the number returned.</summary>
    public int Inherit()
    {
        int descriptor = (int)_handle.DangerousGetHandle();
        _ = Libc.ControlFile(descriptor, SetDescriptorFlags, 0);
        return descriptor;
    }

    /// <summary>Sends a message; false when the other end is gone. Any thread.</summary>
    public bool Send(byte kind, ReadOnlySpan<byte> text, SafeFileHandle? file = null)
    {
        Span<byte> head = stackalloc byte[5];
        head[0] = kind;
        BinaryPrimitives.WriteInt32LittleEndian(head[1..], text.Length);
        lock (_writing)
        {
            return (file is null ? Write(head) : WriteWith(head, file)) && Write(text);
        }
    }

    /// <summary>Waits for a message; null when the other end is gone. One thread only.</summary>
    /// <param name="file">The file that came along; null where none did.</param>
    public (byte Kind, byte[] Text)? Receive(out SafeFileHandle? file)
    {
        Span<byte> head = stackalloc byte[5];
        if (!ReadWith(head, out file))
        {
            return null;
        }

        byte[] text = new byte[BinaryPrimitives.ReadInt32LittleEndian(head[1..])];
        return Fill(text) ? (head[0], text) : null;
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private bool Write(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            for (int done = 0; done < bytes.Length;)
            {
                nint count = Libc.Send((int)_handle.DangerousGetHandle(), start + done, bytes.Length - done, NoSignal);
                if (count <= 0 && Marshal.GetLastPInvokeError() != Interrupted)
                {
                    return false;
                }

                done += (int)Math.Max(count, 0);
            }
        }

        return true;
    }

    private bool WriteWith(ReadOnlySpan<byte> bytes, SafeFileHandle file)
    {
        byte* control = stackalloc byte[ControlBytes];
        new Span<byte>(control, ControlBytes).Clear();
        *(nint*)control = 20;
        *(int*)(control + 8) = SocketLevel;
        *(int*)(control + 12) = Rights;
        *(int*)(control + 16) = (int)file.DangerousGetHandle();
        nint* vector = stackalloc nint[2];
        nint* message = stackalloc nint[7];
        fixed (byte* start = bytes)
        {
            // The first byte alone: what carries a descriptor may be cut short.
            Describe(message, vector, start, 1, control);
            while (true)
            {
                nint sent = Libc.SendMessage((int)_handle.DangerousGetHandle(), message, NoSignal);
                if (sent > 0)
                {
                    return Write(bytes[1..]);
                }

                if (Marshal.GetLastPInvokeError() != Interrupted)
                {
                    return false;
                }
            }
        }
    }

    private bool ReadWith(Span<byte> bytes, out SafeFileHandle? file)
    {
        file = null;
        byte* control = stackalloc byte[ControlBytes];
        nint* vector = stackalloc nint[2];
        nint* message = stackalloc nint[7];
        fixed (byte* start = bytes)
        {
            while (true)
            {
                Describe(message, vector, start, 1, control);
                nint count = Libc.ReceiveMessage((int)_handle.DangerousGetHandle(), message, CloseReceivedOnExec);
                if (count > 0)
                {
                    if (message[5] >= 20 && *(int*)(control + 8) == SocketLevel && *(int*)(control + 12) == Rights)
                    {
                        file = new SafeFileHandle(*(int*)(control + 16), ownsHandle: true);
                    }

                    return Fill(bytes[1..]);
                }

                if (count == 0 || Marshal.GetLastPInvokeError() != Interrupted)
                {
                    return false;
                }
            }
        }
    }

    private bool Fill(Span<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            for (int done = 0; done < bytes.Length;)
            {
                nint count = Libc.Receive((int)_handle.DangerousGetHandle(), start + done, bytes.Length - done, 0);
                if (count == 0 || (count < 0 && Marshal.GetLastPInvokeError() != Interrupted))
                {
                    return false;
                }

                done += (int)Math.Max(count, 0);
            }
        }

        return true;
    }

    /// <summary>A <c>struct msghdr</c> of one buffer and one control message.</summary>
    private static void Describe(nint* message, nint* vector, byte* start, int length, byte* control)
    {
        vector[0] = (nint)start;
        vector[1] = length;
        new Span<nint>(message, 7).Clear();
        message[2] = (nint)vector;
        message[3] = 1;
        message[4] = (nint)control;
        message[5] = ControlBytes;
    }
}
