using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ForkLint.Agent;

/// <summary>Makes the child, and ends it. The child runs one libc function and no managed code.</summary>
internal sealed unsafe class ChildProcess(NativeFunctions libc, AgentMemory memory, ParentLife life)
{
    private const int CloneFiles = 0x400;
    private const int CloneMemory = 0x100;
    private const int CloneVfork = 0x4000;
    private const int SetMask = 2;
    private const int WaitAll = 0x40000000; // __WALL: children without an exit signal too
    private const int KillSignal = 9;
    private const int PidfdOpen = 434; // the same number on every architecture since Linux 5.1
    private const int CloseOnExec = 0x80000;
    private const int WriteOnly = 1;
    private const int ReadWrite = 2;
    private const int Interrupted = 4;

    private long _endsAt = long.MaxValue;

    /// <summary>The child's id, 0 while there is none.</summary>
    public int Pid { get; private set; }

    /// <summary>How long it may still live; <see cref="int.MaxValue"/> while there is none.</summary>
    public int LeftMilliseconds => Pid == 0 ? int.MaxValue : (int)Math.Clamp(_endsAt - Environment.TickCount64, 0, int.MaxValue);

    /// <summary>
    /// Forks. The exit signal is 0: no SIGCHLD, and the runtime's own reaper does not see the child. CLONE_FILES: the child must not keep
    /// sockets open that the application closes. Without shared memory the child lasts until it is ended, its <paramref name="seconds"/>
    /// are over, or the agent's thread has ended.
    /// </summary>
    /// <returns>0, or the kernel's errno.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Fork(bool sharesMemory, long seconds, AgentFault fault, out long latencyNanoseconds)
    {
        // All signals stay out of the child for its whole life: a Ctrl-C to the process group would run the runtime's handler in it.
        var scratch = memory.Scratch;
        new Span<byte>(&scratch->AllSignals, sizeof(SignalSet)).Fill(0xFF);
        int pid;
        int error;
        latencyNanoseconds = 0;
        _ = libc.SetSignalMask(SetMask, &scratch->AllSignals, &scratch->SavedSignals);
        try
        {
            if (fault == AgentFault.ThrowBeforeFork)
            {
                throw new InvalidOperationException("injected before the fork");
            }

            long start = Stopwatch.GetTimestamp();
            pid = sharesMemory
                ? libc.Clone(libc.Exit, memory.ChildStackTop, CloneFiles | CloneMemory | CloneVfork, null)
                : libc.Clone((void*)libc.LockMutex, memory.ChildStackTop, CloneFiles, life.Mutex);
            error = pid < 0 ? Marshal.GetLastSystemError() : 0;
            latencyNanoseconds = (long)((Stopwatch.GetTimestamp() - start) * (1e9 / Stopwatch.Frequency));
            Pid = Math.Max(pid, 0);
            if (Pid != 0)
            {
                // Before anything else: from here on, memory that gets scarce costs this child and not the application.
                _ = OfferToOutOfMemoryKiller();
                _endsAt = Environment.TickCount64 + (seconds * 1000);
            }
        }
        finally
        {
            _ = libc.SetSignalMask(SetMask, &scratch->SavedSignals, null);
        }

        return error;
    }

    /// <summary>A descriptor of the child; negative when the kernel has none to give.</summary>
    public int OpenPidDescriptor() => (int)libc.SystemCall(PidfdOpen, Pid, 0);

    /// <summary>The child's memory; negative where it may not be opened.</summary>
    public int OpenMemory() => libc.Open(Path("/mem"u8), ReadWrite | CloseOnExec, 0);

    /// <summary>Kills the child and waits until it is gone. Nothing happens when there is none.</summary>
    public void End()
    {
        if (Pid != 0)
        {
            _ = libc.Kill(Pid, KillSignal);
            Reap();
        }
    }

    /// <summary>Waits for the end of the child and takes it off the process table.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Reap()
    {
        while (Pid != 0)
        {
            // ECHILD: the application reaped everything there was. Only an interrupted wait is repeated.
            if (libc.WaitForProcess(Pid, &memory.Scratch->WaitStatus, WaitAll) >= 0 || Marshal.GetLastSystemError() != Interrupted)
            {
                Pid = 0;
            }
        }
    }

    /// <summary>
    /// Calls, on nothing, what only a lasting child needs: the call stubs are made at the first call of each signature, and the code is
    /// compiled then.
    /// </summary>
    public void Warm()
    {
        _ = OfferToOutOfMemoryKiller();
        _ = libc.Write(-1, memory.Scratch->Text, 0);
        _ = libc.Kill(Environment.ProcessId, 0);
        _ = libc.Close(-1);
        _ = OpenPidDescriptor();
        _ = OpenMemory();
        _ = LeftMilliseconds;
    }

    /// <summary>If memory gets scarce, this child dies first. Raising the score needs no privilege.</summary>
    private bool OfferToOutOfMemoryKiller()
    {
        int file = libc.Open(Path("/oom_score_adj"u8), WriteOnly | CloseOnExec, 0);
        if (file < 0)
        {
            return false;
        }

        byte* text = memory.Scratch->Text;
        "1000"u8.CopyTo(new Span<byte>(text, 4));
        nint written = libc.Write(file, text, 4);
        _ = libc.Close(file);
        return written == 4;
    }

    private byte* Path(ReadOnlySpan<byte> file)
    {
        byte* path = memory.Scratch->Path;
        var room = new Span<byte>(path, AgentScratch.PathBytes);
        "/proc/"u8.CopyTo(room);
        int length = 6;
        int digits = 1;
        for (int rest = Pid; rest >= 10; rest /= 10)
        {
            digits++;
        }

        for (int index = digits - 1, rest = Pid; index >= 0; index--, rest /= 10)
        {
            room[length + index] = (byte)('0' + (rest % 10));
        }

        length += digits;
        file.CopyTo(room[length..]);
        room[length + file.Length] = 0;
        return path;
    }
}
