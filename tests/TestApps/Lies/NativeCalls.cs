using System.Runtime.InteropServices;

namespace ForkLint.TestApps.Lies;

/// <summary>The system calls of an agent, and those of a liar.</summary>
internal static unsafe partial class NativeCalls
{
    public const int ReadWrite = 2;
    private const int CloneFiles = 0x400;
    private const int PidfdOpen = 434;
    private const int StackBytes = 65536;

    /// <summary>A copy of this process that sleeps, without an exit signal: what the agent makes.</summary>
    public static int Copy(int seconds)
    {
        nint sleep = NativeLibrary.GetExport(NativeLibrary.GetMainProgramHandle(), "sleep");
        byte* stack = (byte*)NativeMemory.AlignedAlloc(StackBytes, 16);
        return Clone(sleep, stack + StackBytes, CloneFiles, seconds);
    }

    /// <summary>A descriptor of a process.</summary>
    public static int OpenProcess(int pid, uint flags = 0) => (int)SystemCall(PidfdOpen, pid, (nint)flags);

    /// <summary>Sends bytes, and descriptors with them.</summary>
    public static void Send(int socket, ReadOnlySpan<byte> bytes, ReadOnlySpan<int> descriptors)
    {
        byte* control = stackalloc byte[16 + (descriptors.Length * sizeof(int)) + 8];
        nint* message = stackalloc nint[7];
        nint* vector = stackalloc nint[2];
        new Span<nint>(message, 7).Clear();
        fixed (byte* start = bytes)
        {
            vector[0] = (nint)start;
            vector[1] = bytes.Length;
            message[2] = (nint)vector;
            message[3] = 1;
            if (descriptors.Length > 0)
            {
                *(nint*)control = 16 + (descriptors.Length * sizeof(int));
                *(int*)(control + 8) = 1;
                *(int*)(control + 12) = 1;
                descriptors.CopyTo(new Span<int>(control + 16, descriptors.Length));
                message[4] = (nint)control;
                message[5] = 16 + (descriptors.Length * sizeof(int));
            }

            _ = SendMessage(socket, message, 0x4000);
        }
    }

    /// <summary>The process at the other end of a socket.</summary>
    public static int Peer(int socket)
    {
        int* credentials = stackalloc int[3];
        uint length = 12;
        return GetSocketOption(socket, 1, 17, credentials, &length) == 0 ? credentials[0] : 0;
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "pipe", SetLastError = true)]
    public static partial int Pipe(int* ends);

    [LibraryImport("libc", EntryPoint = "mkfifo", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MakePipe(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "gettid")]
    public static partial int ThreadId();

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    public static partial int Wait(int pid, int* status, int options);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "clone", SetLastError = true)]
    private static partial int Clone(nint function, byte* stack, int flags, nint argument);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint first, nint second);

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    private static partial nint SendMessage(int socket, nint* message, int flags);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    private static partial int GetSocketOption(int socket, int level, int name, int* value, uint* length);
}
