namespace ForkLint.Agent;

/// <summary>
/// What a child waits for: the end of the agent's thread. It is a robust mutex in memory that parent and child share, locked by the agent's
/// thread for as long as it works. The child's only function is pthread_mutex_lock on it. When the thread ends, however it ends (the
/// application killed, aborted, replaced by execve), the kernel itself unlocks the mutex and wakes the child (kernel/futex/core.c,
/// exit_robust_list), whose function returns, and it exits. The child needs no signal, timer or code of ForkLint.
/// </summary>
/// <remarks>
/// prctl(PR_SET_PDEATHSIG) would do the same, but only the child itself can call it, and a pipe's end could not tell: the child shares the
/// application's descriptors.
/// </remarks>
internal sealed unsafe class ParentLife : IDisposable
{
    private const int MapBytes = AgentPages.PageBytes;
    private const int ReadWrite = 3;
    private const int SharedAnonymous = 0x21;
    private const int LargestAttributeBytes = 64; // pthread_mutexattr_t is 4 to 8 bytes everywhere
    private const int Yes = 1; // PTHREAD_PROCESS_SHARED, PTHREAD_MUTEX_ROBUST

    private readonly NativeFunctions _libc;
    private void* _mutex;

    /// <summary>Locks it: on the thread that makes the children, and no other.</summary>
    /// <exception cref="InvalidOperationException">This libc or kernel has no robust mutexes.</exception>
    public ParentLife(NativeFunctions libc)
    {
        _libc = libc;
        nint start = libc.MapMemory(null, MapBytes, ReadWrite, SharedAnonymous, -1, 0);
        if (start == -1)
        {
            throw new InvalidOperationException("the agent's shared memory could not be mapped");
        }

        _mutex = (void*)start;
        long* attributes = stackalloc long[LargestAttributeBytes / sizeof(long)];
        if (libc.InitializeMutexAttributes(attributes) != 0
            || libc.ShareMutex(attributes, Yes) != 0
            || libc.MakeMutexRobust(attributes, Yes) != 0
            || libc.InitializeMutex(_mutex, attributes) != 0
            || libc.LockMutex(_mutex) != 0)
        {
            Unmap();
            throw new InvalidOperationException("this system has no robust mutexes");
        }
    }

    /// <summary>The argument of the child's function.</summary>
    public void* Mutex => _mutex;

    /// <summary>Unlocks it, on the same thread: a child that were still there would end.</summary>
    public void Dispose()
    {
        if (_mutex != null)
        {
            _ = _libc.UnlockMutex(_mutex);
            Unmap();
        }
    }

    private void Unmap()
    {
        _ = _libc.UnmapMemory(_mutex, MapBytes);
        _mutex = null;
    }
}
