using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>What may be done to read a filter.</summary>
internal enum FilterReading
{
    /// <summary>A thread is stopped for a moment.</summary>
    StopsThread,

    /// <summary>Nothing: what was read of this process before is known.</summary>
    StopsNothing,
}

/// <summary>
/// Reads the filters of a thread (ptrace(2), PTRACE_SECCOMP_GET_FILTER). It needs CAP_SYS_ADMIN, a tool without a filter of its own, and a
/// thread that stands still for it: one that sleeps in a call that the kernel simply begins again, so that it sees nothing of the stop.
/// Should the tool die meanwhile, the kernel lets the thread go on.
/// </summary>
internal static unsafe class SeccompFilters
{
    private const int Seize = 0x4206;
    private const int Interrupt = 0x4207;
    private const int Detach = 17;
    private const int GetFilter = 0x420C;
    private const int WaitAll = 0x40000000;
    private const int DoNotHang = 1;
    private const int MostFilters = 64;
    private const int MostInstructions = 4096;
    private const int StopPatienceMilliseconds = 500;
    private const string NeedsMore = "reading it needs CAP_SYS_ADMIN and a tool that runs without a seccomp filter";

    /// <summary>What was read of a target, for as long as it is held: a thread is stopped for each filter once.</summary>
    private static readonly ConditionalWeakTable<Target, Dictionary<SeccompState, IReadOnlyList<SeccompProgram>>> Known = [];

    private static bool IsArm64 => RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    /// <summary>The AUDIT_ARCH of calls of this architecture (linux/audit.h).</summary>
    public static uint NativeArchitecture => IsArm64 ? 0xC00000B7 : 0xC000003E;

    private static int PtraceCall => IsArm64 ? 117 : 101;

    /// <summary>The filters that some of a target's threads run under; null with the reason where they cannot be read.</summary>
    /// <param name="target">The process.</param>
    /// <param name="threads">Its threads, the main one first.</param>
    /// <param name="state">The filters in question, as those threads show that carry them.</param>
    /// <param name="reading">What may be done for it. What was read once of a target is not read again.</param>
    /// <param name="why">Why not; empty on success.</param>
    public static IReadOnlyList<SeccompProgram>? Read(Target target, IReadOnlyList<int> threads, SeccompState state, FilterReading reading, out string why)
    {
        why = "";
        var ofTarget = Known.GetOrCreateValue(target);
        if (ofTarget.TryGetValue(state, out var known))
        {
            return known;
        }

        if (reading == FilterReading.StopsNothing)
        {
            why = "nothing is stopped to read it";
            return null;
        }

        if (ReadOfThread(target, threads, state, out why) is { } filters)
        {
            // Before Linux 5.9 the number of filters is not shown, and another one would look the same.
            if (state.Filters is not null)
            {
                ofTarget[state] = filters;
            }

            return filters;
        }

        return null;
    }

    private static List<SeccompProgram>? ReadOfThread(Target target, IReadOnlyList<int> threads, SeccompState state, out string why)
    {
        if (!MayRead())
        {
            why = NeedsMore;
            return null;
        }

        // Not the main thread where there is another: this process may be its parent, and wait for it on another thread.
        int thread = threads.Reverse().FirstOrDefault(thread => SeccompState.Of(target, thread) == state && SleepsInRepeatableCall(target, thread));
        if (thread == 0)
        {
            why = "none of its threads is blocked in a usable state";
            return null;
        }

        if (Ptrace(Seize, thread, 0, 0) != 0)
        {
            why = $"it cannot be attached to ({Libc.Message(Libc.LastError)})";
            return null;
        }

        try
        {
            if (Ptrace(Interrupt, thread, 0, 0) != 0 || !AwaitStop(thread))
            {
                why = $"its thread did not stop ({Libc.Message(Libc.LastError)})";
                return null;
            }

            return ReadStopped(thread, out why);
        }
        finally
        {
            _ = Ptrace(Detach, thread, 0, 0);
        }
    }

    /// <summary>
    /// A read from a pipe or a wait on a futex without a time limit is begun again with its own number (ERESTARTSYS). A poll would go on
    /// through restart_syscall, which a filter may not know.
    /// </summary>
    private static bool SleepsInRepeatableCall(Target target, int thread)
    {
        string[] fields;
        try
        {
            fields = File.ReadAllText(target.Files.PathOf(string.Create(CultureInfo.InvariantCulture, $"task/{thread}/syscall"))).Split(' ');
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }

        const int readX64 = 0;
        const int readArm64 = 63;
        const int futexX64 = 202;
        const int futexArm64 = 98;
        if (fields.Length < 7 || !int.TryParse(fields[0], NumberStyles.Integer, CultureInfo.InvariantCulture, out int number))
        {
            return false;
        }

        bool isUnlimited = fields[4] == "0x0";
        return IsArm64
            ? number == readArm64 || (number == futexArm64 && isUnlimited)
            : number == readX64 || (number == futexX64 && isUnlimited);
    }

    /// <summary>Looked at before the application is touched (Linux kernel/seccomp.c, seccomp_get_filter).</summary>
    private static bool MayRead() =>
        SeccompState.OfThisProcess().Mode == 0
        && Capabilities.InInitialNamespace(new ProcessFiles(Environment.ProcessId), Capability.SysAdmin).ValueOr(false);

    private static List<SeccompProgram>? ReadStopped(int thread, out string why)
    {
        var programs = new List<SeccompProgram>();
        var buffer = new byte[MostInstructions * 8];
        fixed (byte* start = buffer)
        {
            for (int index = 0; index < MostFilters; index++)
            {
                nint length = Ptrace(GetFilter, thread, index, (nint)start);
                if (length < 0)
                {
                    const int noEntry = Libc.ErrorNoEntry;
                    int error = Libc.LastError;
                    why = error == noEntry && programs.Count > 0 ? "" : error is Libc.ErrorAccess or Libc.ErrorNotPermitted
                        ? NeedsMore
                        : $"the kernel does not show it ({Libc.Message(error)})";
                    return why.Length == 0 ? programs : null;
                }

                programs.Add(new SeccompProgram(buffer.AsSpan(0, (int)length * 8), NativeArchitecture));
            }
        }

        why = "it has too many";
        return null;
    }

    private static bool AwaitStop(int thread)
    {
        for (int waited = 0; waited < StopPatienceMilliseconds; waited++)
        {
            int status;
            int result = Libc.WaitForProcess(thread, &status, WaitAll | DoNotHang);
            if (result == thread)
            {
                return (status & 0xFF) == 0x7F;
            }

            Thread.Sleep(1);
        }

        return false;
    }

    private static nint Ptrace(int request, int thread, nint address, nint data) => Libc.SystemCall(PtraceCall, request, thread, address, data);
}
