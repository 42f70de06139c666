using ForkLint.Heap.Interop;
using ForkLint.Linux;

namespace ForkLint.Heap.Isolation;

/// <summary>What a reader may not take, and not leave behind.</summary>
internal static unsafe class ReaderLimits
{
    private const int DataResource = 2;
    private const int StackResource = 3;
    private const int CoreResource = 4;

    /// <summary>What .NET itself gives a thread where the C library's own choice is too small (musl): enough for any of the reader's.</summary>
    private const ulong StackBytes = 1536 * 1024;

    /// <summary>A crash writes no core file: it would hold what the application holds.</summary>
    public static void NoCore()
    {
        ulong* none = stackalloc ulong[2];
        none[0] = none[1] = 0;
        _ = Libc.SetLimit(CoreResource, none);
    }

    /// <summary>
    /// From here on, private writable memory beyond this many bytes is refused to it (Linux 4.7, may_expand_vm): its runtime then says that memory ran out.
    /// </summary>
    public static void NoMoreThan(long bytes)
    {
        ulong* limits = stackalloc ulong[2];
        limits[0] = limits[1] = (ulong)bytes;
        _ = Libc.SetLimit(DataResource, limits);
    }

    /// <summary>
    /// A process that is started before the result is disposed of gives its threads small stacks: glibc takes their size from this limit, once, when it starts, and the kernel
    /// charges all of each. A reader has a dozen threads: 75 MB instead of 150. musl does not look at the limit, and .NET touches as much of the initial thread's stack there
    /// as it gives to each thread (coreclr pal/src/init/pal.cpp, EnsureStackSize): with a limit of that size the kernel ends it.
    /// </summary>
    public static IDisposable WithSmallStacks()
    {
        ulong* limits = stackalloc ulong[2];
        if (CLibraries.OfThisProcess == CLibrary.Musl || Libc.GetLimit(StackResource, limits) != 0 || limits[0] <= StackBytes)
        {
            return new StackLimit(0, 0);
        }

        StackLimit before = new(limits[0], limits[1]);
        limits[0] = StackBytes;
        _ = Libc.SetLimit(StackResource, limits);
        return before;
    }

    /// <summary>Where memory runs out, this process is the one to end: what it does can be done again.</summary>
    public static void OfferToOutOfMemoryKiller()
    {
        try
        {
            File.WriteAllText("/proc/self/oom_score_adj", "1000");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Then the kernel chooses as it does.
        }
    }

    private sealed class StackLimit(ulong soft, ulong hard) : IDisposable
    {
        public void Dispose()
        {
            ulong* limits = stackalloc ulong[2];
            (limits[0], limits[1]) = (soft, hard);
            if (soft > 0)
            {
                _ = Libc.SetLimit(StackResource, limits);
            }
        }
    }
}
