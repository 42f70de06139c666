using System.Runtime.InteropServices;
using System.Text;

// The tool loads libc from the system only, never from a folder it happens to lie in.
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.System32)]

namespace ForkLint.Heap.Interop;

/// <summary>The system calls behind the reading of a heap, and behind the reader as a process of its own.</summary>
internal static unsafe partial class Libc
{
    [LibraryImport("libc", EntryPoint = "pread64", SetLastError = true)]
    public static partial nint ReadAt(int descriptor, byte* buffer, nuint count, long offset);

    [LibraryImport("libc", EntryPoint = "madvise")]
    public static partial int AdviseMemory(nint address, nuint bytes, int advice);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint EffectiveUser();

    /// <summary>statx as a system call: musl has no wrapper for it before 1.2.5.</summary>
    public static nint Statx(int directory, string path, int flags, nint mask, byte* facts)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            return SystemCall(RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 291 : 332, directory, (nint)name, flags, mask, (nint)facts);
        }
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint first, nint second, nint third, nint fourth, nint fifth);

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    public static partial int GetLimit(int resource, ulong* limits);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    public static partial int SetLimit(int resource, ulong* limits);

    [LibraryImport("libc", EntryPoint = "socketpair", SetLastError = true)]
    public static partial int SocketPair(int family, int type, int protocol, int* ends);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int ControlFile(int descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(int socket, byte* buffer, nint count, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(int socket, byte* buffer, nint count, int flags);

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    public static partial nint SendMessage(int socket, nint* message, int flags);

    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    public static partial nint ReceiveMessage(int socket, nint* message, int flags);
}
