using System.Runtime.InteropServices;

namespace HeapScenarios;

/// <summary>Forks this process into a copy that runs no managed code: it begins in libc's sleep and ends with it.</summary>
internal static unsafe partial class FrozenCopy
{
    private const int CloneFiles = 0x400;
    private const int WaitForClones = 0x40000000;
    private const int BlockSignals = 0;
    private const int SetSignals = 2;
    private const int StackBytes = 64 * 1024;
    private const int SecondsAlive = 120;

    private static readonly nint Sleep = NativeLibrary.GetExport(NativeLibrary.Load("libc.so.6"), "sleep");

    /// <summary>Allocated once: it is in every copy, and in every charge.</summary>
    private static readonly byte* Stack = (byte*)NativeMemory.AlignedAlloc(StackBytes, 4096);

    public static int Make()
    {
        byte* all = stackalloc byte[128];
        byte* before = stackalloc byte[128];
        _ = sigfillset(all);
        _ = pthread_sigmask(BlockSignals, all, before);
        int pid = clone(Sleep, Stack + StackBytes - 64, CloneFiles, SecondsAlive);
        _ = pthread_sigmask(SetSignals, before, null);
        return pid;
    }

    public static void Reap(int pid)
    {
        _ = kill(pid, 9);
        int status;
        _ = waitpid(pid, &status, WaitForClones);
    }

    public static void Trim() => _ = malloc_trim(0);

    [LibraryImport("libc")]
    private static partial int clone(nint function, byte* stack, int flags, nint argument);

    [LibraryImport("libc")]
    private static partial int sigfillset(byte* set);

    [LibraryImport("libc")]
    private static partial int pthread_sigmask(int how, byte* set, byte* old);

    [LibraryImport("libc")]
    private static partial int kill(int pid, int signal);

    [LibraryImport("libc")]
    private static partial int waitpid(int pid, int* status, int options);

    [LibraryImport("libc")]
    private static partial int malloc_trim(nuint pad);
}
