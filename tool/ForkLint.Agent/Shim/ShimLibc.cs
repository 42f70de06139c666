using System.Runtime.InteropServices;

namespace ForkLint.Agent.Shim;

/// <summary>
/// The few libc functions that the shim needs, found among the symbols that the application already has. A DllImport would probe for
/// "libc.so" beside the shim, which may lie in a folder that others can write.
/// </summary>
internal static unsafe class ShimLibc
{
    /// <summary>O_DIRECTORY differs between the architectures (asm/fcntl.h); O_NOFOLLOW does too. Read only, close on exec.</summary>
    public static int OpenDirectoryFlags => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x8C000 : 0xB0000;

    /// <summary>Opens a directory; -1 when it is not there or is a symbolic link.</summary>
    public static int OpenDirectory(string path)
    {
        fixed (byte* bytes = Terminated(path))
        {
            return ((delegate* unmanaged<byte*, int, int, int>)Find("open"))(bytes, OpenDirectoryFlags, 0);
        }
    }

    /// <summary>A blocking stream socket of the Unix domain that a child of the application does not inherit.</summary>
    public static int UnixSocket() => ((delegate* unmanaged<int, int, int, int>)Find("socket"))(1, 1 | 0x80000, 0);

    /// <summary>Connects to a path of at most 107 bytes; the errno, or 0.</summary>
    public static int Connect(int socket, string path)
    {
        byte* address = stackalloc byte[110];
        new Span<byte>(address, 110).Clear();
        *(ushort*)address = 1;
        var text = Terminated(path);
        new Span<byte>(text).CopyTo(new Span<byte>(address + 2, 108));
        int result = ((delegate* unmanaged<int, byte*, uint, int>)Find("connect"))(socket, address, (uint)(2 + text.Length));
        return result == 0 ? 0 : Marshal.GetLastSystemError();
    }

    /// <summary>The user id of the process that listens at the other end; uint.MaxValue when the kernel does not say.</summary>
    public static uint PeerUserId(int socket)
    {
        uint* credentials = stackalloc uint[3];
        uint length = 12;
        int result = ((delegate* unmanaged<int, int, int, void*, uint*, int>)Find("getsockopt"))(socket, 1, 17, credentials, &length);
        return result == 0 && length == 12 ? credentials[1] : uint.MaxValue;
    }

    /// <summary>The effective user id of the application.</summary>
    public static uint EffectiveUserId() => ((delegate* unmanaged<uint>)Find("geteuid"))();

    /// <summary>Makes reads and writes give up after this long, so that a hung tool cannot keep the thread.</summary>
    public static void LimitWaits(int socket, int seconds)
    {
        long* time = stackalloc long[2];
        time[0] = seconds;
        time[1] = 0;
        var set = (delegate* unmanaged<int, int, int, void*, uint, int>)Find("setsockopt");
        _ = set(socket, 1, 20, time, 16);
        _ = set(socket, 1, 21, time, 16);
    }

    /// <summary>Sends all bytes; false when the tool is gone.</summary>
    public static bool Send(int socket, ReadOnlySpan<byte> bytes)
    {
        var send = (delegate* unmanaged<int, byte*, nint, int, nint>)Find("send");
        fixed (byte* start = bytes)
        {
            for (int sent = 0; sent < bytes.Length;)
            {
                nint count = send(socket, start + sent, bytes.Length - sent, 0x4000); // MSG_NOSIGNAL
                if (count <= 0)
                {
                    return false;
                }

                sent += (int)count;
            }
        }

        return true;
    }

    /// <summary>Fills the buffer; false when the tool is gone or silent.</summary>
    public static bool Receive(int socket, Span<byte> bytes)
    {
        var receive = (delegate* unmanaged<int, byte*, nint, int, nint>)Find("recv");
        fixed (byte* start = bytes)
        {
            for (int got = 0; got < bytes.Length;)
            {
                nint count = receive(socket, start + got, bytes.Length - got, 0);
                if (count <= 0)
                {
                    return false;
                }

                got += (int)count;
            }
        }

        return true;
    }

    /// <summary>Removes a name in an opened directory.</summary>
    public static void Unlink(int directory, string name)
    {
        fixed (byte* bytes = Terminated(name))
        {
            _ = ((delegate* unmanaged<int, byte*, int, int>)Find("unlinkat"))(directory, bytes, 0);
        }
    }

    /// <summary>Removes a directory if it is empty.</summary>
    public static void RemoveDirectory(string path)
    {
        fixed (byte* bytes = Terminated(path))
        {
            _ = ((delegate* unmanaged<byte*, int>)Find("rmdir"))(bytes);
        }
    }

    /// <summary>Closes a descriptor.</summary>
    public static void Close(int descriptor) => _ = ((delegate* unmanaged<int, int>)Find("close"))(descriptor);

    private static nint Find(string name) => NativeLibrary.GetExport(NativeLibrary.GetMainProgramHandle(), name);

    private static byte[] Terminated(string text)
    {
        // Paths are bytes; the ones here came through UTF-8 and go back the same way.
        var bytes = new byte[System.Text.Encoding.UTF8.GetByteCount(text) + 1];
        System.Text.Encoding.UTF8.GetBytes(text, bytes);
        return bytes;
    }
}
