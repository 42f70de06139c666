using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>What copying the page tables costs on this host.</summary>
/// <param name="NanosecondsPerPage">For a resident anonymous page of base size.</param>
/// <param name="BaseNanoseconds">For a fork of nearly nothing.</param>
internal sealed record ForkRate(double NanosecondsPerPage, double BaseNanoseconds)
{
    /// <summary>
    /// A huge page is one entry with a page table kept for it: measured 0.7 ms/GB against 24–30 ms/GB, which is 14 base pages' worth for
    /// each huge page.
    /// </summary>
    private const double HugePageInPages = 14;
    private const long HugePageBytes = 2L << 20;

    /// <summary>How long a fork of this much memory takes.</summary>
    /// <param name="anonymousBytes">All resident anonymous memory.</param>
    /// <param name="hugeBytes">The part of it that lies in huge pages.</param>
    public TimeSpan Predict(long anonymousBytes, long hugeBytes)
    {
        double pages = Math.Max(0, anonymousBytes - hugeBytes) / (double)Environment.SystemPageSize;
        double huge = hugeBytes / (double)HugePageBytes;
        return TimeSpan.FromMicroseconds((BaseNanoseconds + ((pages + (huge * HugePageInPages)) * NanosecondsPerPage)) / 1000);
    }
}

/// <summary>
/// Forks this very process with and without a touched scratch mapping, as the agent forks the application: libc's clone, a child that runs
/// one libc function, no exit signal, all signals blocked. It takes as long as everything that is read of the target before a trial, so it
/// runs beside that, on a thread of its own.
/// </summary>
internal sealed unsafe class Calibration
{
    private const int ScratchBytes = 64 << 20;
    private const int StackBytes = 64 << 10;
    private const int Rounds = 5;
    private const int ThreadCpuClock = 3;
    private const double ShortestBase = 50_000;
    private const double LongestBase = 1_000_000;
    private const int NoHugePage = 15;
    private const int CloneFiles = 0x400;
    private const int WaitAll = 0x40000000;
    private const int SetMask = 2;

    private static ForkRate? _known;

    private readonly Thread? _thread;
    private ForkRate? _rate;
    private ExceptionDispatchInfo? _failure;

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "It is thrown again, on the thread that asks.")]
    private Calibration()
    {
        _rate = Volatile.Read(ref _known);
        if (_rate != null)
        {
            return;
        }

        _thread = new Thread(() =>
        {
            try
            {
                _rate = MeasureNow();
                Volatile.Write(ref _known, _rate);
            }
            catch (Exception failure)
            {
                _failure = ExceptionDispatchInfo.Capture(failure);
            }
        })
        { IsBackground = true, Name = "calibration" };
        _thread.Start();
    }

    /// <summary>Begins to measure, if it was not done before in the life of this process. Nobody has to wait for the end.</summary>
    public static Calibration Begin() => new();

    /// <summary>The rate of this host; waits until it is known.</summary>
    /// <exception cref="MeasureException">This process cannot fork itself.</exception>
    public ForkRate Result()
    {
        _thread?.Join();
        _failure?.Throw();
        return _rate!;
    }

    [SuppressMessage("Memory", "FORK002", Justification = "The fork of this memory is what is measured.")]
    private static ForkRate MeasureNow()
    {
        nint stack = Map(StackBytes);
        nint scratch = 0;
        try
        {
            _ = TryFork(stack); // the first one binds and compiles
            double ownPages = OwnPages();
            double small = Shortest(stack);
            scratch = Map(ScratchBytes);
            _ = Libc.AdviseMemory(scratch, ScratchBytes, NoHugePage);
            for (int offset = 0; offset < ScratchBytes; offset += Environment.SystemPageSize)
            {
                ((byte*)scratch)[offset] = 1;
            }

            // What the rest of this process touched meanwhile is copied, too.
            double grown = Math.Max(0, OwnPages() - ownPages - (ScratchBytes / (double)Environment.SystemPageSize));
            return Rate(small, Shortest(stack), ownPages, grown);
        }
        finally
        {
            _ = Libc.UnmapMemory(stack, StackBytes);
            if (scratch != 0)
            {
                _ = Libc.UnmapMemory(scratch, ScratchBytes);
            }
        }
    }

    /// <summary>
    /// The difference of the two forks is what the scratch pages cost. When this process itself is busy it may come out too small, even
    /// negative; but it cannot be far below what all pages together cost on average.
    /// </summary>
    /// <param name="small">Nanoseconds without the scratch mapping.</param>
    /// <param name="large">Nanoseconds with it.</param>
    /// <param name="ownPages">This process's pages beside the scratch mapping.</param>
    /// <param name="grownPages">How many of its own came on top of them before the second.</param>
    internal static ForkRate Rate(double small, double large, double ownPages, double grownPages = 0)
    {
        double scratchPages = (ScratchBytes / (double)Environment.SystemPageSize) + grownPages;
        double average = large / (ownPages + scratchPages);
        double perPage = Math.Max((large - small) / scratchPages, average / 2);
        return new ForkRate(perPage, Math.Clamp(small - (ownPages * perPage), ShortestBase, LongestBase));
    }

    private static double OwnPages() =>
        (new ProcessFiles(Environment.ProcessId).Status() is { IsOk: true } status ? status.Value.AnonymousBytes ?? 0 : 0) / (double)Environment.SystemPageSize;

    private static nint Map(int lengthBytes)
    {
        nint start = Libc.MapMemory(0, lengthBytes, 3, 0x22, -1, 0);
        return start != -1 ? start : throw Failure(Libc.LastError);
    }

    private static double Shortest(nint stack)
    {
        double shortest = double.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            shortest = Math.Min(shortest, TryFork(stack));
        }

        return shortest;
    }

    /// <summary>Forks a child that ends at once; nanoseconds.</summary>
    [SuppressMessage("Reliability", "FORK007", Justification = "The child's only function is libc's _exit, with all signals blocked: no managed code runs in it.")]
    private static double TryFork(nint stack)
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
        if (child < 0)
        {
            throw Failure(error);
        }

        int status;
        while (Libc.WaitForProcess(child, &status, WaitAll) < 0 && Libc.LastError == Libc.ErrorInterrupted)
        {
        }

        return end - start;
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

    private static MeasureException Failure(int error) => new(
        ExitReason.MeasurementFailed,
        $"the tool could not fork itself to learn what a page costs here: {Libc.Message(error)}",
        "run it where a process may be created and 128 MB of memory are free");
}
