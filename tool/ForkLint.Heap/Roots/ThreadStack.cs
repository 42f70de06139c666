using System.Globalization;
using System.Runtime.InteropServices;
using ForkLint.Heap.Child;
using ForkLint.Heap.Native;
using ForkLint.Linux;
using Microsoft.Diagnostics.Runtime;

namespace ForkLint.Heap.Roots;

/// <summary>The stack of one of the application's managed threads, as it lies in the copy.</summary>
/// <param name="ThreadId">The kernel's number of the thread, in the application's pid namespace.</param>
/// <param name="Name">How a report names it.</param>
/// <param name="Low">The lowest address.</param>
/// <param name="High">Behind the highest.</param>
/// <param name="LiveFrom">Below it, nothing managed is alive; <see cref="Low"/> where that is not known.</param>
internal sealed record ThreadStack(uint ThreadId, string Name, ulong Low, ulong High, ulong LiveFrom)
{
    /// <summary>More than any stack is large; limits beyond it are not limits.</summary>
    private const ulong MostBytes = 256UL << 20;

    /// <summary>The runtime's Thread objects are some kilobytes; what is looked for is in their first part.</summary>
    private const int SearchedBytes = 0x400;

    /// <summary>The explicit frame is among a thread's first members.</summary>
    private const int FrameWithin = 0x40;

    /// <summary>The stacks of all live managed threads whose limits are found.</summary>
    /// <param name="runtime">The runtime.</param>
    /// <param name="memory">The process.</param>
    /// <param name="regions">What is mapped into it, ascending.</param>
    /// <param name="nameOf">The name of a thread by its id; empty where it is not known.</param>
    /// <param name="areAllFound">Whether each live thread's stack was found.</param>
    public static IReadOnlyList<ThreadStack> ReadAll(ClrRuntime runtime, ChildDataReader memory, IReadOnlyList<MapRegion> regions, Func<uint, string> nameOf, out bool areAllFound)
    {
        areAllFound = true;
        List<ThreadStack> stacks = [];
        byte[] buffer = new byte[SearchedBytes];
        foreach (ClrThread thread in runtime.Threads)
        {
            // A collector's own threads hold nothing: what lies on their stacks is what they last looked at.
            if (!thread.IsAlive || thread.IsGc)
            {
                continue;
            }

            areAllFound &= thread.OSThreadId != 0;
            if (memory.Read(thread.Address, buffer) == buffer.Length
                && Locate(MemoryMarshal.Cast<byte, ulong>(buffer), address => Sorted.Containing(regions, address)?.Permissions[1] == 'w') is var (low, high))
            {
                ulong liveFrom = thread.GCMode == GCMode.Preemptive ? LiveBelow(MemoryMarshal.Cast<byte, ulong>(buffer), low, high, memory) : low;
                stacks.Add(new ThreadStack(thread.OSThreadId, Describe(thread, nameOf(thread.OSThreadId)), low, high, liveFrom));
            }
            else
            {
                areAllFound = false;
            }
        }

        return stacks;
    }

    /// <summary>
    /// ClrMD knows a stack's limits on Windows only. The runtime caches them in its Thread object, four in a row: base, limit, the limit
    /// for sufficient execution and the one for stackalloc (coreclr vm/threads.h, m_CacheStackBase and what follows it). The last two are the base
    /// itself in a small stack. Neither end need be a page's: musl puts thread-local storage of any size above a stack.
    /// </summary>
    /// <param name="words">The first part of the Thread object.</param>
    /// <param name="isWritable">Whether writable memory is mapped at an address.</param>
    internal static (ulong Low, ulong High)? Locate(ReadOnlySpan<ulong> words, Func<ulong, bool> isWritable)
    {
        for (int i = 0; i + 3 < words.Length; i++)
        {
            ulong high = words[i];
            ulong low = words[i + 1];
            if (low >= 0x10000 && high > low && high - low <= MostBytes
                && ((low | high) & 7) == 0
                && words[i + 2] > low && words[i + 3] >= words[i + 2] && words[i + 3] <= high
                && isWritable(high - 1))
            {
                return (low, high);
            }
        }

        return null;
    }

    /// <summary>
    /// A thread that is out of managed code left an explicit frame on its stack when it went; no managed frame lies below the stack pointer
    /// stored in it (coreclr vm/frames.h: InlinedCallFrame::m_pCallSiteSP is its fourth word).
    /// </summary>
    private static ulong LiveBelow(ReadOnlySpan<ulong> words, ulong low, ulong high, ChildDataReader memory)
    {
        for (int i = 0; i < FrameWithin / 8; i++)
        {
            ulong frame = words[i];
            if (frame >= low && frame < high && (frame & 7) == 0)
            {
                ulong callSite = memory.ReadPointer(frame + 24);
                return callSite >= low && callSite <= frame ? callSite : low;
            }
        }

        // FRAME_TOP: the thread has no managed frame at all.
        return words[..(FrameWithin / 8)].Contains(ulong.MaxValue) ? high : low;
    }

    private static string Describe(ClrThread thread, string name) => name.Length > 0
        ? string.Create(CultureInfo.InvariantCulture, $"the stack of thread {thread.OSThreadId} \"{name}\"")
        : string.Create(CultureInfo.InvariantCulture, $"the stack of thread {thread.OSThreadId}");
}
