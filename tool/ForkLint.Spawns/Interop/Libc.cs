using System.Runtime.InteropServices;

// The tool loads libc from the system only, never from a folder that it happens to lie in.
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.System32)]

namespace ForkLint.Spawns.Interop;

/// <summary>The system calls behind a trace. Nothing here touches the traced application.</summary>
internal static unsafe partial class Libc
{
    public const int CloseOnExec = 0x80000;

    public const int ErrorNotPermitted = 1;
    public const int ErrorNoProcess = 3;
    public const int ErrorInterrupted = 4;
    public const int ErrorAgain = 11;
    public const int ErrorAccess = 13;
    public const int ErrorNoBuffers = 105;

    /// <summary>mmap: PROT_READ | PROT_WRITE.</summary>
    public const int ReadWrite = 3;

    /// <summary>mmap: MAP_SHARED.</summary>
    public const int Shared = 1;

    /// <summary>poll: POLLIN.</summary>
    public const short Readable = 1;

    // The mount calls have one number on every architecture (since Linux 5.2).
    private const int FsOpenCall = 430;
    private const int FsConfigCall = 431;
    private const int FsMountCall = 432;

    /// <summary>errno of the call before.</summary>
    public static int LastError => Marshal.GetLastPInvokeError();

    private static int PerfEventOpenCall => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 241 : 298;

    /// <summary>The kernel's words for an errno.</summary>
    public static string Message(int error) => Marshal.GetPInvokeErrorMessage(error);

    /// <summary>perf_event_open(2); the descriptor, or a negative number with <see cref="LastError"/>.</summary>
    public static int PerfEventOpen(void* attributes, int pid, int cpu, int group) =>
        (int)SystemCall(PerfEventOpenCall, (nint)attributes, pid, cpu, group, 8); // PERF_FLAG_FD_CLOEXEC

    /// <summary>
    /// A mount of a file system that is attached nowhere: only this descriptor reaches it, and it goes with it (fsopen(2), fsmount(2)).
    /// A negative number where the caller may not mount.
    /// </summary>
    public static int MountDetached(string fileSystem)
    {
        int context;
        fixed (byte* name = System.Text.Encoding.UTF8.GetBytes(fileSystem + "\0"))
        {
            context = (int)SystemCall(FsOpenCall, (nint)name, 1, 0, 0, 0); // FSOPEN_CLOEXEC
        }

        if (context < 0)
        {
            return context;
        }

        const int create = 6; // FSCONFIG_CMD_CREATE
        int mount = SystemCall(FsConfigCall, context, create, 0, 0, 0) == 0 ? (int)SystemCall(FsMountCall, context, 1, 0, 0, 0) : -1;
        int error = LastError;
        _ = Close(context);
        Marshal.SetLastPInvokeError(error);
        return mount;
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    public static partial byte* Map(void* address, nint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    public static partial int Unmap(void* address, nint length);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Control(int descriptor, nint request, nint argument);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollEntry* entries, nint count, int timeoutMilliseconds);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int domain, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    public static partial int Bind(int descriptor, void* address, int lengthBytes);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetSocketOption(int descriptor, int level, int name, void* value, int lengthBytes);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(int descriptor, void* bytes, nint count, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(int descriptor, void* bytes, nint count, int flags);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint EffectiveUserId();

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint first, nint second, nint third, nint fourth, nint fifth);
}

/// <summary>struct pollfd.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollEntry
{
    public int Descriptor;
    public short Wanted;
    public short Got;
}
