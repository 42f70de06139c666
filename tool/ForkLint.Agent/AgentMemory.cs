namespace ForkLint.Agent;

/// <summary>
/// One mapping for all that the agent needs during a trial, so that a trial allocates nothing: neither on the managed heap, where it could
/// start a collection, nor from malloc, where it could move the commit charge that is being measured.
/// </summary>
internal sealed unsafe class AgentMemory : IDisposable
{
    /// <summary>The pages that the watcher writes.</summary>
    public const int WatchedBytes = 4 * PageBytes;

    private const int PageBytes = 4096;
    private const int StackBytes = 16 * PageBytes;
    private const int MessageBytes = 2 * PageBytes;
    private const int LengthBytes = WatchedBytes + MessageBytes + StackBytes;

    /// <summary>
    /// The kernel copies page tables in the order of addresses, and a writer stalls from the moment its own page is write-protected until
    /// the fork ends. At the lowest address the watcher sees the whole fork (kernel/fork.c, dup_mmap).
    /// </summary>
    private const long LowAddressHint = 0x20_0000;

    private readonly NativeFunctions _libc;
    private byte* _start;

    public AgentMemory(NativeFunctions libc)
    {
        _libc = libc;
        nint start = libc.MapMemory((void*)LowAddressHint, LengthBytes, 3, 0x22, -1, 0); // read and write, private and anonymous
        if (start == -1)
        {
            throw new InvalidOperationException("the agent's working memory could not be mapped");
        }

        _start = (byte*)start;
        for (int offset = 0; offset < LengthBytes; offset += PageBytes)
        {
            _start[offset] = 1;
        }
    }

    public byte* Watched => _start;

    public AgentRequest* Request => (AgentRequest*)(_start + WatchedBytes);

    public AgentReply* Reply => (AgentReply*)(_start + WatchedBytes + 256);

    /// <summary>Room for paths, signal sets and the structures of system calls: <see cref="ScratchBytes"/> of it.</summary>
    public byte* Scratch => _start + WatchedBytes + PageBytes;

    public static int ScratchBytes => PageBytes;

    /// <summary>The upper end of the child's stack; stacks grow downwards on every architecture that .NET runs on.</summary>
    public byte* ChildStackTop => _start + LengthBytes;

    public void Dispose()
    {
        if (_start != null)
        {
            _ = _libc.UnmapMemory(_start, LengthBytes);
            _start = null;
        }
    }
}
