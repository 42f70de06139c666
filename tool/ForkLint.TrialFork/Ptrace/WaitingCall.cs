using System.Globalization;

namespace ForkLint.TrialFork;

/// <summary>How well a call that a thread waits in stands a stop.</summary>
internal enum StopTolerance
{
    /// <summary>The program could see the stop: an error, or a wait that is shorter or longer.</summary>
    Visible,

    /// <summary>The wait starts again with its full time: an epoll_wait with a time limit.</summary>
    BeginsAnew,

    /// <summary>Nothing shows: made again with the same arguments, the call does what it would have done.</summary>
    Invisible,
}

/// <summary>The system call that a thread waits in, as <c>/proc/PID/task/TID/syscall</c> shows it (proc_pid_syscall(5)).</summary>
/// <param name="Number">Its number, of this architecture.</param>
/// <param name="Arguments">Its six arguments.</param>
/// <param name="StackPointer">The thread's stack pointer.</param>
internal sealed record WaitingCall(int Number, IReadOnlyList<ulong> Arguments, ulong StackPointer)
{
    private const int Fields = 9;
    private const ulong FutexCommand = 0x7F;
    private const ulong FutexWait = 0;
    private const ulong FutexWaitBitset = 9;
    private const ulong AbsoluteTime = 1; // TIMER_ABSTIME

    /// <summary>Reads the line; null for a thread that runs, or waits in no call ("running", "-1 …").</summary>
    public static WaitingCall? Parse(string line)
    {
        string[] fields = line.TrimEnd('\n').Split(' ');
        if (fields.Length != Fields || !int.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            return null;
        }

        var values = new ulong[Fields - 1];
        for (int index = 1; index < Fields; index++)
        {
            if (!fields[index].StartsWith("0x", StringComparison.Ordinal)
                || !ulong.TryParse(fields[index].AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out values[index - 1]))
            {
                return null;
            }
        }

        return new WaitingCall(number, values[..6], values[6]);
    }

    /// <summary>
    /// What a stop does to it. The kernel begins most calls again by themselves (signal(7)); poll, nanosleep and timed futexes go on
    /// through a restart block, which a sigreturn destroys, so only those of their uses are taken that can be made again whole.
    /// </summary>
    public StopTolerance Tolerance => Name(Number) switch
    {
        "read" or "readv" or "recvfrom" or "recvmsg" or "accept" or "accept4" or "wait4" or "waitid" or "pause" or "rt_sigsuspend" => StopTolerance.Invisible,

        // The kernel writes what is left of the time back to where the program keeps it (fs/select.c, poll_select_finish).
        "select" or "pselect6" or "ppoll" => StopTolerance.Invisible,
        "poll" when (int)Arguments[2] < 0 => StopTolerance.Invisible,
        "futex" when IsFutexWithoutRelativeTime => StopTolerance.Invisible,
        "clock_nanosleep" when (Arguments[1] & AbsoluteTime) != 0 => StopTolerance.Invisible,
        "rt_sigtimedwait" when Arguments[2] == 0 => StopTolerance.Invisible,

        // A stop makes these fail with EINTR, with and without a time limit: the trial makes the call again instead.
        "epoll_wait" or "epoll_pwait" => (int)Arguments[3] < 0 ? StopTolerance.Invisible : StopTolerance.BeginsAnew,
        "epoll_pwait2" => Arguments[3] == 0 ? StopTolerance.Invisible : StopTolerance.BeginsAnew,
        _ => StopTolerance.Visible,
    };

    /// <summary>Whether it fails with EINTR after a stop, where the kernel makes most others again by itself (signal(7), "Interruption of system calls … by stop signals").</summary>
    public bool FailsAfterStop => CallName is "epoll_wait" or "epoll_pwait" or "epoll_pwait2" or "rt_sigtimedwait" || FailingNumbers.Contains(Number);

    /// <summary>The name of the call as far as it matters here; empty for others.</summary>
    public string CallName => Name(Number);

    /// <summary>semop, semtimedop and io_getevents: a trial never uses a thread that waits in these.</summary>
    private static ReadOnlySpan<int> FailingNumbers => Libc.IsArm64 ? [193, 192, 4] : [65, 220, 208];

    private bool IsFutexWithoutRelativeTime => (Arguments[1] & FutexCommand) switch
    {
        FutexWait => Arguments[3] == 0,
        FutexWaitBitset => true, // its time is absolute
        _ => false,
    };

    private static string Name(int number) => Libc.IsArm64
        ? number switch
        {
            63 => "read",
            65 => "readv",
            207 => "recvfrom",
            212 => "recvmsg",
            202 => "accept",
            242 => "accept4",
            260 => "wait4",
            95 => "waitid",
            133 => "rt_sigsuspend",
            72 => "pselect6",
            73 => "ppoll",
            98 => "futex",
            101 => "nanosleep",
            115 => "clock_nanosleep",
            137 => "rt_sigtimedwait",
            22 => "epoll_pwait",
            441 => "epoll_pwait2",
            _ => "",
        }
        : number switch
        {
            0 => "read",
            19 => "readv",
            45 => "recvfrom",
            47 => "recvmsg",
            43 => "accept",
            288 => "accept4",
            61 => "wait4",
            247 => "waitid",
            34 => "pause",
            130 => "rt_sigsuspend",
            23 => "select",
            270 => "pselect6",
            271 => "ppoll",
            7 => "poll",
            202 => "futex",
            35 => "nanosleep",
            230 => "clock_nanosleep",
            128 => "rt_sigtimedwait",
            232 => "epoll_wait",
            281 => "epoll_pwait",
            441 => "epoll_pwait2",
            _ => "",
        };
}
