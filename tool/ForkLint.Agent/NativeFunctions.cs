using System.Runtime.InteropServices;

namespace ForkLint.Agent;

/// <summary>
/// libc's functions, found once among the symbols that the application already has: no library is looked for in any folder, and no call
/// is bound, compiled or allocated for during a trial.
/// </summary>
internal sealed unsafe class NativeFunctions
{
    public readonly delegate* unmanaged<void*, void*, int, void*, int> Clone;
    public readonly delegate* unmanaged<int, SignalSet*, SignalSet*, int> SetSignalMask;
    public readonly delegate* unmanaged<int, int*, int, int> WaitForProcess;
    public readonly delegate* unmanaged<int, int, int> Kill;
    public readonly delegate* unmanaged<byte*, int, int, int> Open;
    public readonly delegate* unmanaged<int, byte*, nint, nint> Write;
    public readonly delegate* unmanaged<int, int> Close;
    public readonly delegate* unmanaged<nint, nint, nint, nint> SystemCall;
    public readonly delegate* unmanaged<PollEntry*, nint, int, nint> Poll;
    public readonly delegate* unmanaged<int, void*, nint, int, nint> Receive;
    public readonly delegate* unmanaged<int, MessageHeader*, int, nint> SendMessage;
    public readonly delegate* unmanaged<void*, nint, int, int, int, long, nint> MapMemory;
    public readonly delegate* unmanaged<void*, nint, int> UnmapMemory;
    public readonly delegate* unmanaged<void*, nint, int, int> AdviseMemory;
    public readonly delegate* unmanaged<KernelTime*, KernelTime*, int> Sleep;
    public readonly delegate* unmanaged<int, int, int> Shutdown;

    public readonly delegate* unmanaged<void*, int> InitializeMutexAttributes;
    public readonly delegate* unmanaged<void*, int, int> ShareMutex;
    public readonly delegate* unmanaged<void*, int, int> MakeMutexRobust;
    public readonly delegate* unmanaged<void*, void*, int> InitializeMutex;
    public readonly delegate* unmanaged<void*, int> LockMutex;
    public readonly delegate* unmanaged<void*, int> UnlockMutex;

    /// <summary>A child that shares the memory runs nothing but this; a lasting one runs <see cref="LockMutex"/>.</summary>
    public readonly void* Exit;

    /// <summary>glibc's malloc_trim; null on musl.</summary>
    public readonly delegate* unmanaged<nint, int> TrimHeap;

    /// <summary>Finds them all.</summary>
    /// <exception cref="EntryPointNotFoundException">A libc without one of them: no agent there.</exception>
    public NativeFunctions()
    {
        nint self = NativeLibrary.GetMainProgramHandle();
        Clone = (delegate* unmanaged<void*, void*, int, void*, int>)NativeLibrary.GetExport(self, "clone");
        SetSignalMask = (delegate* unmanaged<int, SignalSet*, SignalSet*, int>)NativeLibrary.GetExport(self, "pthread_sigmask");
        WaitForProcess = (delegate* unmanaged<int, int*, int, int>)NativeLibrary.GetExport(self, "waitpid");
        Kill = (delegate* unmanaged<int, int, int>)NativeLibrary.GetExport(self, "kill");
        Open = (delegate* unmanaged<byte*, int, int, int>)NativeLibrary.GetExport(self, "open");
        Write = (delegate* unmanaged<int, byte*, nint, nint>)NativeLibrary.GetExport(self, "write");
        Close = (delegate* unmanaged<int, int>)NativeLibrary.GetExport(self, "close");
        SystemCall = (delegate* unmanaged<nint, nint, nint, nint>)NativeLibrary.GetExport(self, "syscall");
        Poll = (delegate* unmanaged<PollEntry*, nint, int, nint>)NativeLibrary.GetExport(self, "poll");
        Receive = (delegate* unmanaged<int, void*, nint, int, nint>)NativeLibrary.GetExport(self, "recv");
        SendMessage = (delegate* unmanaged<int, MessageHeader*, int, nint>)NativeLibrary.GetExport(self, "sendmsg");
        MapMemory = (delegate* unmanaged<void*, nint, int, int, int, long, nint>)NativeLibrary.GetExport(self, "mmap");
        UnmapMemory = (delegate* unmanaged<void*, nint, int>)NativeLibrary.GetExport(self, "munmap");
        AdviseMemory = (delegate* unmanaged<void*, nint, int, int>)NativeLibrary.GetExport(self, "madvise");
        Sleep = (delegate* unmanaged<KernelTime*, KernelTime*, int>)NativeLibrary.GetExport(self, "nanosleep");
        Shutdown = (delegate* unmanaged<int, int, int>)NativeLibrary.GetExport(self, "shutdown");
        InitializeMutexAttributes = (delegate* unmanaged<void*, int>)NativeLibrary.GetExport(self, "pthread_mutexattr_init");
        ShareMutex = (delegate* unmanaged<void*, int, int>)NativeLibrary.GetExport(self, "pthread_mutexattr_setpshared");
        MakeMutexRobust = (delegate* unmanaged<void*, int, int>)NativeLibrary.GetExport(self, "pthread_mutexattr_setrobust");
        InitializeMutex = (delegate* unmanaged<void*, void*, int>)NativeLibrary.GetExport(self, "pthread_mutex_init");
        LockMutex = (delegate* unmanaged<void*, int>)NativeLibrary.GetExport(self, "pthread_mutex_lock");
        UnlockMutex = (delegate* unmanaged<void*, int>)NativeLibrary.GetExport(self, "pthread_mutex_unlock");
        Exit = (void*)NativeLibrary.GetExport(self, "_exit");
        TrimHeap = (delegate* unmanaged<nint, int>)(NativeLibrary.TryGetExport(self, "malloc_trim", out nint trim) ? trim : 0);
    }
}
