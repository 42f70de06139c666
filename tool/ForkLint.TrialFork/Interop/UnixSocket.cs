using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace ForkLint.TrialFork;

/// <summary>The other end of a Unix socket, as the kernel vouches for it.</summary>
internal readonly record struct PeerCredentials(int Pid, uint UserId);

/// <summary>A stream socket of the Unix domain on which no wait is endless.</summary>
internal sealed unsafe class UnixSocket(int descriptor) : IDisposable
{
    private const int StreamType = 1 | 0x80000; // SOCK_STREAM, close on exec
    private const int NonBlocking = 0x800;
    private const int NoSignal = 0x4000;
    private const int DoNotWait = 0x40;
    private const short Readable = 1;
    private const short Writable = 4;
    private const int ControlHeaderBytes = 16; // struct cmsghdr
    private const int MostDescriptors = 2;
    private readonly Descriptor _descriptor = new(descriptor);

    /// <summary>The number of the descriptor.</summary>
    public int Value => _descriptor.Value;

    /// <summary>A new, unconnected socket.</summary>
    public static UnixSocket Create()
    {
        int socket = Libc.Socket(1, StreamType | NonBlocking, 0);
        return socket >= 0 ? new UnixSocket(socket) : throw new IOException($"socket: {Libc.Message(Libc.LastError)}");
    }

    /// <summary>Connects to a path below an opened directory; 0 or the errno.</summary>
    public int Connect(Descriptor directory, string name) => WithAddress(directory, name, (address, length) => Libc.Connect(Value, (byte*)address, length));

    /// <summary>Binds to a path below an opened directory; 0 or the errno.</summary>
    public int Bind(Descriptor directory, string name) => WithAddress(directory, name, (address, length) => Libc.Bind(Value, (byte*)address, length));

    /// <summary>Begins to listen; 0 or the errno.</summary>
    public int Listen() => Libc.Listen(Value, 8) == 0 ? 0 : Libc.LastError;

    /// <summary>The next connection; null if none is waiting.</summary>
    public UnixSocket? Accept()
    {
        int accepted = Libc.Accept(Value, null, null, 0x80000 | NonBlocking);
        return accepted >= 0 ? new UnixSocket(accepted) : null;
    }

    /// <summary>Who is at the other end; null where the kernel does not say.</summary>
    public PeerCredentials? Peer()
    {
        int* credentials = stackalloc int[3];
        uint length = 12;
        return Libc.GetSocketOption(Value, 1, 17, credentials, &length) == 0
            ? new PeerCredentials(credentials[0], (uint)credentials[1])
            : null;
    }

    /// <summary>Sends everything before the deadline; false when the peer is gone or does not take it.</summary>
    public bool Send(ReadOnlySpan<byte> bytes, Deadline deadline)
    {
        fixed (byte* start = bytes)
        {
            for (int sent = 0; sent < bytes.Length;)
            {
                nint count = Libc.Send(Value, start + sent, bytes.Length - sent, NoSignal | DoNotWait);
                if (count > 0)
                {
                    sent += (int)count;
                }
                else if (Libc.LastError is not (Libc.ErrorAgain or Libc.ErrorInterrupted) || !deadline.Wait(Value, Writable))
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>Fills the buffer before the deadline; false when the peer is gone or silent. Descriptors that come along are not taken.</summary>
    public bool Receive(Span<byte> bytes, Deadline deadline) => Receive(bytes, deadline, 0, []);

    /// <summary>Fills the buffer before the deadline; of the descriptors that come along at most so many are added to the list.</summary>
    /// <remarks>
    /// The kernel drops what does not fit into the control buffer, so a surplus descriptor never has a number here, and nothing of the peer's
    /// choice has to be closed (net/core/scm.c, scm_detach_fds).
    /// </remarks>
    public bool Receive(Span<byte> bytes, Deadline deadline, int mostDescriptors, List<Descriptor> descriptors)
    {
        byte* control = stackalloc byte[ControlHeaderBytes + (MostDescriptors * sizeof(int))];
        nint* vector = stackalloc nint[2];
        nint* message = stackalloc nint[7];
        fixed (byte* start = bytes)
        {
            for (int got = 0; got < bytes.Length;)
            {
                int room = Math.Clamp(mostDescriptors, 0, MostDescriptors) - descriptors.Count;
                vector[0] = (nint)(start + got);
                vector[1] = bytes.Length - got;
                new Span<nint>(message, 7).Clear();
                message[2] = (nint)vector;
                message[3] = 1;
                message[4] = room > 0 ? (nint)control : 0;
                message[5] = room > 0 ? ControlHeaderBytes + (room * sizeof(int)) : 0;
                nint count = Libc.ReceiveMessage(Value, message, DoNotWait | 0x40000000); // close on exec
                if (count > 0)
                {
                    got += (int)count;
                    TakeDescriptors(control, (int)message[5], descriptors);
                }
                else if (count == 0 || Libc.LastError is not (Libc.ErrorAgain or Libc.ErrorInterrupted) || !deadline.Wait(Value, Readable))
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>Whether unread bytes are waiting. The end of the connection does not count.</summary>
    public bool HasInput()
    {
        const int peek = 2;
        byte first;
        return Libc.Receive(Value, &first, 1, peek | DoNotWait) > 0;
    }

    /// <summary>Waits until the peer has read all that was sent; false when the deadline passes before.</summary>
    public bool WaitUntilRead(Deadline deadline)
    {
        const nuint unreadBytes = 0x5411; // SIOCOUTQ: what the peer has not taken yet (net/unix/af_unix.c, unix_outq_len)
        while (true)
        {
            int unread;
            if (Libc.Control(Value, unreadBytes, &unread) != 0)
            {
                return false;
            }

            if (unread == 0)
            {
                return true;
            }

            if (!deadline.Pause(1))
            {
                return false;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _descriptor.Dispose();

    private static void TakeDescriptors(byte* control, int length, List<Descriptor> descriptors)
    {
        // One control message fits: a length of 8 bytes, SOL_SOCKET and SCM_RIGHTS, then the numbers.
        if (length >= ControlHeaderBytes + sizeof(int) && *(int*)(control + 8) == 1 && *(int*)(control + 12) == 1)
        {
            int count = ((int)*(nint*)control - ControlHeaderBytes) / sizeof(int);
            for (int index = 0; index < count; index++)
            {
                descriptors.Add(new Descriptor(((int*)(control + ControlHeaderBytes))[index]));
            }
        }
    }

    private static int WithAddress(Descriptor directory, string name, Func<nint, uint, int> call)
    {
        // Through the descriptor: sun_path holds 108 bytes, and a temporary folder may have a longer name.
        byte[] path = Encoding.UTF8.GetBytes($"{directory.Path}/{name}");
        byte* address = stackalloc byte[110];
        new Span<byte>(address, 110).Clear();
        *(ushort*)address = 1;
        path.CopyTo(new Span<byte>(address + 2, 107));
        return call((nint)address, (uint)(2 + path.Length + 1)) == 0 ? 0 : Marshal.GetLastPInvokeError();
    }
}

/// <summary>The end of someone's patience. Waiting ends early when the target dies or the user interrupts.</summary>
/// <param name="patience">How long from now.</param>
/// <param name="targetDescriptor">A pidfd to watch; negative: none.</param>
/// <param name="cancellation">The user's interruption.</param>
internal sealed unsafe class Deadline(TimeSpan patience, int targetDescriptor, CancellationToken cancellation)
{
    private const int SliceMilliseconds = 50;
    private readonly long _start = Stopwatch.GetTimestamp();

    /// <summary>Whether the patience is over.</summary>
    public bool HasPassed => Stopwatch.GetElapsedTime(_start) > patience;

    /// <summary>
    /// Waits for an event on a descriptor; false when the patience is over or the target is dead. It is over even where there is an event:
    /// a peer that sends a byte now and then would never be given up otherwise.
    /// </summary>
    /// <exception cref="OperationCanceledException">The user interrupted.</exception>
    public bool Wait(int descriptor, short wanted)
    {
        var entries = stackalloc PollEntry[2];
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            entries[0] = new PollEntry { Descriptor = descriptor, Wanted = wanted };
            entries[1] = new PollEntry { Descriptor = targetDescriptor, Wanted = 1 };
            int ready = Libc.Poll(entries, 2, SliceMilliseconds);
            if (ready > 0 && entries[0].Got != 0 && !HasPassed)
            {
                return true;
            }

            if (HasPassed || (ready > 0 && entries[1].Got != 0))
            {
                return false;
            }
        }
    }

    /// <summary>Sleeps a moment; false when the patience is over or the target is dead.</summary>
    public bool Pause(int milliseconds)
    {
        cancellation.ThrowIfCancellationRequested();
        var entry = new PollEntry { Descriptor = targetDescriptor, Wanted = 1 };
        return Libc.Poll(&entry, 1, milliseconds) == 0 && !HasPassed;
    }
}
