using System.Runtime.InteropServices;
using System.Text;

// The tool loads libc from the system only, never from a folder it happens to lie in.
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.System32)]

namespace ForkLint.Linux.Text;

/// <summary>The system calls behind the readers. The raw errno decides between "gone", "not permitted" and "not available", and costs no exception.</summary>
internal static unsafe partial class Libc
{
    public const int OpenReadOnly = 0;
    public const int OpenCloseOnExec = 0x80000;
    public const int ErrorNotPermitted = 1;
    public const int ErrorNoEntry = 2;
    public const int ErrorNoProcess = 3;
    public const int ErrorInterrupted = 4;
    public const int ErrorAccess = 13;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int descriptor, byte* buffer, nint count);

    [LibraryImport("libc", EntryPoint = "pread", SetLastError = true)]
    public static partial nint ReadAt(int descriptor, byte* buffer, nint count, long offset);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "readlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint ReadLink(string path, byte* buffer, nint size);

    [LibraryImport("libc", EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Access(string path, int mode);

    /// <summary>statx as a system call: musl has no wrapper for it before 1.2.5.</summary>
    public static nint Statx(int directory, string path, int flags, nint mask, byte* facts)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            return SystemCall(RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 291 : 332, directory, (nint)name, flags, mask, (nint)facts);
        }
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial nint SystemCall(nint number, nint first, nint second, nint third, nint fourth, nint fifth);
}
