using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>
/// Learns what a page costs here by forking this process with and without a touched scratch mapping, as the agent forks the application: libc's clone, a child
/// that runs one libc function, no exit signal, all signals blocked. The memory of the tool itself stays out of these forks (MADV_DONTFORK), so they need
/// little more room than the scratch mapping, and cost what it costs. Where that is too much, or the kernel refuses, the rate is one that was published.
/// </summary>
internal static unsafe class Calibration
{
    /// <summary>More pages than this change the result by less than one run differs from the next.</summary>
    private const int LargestScratchBytes = 8 << 20;

    /// <summary>Fewer pages than this are lost in what a fork of nothing takes.</summary>
    private const int SmallestScratchBytes = 2 << 20;

    private const int StackBytes = 64 << 10;
    private const int Rounds = 5;
    private const int ThreadCpuClock = 3;
    private const double ShortestBase = 50_000;
    private const double LongestBase = 1_000_000;
    private const int NoHugePage = 15;
    private const int DontNeed = 4;
    private const int DontFork = 10;
    private const int DoFork = 11;
    private const int CloneFiles = 0x400;
    private const int WaitAll = 0x40000000;
    private const int SetMask = 2;

    /// <summary>A second one at the same time would take the scratch mapping of the first out of its forks.</summary>
    private static readonly object One = new();

    private static ForkRate? _known;

    /// <summary>The rate of this host. It is measured once in the life of this process.</summary>
    /// <param name="mayTouchBytes">How much memory may be touched for it.</param>
    public static ForkRate Measure(long mayTouchBytes)
    {
        if (Volatile.Read(ref _known) is { } known)
        {
            return known;
        }

        var rate = MeasureNow(mayTouchBytes);
        if (rate.Unmeasured == null)
        {
            Volatile.Write(ref _known, rate);
        }

        return rate;
    }

    /// <summary>The rate, measured again.</summary>
    /// <param name="mayTouchBytes">How much memory may be touched for it.</param>
    internal static ForkRate MeasureNow(long mayTouchBytes)
    {
        int scratchBytes = (int)Math.Min(mayTouchBytes, LargestScratchBytes) & -Environment.SystemPageSize;
        if (scratchBytes >= SmallestScratchBytes)
        {
            lock (One)
            {
                return MeasureWith(scratchBytes);
            }
        }

        return ForkRate.Published($"too little memory is left to measure it: {ByteSize.Format(Math.Max(0, mayTouchBytes))} may be touched, and it takes {ByteSize.Format(SmallestScratchBytes)}");
    }

    /// <summary>
    /// The difference of the two forks is what the scratch pages cost. When this host is busy it may come out too small, even
    /// negative; but it cannot be far below what all pages together cost on average.
    /// </summary>
    /// <param name="small">Nanoseconds without the scratch mapping.</param>
    /// <param name="large">Nanoseconds with it.</param>
    /// <param name="scratchPages">The pages of the scratch mapping.</param>
    internal static ForkRate Rate(double small, double large, double scratchPages)
    {
        double average = large / scratchPages;
        double perPage = Math.Max((large - small) / scratchPages, average / 4);
        return new ForkRate(perPage, Math.Clamp(small, ShortestBase, LongestBase));
    }

    [SuppressMessage("Memory", "FORK002", Justification = "The fork of this memory is what is measured.")]
    private static ForkRate MeasureWith(int scratchBytes)
    {
        var own = OwnMemory();
        nint stack = -1;
        nint scratch = -1;
        Advise(own, DontFork);
        try
        {
            stack = Map(StackBytes);
            scratch = stack == -1 ? -1 : Map(scratchBytes);
            if (scratch == -1)
            {
                return Refused(Libc.LastError);
            }

            // Untouched, it has no pages to copy. The first fork binds and compiles.
            _ = Libc.AdviseMemory(scratch, scratchBytes, NoHugePage);
            if (!TryFork(stack, out _) || Shortest(stack, scratch, 0) is not { } small)
            {
                return Refused(Libc.LastError);
            }

            return Shortest(stack, scratch, scratchBytes) is { } large ? Rate(small, large, scratchBytes / (double)Environment.SystemPageSize) : Refused(Libc.LastError);
        }
        finally
        {
            Unmap(stack, StackBytes);
            Unmap(scratch, scratchBytes);
            Advise(own, DoFork);
        }
    }

    private static ForkRate Refused(int error) => ForkRate.Published($"the tool could not fork itself to measure it: {Libc.Message(error)}");

    /// <summary>
    /// What this process has written or may write. The child needs none of it: its one function is called by address and ends it. The exception is the block of
    /// the calling thread, to which the kernel itself writes when the child begins to run (rseq, since glibc 2.35).
    /// </summary>
    private static List<MapRegion> OwnMemory()
    {
        ulong thread = (ulong)((delegate* unmanaged<nint>)NativeLibrary.GetExport(NativeLibrary.GetMainProgramHandle(), "__errno_location"))();
        return new ProcessFiles(Environment.ProcessId).CoarseMaps() is { IsOk: true } maps
            ? [.. maps.Value.Where(region => region.IsPrivate && region.Permissions[1] == 'w' && !(region.Start <= thread && thread < region.End))]
            : [];
    }

    private static void Advise(List<MapRegion> regions, int advice)
    {
        foreach (var region in regions)
        {
            // One that is gone meanwhile needs none.
            _ = Libc.AdviseMemory((nint)region.Start, (nint)region.SizeBytes, advice);
        }
    }

    private static nint Map(int lengthBytes) => Libc.MapMemory(0, lengthBytes, 3, 0x22, -1, 0);

    private static void Unmap(nint start, int lengthBytes)
    {
        if (start != -1)
        {
            _ = Libc.UnmapMemory(start, lengthBytes);
        }
    }

    /// <summary>
    /// The shortest of a few forks. The scratch pages are new ones each time: what the kernel keeps for each page is then as far from the processor's caches as it is
    /// in an application, whose pages are too many for them. Of the same pages the second fork takes less than half as long.
    /// </summary>
    private static double? Shortest(nint stack, nint scratch, int touchedBytes)
    {
        double shortest = double.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            _ = Libc.AdviseMemory(scratch, touchedBytes, DontNeed);
            for (int offset = 0; offset < touchedBytes; offset += Environment.SystemPageSize)
            {
                ((byte*)scratch)[offset] = 1;
            }

            if (!TryFork(stack, out double nanoseconds))
            {
                return null;
            }

            shortest = Math.Min(shortest, nanoseconds);
        }

        return shortest;
    }

    /// <summary>Forks a child that ends at once; false, with the error in <see cref="Libc.LastError"/>, where the kernel refuses.</summary>
    [SuppressMessage("Reliability", "FORK007", Justification = "The child's only function is libc's _exit, with all signals blocked: no managed code runs in it.")]
    private static bool TryFork(nint stack, out double nanoseconds)
    {
        nint libc = NativeLibrary.GetMainProgramHandle();
        void* exit = (void*)NativeLibrary.GetExport(libc, "_exit");
        byte* all = stackalloc byte[128];
        byte* saved = stackalloc byte[128];
        new Span<byte>(all, 128).Fill(0xFF);
        _ = Libc.SetSignalMask(SetMask, all, saved);
        long start = ThreadNanoseconds();
        int child = Libc.Clone(exit, (void*)(stack + StackBytes), CloneFiles, null);
        int error = Libc.LastError;
        long end = ThreadNanoseconds();
        _ = Libc.SetSignalMask(SetMask, saved, null);
        nanoseconds = end - start;
        if (child < 0)
        {
            Marshal.SetLastPInvokeError(error);
            return false;
        }

        int status;
        while (Libc.WaitForProcess(child, &status, WaitAll) < 0 && Libc.LastError == Libc.ErrorInterrupted)
        {
        }

        return true;
    }

    /// <summary>
    /// The time this thread has run. The kernel copies on the calling thread, and on a busy host the clock on the wall would count the
    /// others' turns as a price of the copying.
    /// </summary>
    private static long ThreadNanoseconds()
    {
        long* time = stackalloc long[2];
        _ = Libc.ReadClock(ThreadCpuClock, time);
        return (time[0] * 1_000_000_000) + time[1];
    }
}
