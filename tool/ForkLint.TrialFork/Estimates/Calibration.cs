using System.Diagnostics;
using System.Runtime.InteropServices;

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
/// one libc function, no exit signal, all signals blocked.
/// </summary>
internal static unsafe class Calibration
{
    private const int ScratchBytes = 64 << 20;
    private const int StackBytes = 64 << 10;
    private const int Rounds = 3;
    private const int NoHugePage = 15;
    private const int CloneFiles = 0x400;
    private const int WaitAll = 0x40000000;
    private const int SetMask = 2;

    private static ForkRate? s_rate;

    /// <summary>The rate of this host, measured once in the life of this process.</summary>
    /// <exception cref="MeasureException">This process cannot fork itself.</exception>
    public static ForkRate Measure() => s_rate ??= MeasureNow();

    private static ForkRate MeasureNow()
    {
        nint stack = Map(StackBytes);
        nint scratch = 0;
        try
        {
            _ = TryFork(stack); // the first one binds and compiles
            double small = Shortest(stack);
            scratch = Map(ScratchBytes);
            _ = Libc.AdviseMemory(scratch, ScratchBytes, NoHugePage);
            for (int offset = 0; offset < ScratchBytes; offset += Environment.SystemPageSize)
            {
                ((byte*)scratch)[offset] = 1;
            }

            double large = Shortest(stack);
            double pages = ScratchBytes / (double)Environment.SystemPageSize;
            return new ForkRate(Math.Max(1, (large - small) / pages), small);
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
    private static double TryFork(nint stack)
    {
        nint libc = NativeLibrary.GetMainProgramHandle();
        void* exit = (void*)NativeLibrary.GetExport(libc, "_exit");
        byte* all = stackalloc byte[128];
        byte* saved = stackalloc byte[128];
        new Span<byte>(all, 128).Fill(0xFF);
        _ = Libc.SetSignalMask(SetMask, all, saved);
        long start = Stopwatch.GetTimestamp();
        int child = Libc.Clone(exit, (void*)(stack + StackBytes), CloneFiles, null);
        long end = Stopwatch.GetTimestamp();
        int error = Libc.LastError;
        _ = Libc.SetSignalMask(SetMask, saved, null);
        if (child < 0)
        {
            throw Failure(error);
        }

        int status;
        while (Libc.WaitForProcess(child, &status, WaitAll) < 0 && Libc.LastError == Libc.ErrorInterrupted)
        {
        }

        return (end - start) * (1e9 / Stopwatch.Frequency);
    }

    private static MeasureException Failure(int error) => new(
        ExitReason.MeasurementFailed,
        $"the tool could not fork itself to learn what a page costs here: {Libc.Message(error)}",
        "run it where a process may be created and 128 MB of memory are free");
}
