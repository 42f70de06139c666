using System.Runtime.InteropServices;

namespace ForkLint.Samples;

/// <summary>The few calls of the C library that the samples show.</summary>
internal static unsafe partial class LibC
{
    internal const int ProtNone = 0;
    internal const int ProtReadWrite = 3;
    internal const int MapPrivateAnonymous = 0x22;
    internal const int MadvDontFork = 10;
    internal const int MadvDoFork = 11;
    internal const int CloneFiles = 0x400;
    internal const int WaitForAnyChild = 0x40000000; // __WALL: also a child whose exit signal is 0
    internal const int Kill = 9;
    internal const int OutOfMemory = 12; // ENOMEM

    [LibraryImport("libc", EntryPoint = "clone", SetLastError = true)]
    internal static partial int Clone(nint function, nint stack, int flags, nint argument);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    internal static partial int WaitPid(int pid, int* status, int options);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    internal static partial int SendSignal(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "pthread_sigmask")]
    internal static partial int SetSignalMask(int how, ulong* set, ulong* old);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    internal static partial nint Map(nint address, nuint lengthBytes, int protection, int flags, int descriptor, nint offsetBytes);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    internal static partial int Unmap(nint address, nuint lengthBytes);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    internal static partial int Protect(nint address, nuint lengthBytes, int protection);

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    internal static partial int Advise(nint address, nuint lengthBytes, int advice);
}
