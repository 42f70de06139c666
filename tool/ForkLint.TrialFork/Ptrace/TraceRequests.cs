using System.Runtime.InteropServices;

namespace ForkLint.TrialFork;

/// <summary>
/// The requests of ptrace(2) that a trial makes, each on the thread that attached. PTRACE_SYSCALL and PTRACE_SINGLESTEP are not among them:
/// a tool that dies in one of those leaves a SIGTRAP behind that ends the application.
/// </summary>
internal static unsafe class TraceRequests
{
    private const int Continue = 7;
    private const int DetachFrom = 17;
    private const int SetOptionsOf = 0x4200;
    private const int GetEventMessage = 0x4201;
    private const int GetRegisterSet = 0x4204;
    private const int SetRegisterSet = 0x4205;
    private const int SeizeThread = 0x4206;
    private const int InterruptThread = 0x4207;
    private const int GetSignalMask = 0x420A;
    private const int SetSignalMask = 0x420B;
    private const int SignalSetBytes = 8;
    private const int GeneralRegisters = 1; // NT_PRSTATUS
    private const int WaitAll = 0x40000000; // __WALL
    private const int DoNotHang = 1; // WNOHANG

    private static int PtraceCall => Libc.IsArm64 ? 117 : 101;

    /// <summary>Attaches to a thread without stopping it.</summary>
    /// <param name="thread">The thread.</param>
    /// <param name="options">PTRACE_O_ bits: which events stop it.</param>
    public static bool Seize(int thread, int options) => Call(SeizeThread, thread, 0, options) == 0;

    /// <summary>Asks a seized thread to stop.</summary>
    public static bool Interrupt(int thread) => Call(InterruptThread, thread, 0, 0) == 0;

    /// <summary>Lets a stopped thread go on, with a signal or 0.</summary>
    public static bool Resume(int thread, int signal) => Call(Continue, thread, 0, signal) == 0;

    /// <summary>Lets a stopped thread go for good.</summary>
    public static bool Detach(int thread, int signal = 0) => Call(DetachFrom, thread, 0, signal) == 0;

    /// <summary>Sets the PTRACE_O_ bits of a stopped thread.</summary>
    public static bool SetOptions(int thread, int options) => Call(SetOptionsOf, thread, 0, options) == 0;

    /// <summary>What the event that stopped a thread is about: the new process's id as this process sees it.</summary>
    public static int? EventMessage(int thread)
    {
        nuint message;
        return Call(GetEventMessage, thread, 0, (nint)(&message)) == 0 ? (int)message : null;
    }

    /// <summary>The general registers as the kernel lays them out; null where the thread is not stopped or is of another architecture.</summary>
    public static ulong[]? Registers(int thread, int count)
    {
        var registers = new ulong[count];
        fixed (ulong* start = registers)
        {
            return Get(thread, GeneralRegisters, start, count * sizeof(ulong)) == count * sizeof(ulong) ? registers : null;
        }
    }

    /// <summary>Sets the general registers.</summary>
    public static bool SetRegisters(int thread, ulong[] registers)
    {
        fixed (ulong* start = registers)
        {
            var vector = stackalloc nint[2];
            vector[0] = (nint)start;
            vector[1] = registers.Length * sizeof(ulong);
            return Call(SetRegisterSet, thread, GeneralRegisters, (nint)vector) == 0;
        }
    }

    /// <summary>Another set of registers (NT_… of linux/elf.h); empty where the thread has none.</summary>
    public static byte[] RegisterSet(int thread, int type, int mostBytes)
    {
        var bytes = new byte[mostBytes];
        fixed (byte* start = bytes)
        {
            int got = Get(thread, type, start, mostBytes);
            return got <= 0 ? [] : bytes[..got];
        }
    }

    /// <summary>The signals that a stopped thread blocks.</summary>
    public static ulong? SignalMask(int thread)
    {
        ulong mask;
        return Call(GetSignalMask, thread, SignalSetBytes, (nint)(&mask)) == 0 ? mask : null;
    }

    /// <summary>Sets them.</summary>
    public static bool SetMask(int thread, ulong mask) => Call(SetSignalMask, thread, SignalSetBytes, (nint)(&mask)) == 0;

    /// <summary>Whether ptrace itself is forbidden to this process by a filter: asked about a thread that cannot exist.</summary>
    public static bool IsFiltered() => !Interrupt(int.MaxValue) && Libc.LastError != Libc.ErrorNoProcess;

    /// <summary>What a traced thread did since it was asked about last; null where it did nothing yet.</summary>
    /// <exception cref="InvalidOperationException">It is not traced by this thread any more.</exception>
    public static TraceStop? Poll(int thread)
    {
        int status;
        int result = Libc.WaitForProcess(thread, &status, WaitAll | DoNotHang);
        return result == thread ? new TraceStop(status)
            : result == 0 || Libc.LastError == Libc.ErrorInterrupted ? null
            : throw new InvalidOperationException($"waitpid: {Libc.Message(Libc.LastError)}");
    }

    private static int Get(int thread, int type, void* buffer, int bytes)
    {
        var vector = stackalloc nint[2];
        vector[0] = (nint)buffer;
        vector[1] = bytes;
        return Call(GetRegisterSet, thread, type, (nint)vector) == 0 ? (int)vector[1] : -1;
    }

    private static nint Call(int request, int thread, nint address, nint data) => Libc.SystemCall(PtraceCall, request, thread, address, data);
}

/// <summary>How a traced thread stopped, or that it ended, as waitpid tells it (ptrace(2)).</summary>
/// <param name="Status">The status word.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TraceStop(int Status)
{
    /// <summary>PTRACE_EVENT_CLONE: it made the child of a trial.</summary>
    public const int CloneEvent = 3;

    /// <summary>PTRACE_EVENT_VFORK_DONE: its child that shared the memory is gone.</summary>
    public const int VforkDoneEvent = 5;

    /// <summary>PTRACE_EVENT_STOP: it was asked to stop, or is a new child.</summary>
    public const int StopEvent = 128;

    private const int TrapSignal = 5;

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => (Status & 0xFF) != 0x7F;

    /// <summary>The event; 0 where it stopped before a signal is delivered.</summary>
    public int Event => Status >> 16;

    /// <summary>The signal that it stopped with.</summary>
    public int Signal => (Status >> 8) & 0xFF;

    /// <summary>Whether it stopped because it was asked to, and not because the whole process is stopped by a signal.</summary>
    public bool IsAsked => !HasEnded && Event == StopEvent && Signal == TrapSignal;

    /// <summary>Whether it stopped before a signal is delivered.</summary>
    public bool IsSignal => !HasEnded && Event == 0;

    /// <summary>
    /// Whether it stopped in the middle of a call: when it goes on, the kernel writes the call's result over the register that holds one
    /// (kernel/fork.c, ptrace_event; arch/x86/entry, do_syscall_64), whatever a tracer has set by then.
    /// </summary>
    public bool IsInsideCall => !HasEnded && Event is not (0 or StopEvent);
}
