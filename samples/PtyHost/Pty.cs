using System.Runtime.InteropServices;
using System.Text;
using ForkLint.Samples;

/// <summary>The pseudo-terminal calls of the C library (glibc ≥ 2.34 has them in libc itself).</summary>
internal static unsafe partial class Pty
{
    internal const short SetSession = 0x80; // POSIX_SPAWN_SETSID

    [LibraryImport("libc.so.6", EntryPoint = "forkpty", SetLastError = true)]
    internal static partial int ForkPty(int* controller, nint name, nint terminalSettings, nint windowSize);

    [LibraryImport("libc.so.6", EntryPoint = "execve", SetLastError = true)]
    internal static partial int Execute(byte* path, byte** arguments, byte** environment);

    [LibraryImport("libc.so.6", EntryPoint = "_exit")]
    internal static partial void Exit(int code);

    [LibraryImport("libc.so.6", EntryPoint = "openpty", SetLastError = true)]
    internal static partial int OpenPty(int* controller, int* terminal, nint name, nint terminalSettings, nint windowSize);

    [LibraryImport("libc.so.6", EntryPoint = "ptsname_r")]
    internal static partial int TerminalName(int controller, byte* name, nuint nameLength);

    [LibraryImport("libc.so.6", EntryPoint = "posix_spawn")]
    internal static partial int Spawn(int* pid, byte* path, void* fileActions, void* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc.so.6", EntryPoint = "posix_spawn_file_actions_init")]
    internal static partial int InitializeFileActions(void* fileActions);

    [LibraryImport("libc.so.6", EntryPoint = "posix_spawn_file_actions_addopen")]
    internal static partial int AddOpen(void* fileActions, int descriptor, byte* path, int flags, uint mode);

    [LibraryImport("libc.so.6", EntryPoint = "posix_spawn_file_actions_adddup2")]
    internal static partial int AddDuplicate(void* fileActions, int descriptor, int newDescriptor);

    [LibraryImport("libc.so.6", EntryPoint = "posix_spawnattr_init")]
    internal static partial int InitializeAttributes(void* attributes);

    [LibraryImport("libc.so.6", EntryPoint = "posix_spawnattr_setflags")]
    internal static partial int SetFlags(void* attributes, short flags);

    [LibraryImport("libc.so.6", EntryPoint = "read", SetLastError = true)]
    internal static partial nint Read(int descriptor, byte* buffer, nuint lengthBytes);

    [LibraryImport("libc.so.6", EntryPoint = "write", SetLastError = true)]
    internal static partial nint Write(int descriptor, byte* buffer, nuint lengthBytes);

    [LibraryImport("libc.so.6", EntryPoint = "close")]
    internal static partial int Close(int descriptor);

    /// <summary>The first line that the shell wrote to its terminal.</summary>
    internal static string ReadLine(int controller)
    {
        var text = new StringBuilder();
        byte one;
        while (Read(controller, &one, 1) == 1 && one != '\n')
        {
            text.Append((char)one);
        }

        return text.ToString().Trim();
    }

    /// <summary>Types a line, which ends the shell, and reads what is left.</summary>
    internal static void Finish(int controller)
    {
        byte newLine = (byte)'\n';
        _ = Write(controller, &newLine, 1);

        // The end of the last process on a terminal is an error to its reader (EIO), not an end of file.
        byte one;
        while (Read(controller, &one, 1) == 1)
        {
        }

        _ = Close(controller);
    }

    /// <summary>Waits for the shell; returns whether it ended well.</summary>
    internal static bool Reap(int pid)
    {
        int status;
        return LibC.WaitPid(pid, &status, LibC.WaitForAnyChild) == pid && status == 0;
    }
}
