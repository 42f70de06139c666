using System.Runtime.InteropServices;

namespace ForkLint.Agent;

/// <summary>struct pollfd.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollEntry
{
    public int Descriptor;
    public short Wanted;
    public short Got;
}

/// <summary>sigset_t of glibc and musl: 1024 bits, of which the kernel uses 64.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct SignalSet
{
    public fixed ulong Bits[16];
}

/// <summary>struct iovec.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct IoVector
{
    public void* Start;
    public nint LengthBytes;
}

/// <summary>struct msghdr of 64-bit kernels. musl declares 4-byte lengths with 4 bytes of padding: the same bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MessageHeader
{
    public void* Name;
    public nint NameLengthBytes;
    public IoVector* Vectors;
    public nint VectorCount;
    public DescriptorMessage* Control;
    public nint ControlLengthBytes;
    public nint Flags;
}

/// <summary>struct cmsghdr with up to two descriptors (SCM_RIGHTS).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct DescriptorMessage
{
    public const int HeaderBytes = 16;

    public nint LengthBytes;
    public int Level;
    public int Type;
    public int First;
    public int Second;
}

/// <summary>struct timespec.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KernelTime
{
    public long Seconds;
    public long Nanoseconds;
}

/// <summary>What the agent's system calls read and write, in one place of fixed size.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct AgentScratch
{
    public const int PathBytes = 64;

    public SignalSet AllSignals;
    public SignalSet SavedSignals;
    public MessageHeader Message;
    public IoVector Vector;
    public DescriptorMessage Descriptors;
    public PollEntry Socket;
    public PollEntry Child;
    public KernelTime Pause;
    public int WaitStatus;
    public fixed byte Path[PathBytes];
    public fixed byte Text[8];
}

/// <summary>The agent's private memory, page by page.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct AgentPages
{
    public const int PageBytes = 4096;
    public const int WatchedBytes = 4 * PageBytes;
    public const int StackBytes = 16 * PageBytes;

    /// <summary>
    /// The pages that the watcher writes. The kernel copies page tables in the order of addresses, and a writer stalls from the moment its
    /// own page is write-protected until the fork ends: at the lowest address the watcher sees the whole fork (kernel/fork.c, dup_mmap).
    /// </summary>
    public fixed byte Watched[WatchedBytes];

    public AgentRequest Request;
    public AgentReply Reply;
    public AgentScratch Scratch;
    public fixed byte Unused[PageBytes];

    /// <summary>The child's stack. Its upper end is that of this structure.</summary>
    public fixed byte ChildStack[StackBytes];
}

/// <summary>
/// One mapping for all that the agent needs during a trial, so that a trial allocates nothing: neither on the managed heap, where it could
/// start a collection, nor from malloc, where it could move the commit charge that is being measured.
/// </summary>
internal sealed unsafe class AgentMemory : IDisposable
{
    /// <summary>Below every program: see <see cref="AgentPages.Watched"/>.</summary>
    private const long LowAddressHint = 0x20_0000;

    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;

    private readonly NativeFunctions _libc;
    private AgentPages* _pages;

    public AgentMemory(NativeFunctions libc)
    {
        _libc = libc;
        nint start = libc.MapMemory((void*)LowAddressHint, sizeof(AgentPages), ReadWrite, PrivateAnonymous, -1, 0);
        if (start == -1)
        {
            throw new InvalidOperationException("the agent's working memory could not be mapped");
        }

        _pages = (AgentPages*)start;
        for (int offset = 0; offset < sizeof(AgentPages); offset += AgentPages.PageBytes)
        {
            ((byte*)_pages)[offset] = 1;
        }
    }

    public byte* Watched => _pages->Watched;

    public AgentRequest* Request => &_pages->Request;

    public AgentReply* Reply => &_pages->Reply;

    public AgentScratch* Scratch => &_pages->Scratch;

    /// <summary>The upper end of the child's stack; stacks grow downwards on every architecture that .NET runs on.</summary>
    public byte* ChildStackTop => (byte*)((nint)(_pages + 1) & ~(nint)15);

    public void Dispose()
    {
        if (_pages != null)
        {
            _ = _libc.UnmapMemory(_pages, sizeof(AgentPages));
            _pages = null;
        }
    }
}
