using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>Two pieces of code that the target maps anyway; nothing of it is changed.</summary>
/// <param name="Call">A system call instruction with a return behind it.</param>
/// <param name="Restorer">The code that ends a signal handler: it makes the call rt_sigreturn.</param>
internal readonly record struct Gadgets(ulong Call, ulong Restorer);

/// <summary>The numbers of the system calls that a trial makes in the target.</summary>
/// <param name="Create">clone.</param>
/// <param name="Wait">wait4.</param>
/// <param name="Sleep">nanosleep.</param>
/// <param name="ExitProcess">exit_group.</param>
/// <param name="ExitThread">exit: ends the calling thread alone.</param>
internal readonly record struct MachineCalls(int Create, int Wait, int Sleep, int ExitProcess, int ExitThread);

/// <summary>
/// What a trial must know of a processor: its registers, its system calls, and the frame that rt_sigreturn takes all registers from. A
/// thread that is made to return into such a frame goes on where it was, whatever has become of the tool.
/// </summary>
internal abstract class Machine
{
    /// <summary>Every signal.</summary>
    public const ulong AllSignals = ulong.MaxValue;

    /// <summary>Below the stack pointer, what a leaf function keeps there without moving it (System V ABI for x86-64; other ABIs have none).</summary>
    public const int RedZoneBytes = 128;

    /// <summary>The errno values with which the kernel marks an interrupted call (Linux include/linux/errno.h).</summary>
    protected const long RestartSystem = -512;
    protected const long RestartNoInterrupt = -513;
    protected const long RestartNoHandler = -514;
    protected const long RestartBlock = -516;
    protected const long Interrupted = -4; // EINTR

    /// <summary>The processor that this tool runs on; the target is refused where its registers are not of it.</summary>
    public static Machine Current { get; } = Libc.IsArm64 ? new Arm64Machine() : new X64Machine();

    /// <summary>How many general registers there are.</summary>
    public abstract int RegisterCount { get; }

    /// <summary>The numbers of the calls that are made.</summary>
    public abstract MachineCalls Calls { get; }

    /// <summary>The stack pointer.</summary>
    public abstract ulong StackPointer(ulong[] registers);

    /// <summary>The value that a system call has returned.</summary>
    public abstract long Result(ulong[] registers);

    /// <summary>Whether the next instruction is at this address or behind the call instruction there.</summary>
    public abstract bool IsAt(ulong[] registers, ulong address);

    /// <summary>Whether a stopped thread was waiting in a call, and the stop alone took it out of it.</summary>
    /// <param name="registers">Its registers.</param>
    /// <param name="call">The call that it waited in before it was stopped.</param>
    public abstract bool IsInterrupted(ulong[] registers, WaitingCall call);

    /// <summary>The registers with which a thread makes its call again by itself, without the kernel's help.</summary>
    public abstract ulong[] Again(ulong[] registers, WaitingCall call);

    /// <summary>The registers to leave a thread with, where the kernel makes the call again as if nothing had been.</summary>
    public abstract ulong[] Back(ulong[] registers, WaitingCall call);

    /// <summary>The registers that make a call and then return into a frame.</summary>
    /// <param name="registers">What all other registers are.</param>
    /// <param name="gadgets">The code to use.</param>
    /// <param name="frame">The frame's address: the stack pointer.</param>
    /// <param name="number">The call.</param>
    /// <param name="arguments">Its arguments, four at most.</param>
    public abstract ulong[] Calling(ulong[] registers, Gadgets gadgets, ulong frame, int number, params ReadOnlySpan<ulong> arguments);

    /// <summary>The vector registers of a stopped thread, as the frame takes them.</summary>
    public abstract byte[] Vectors(int thread);

    /// <summary>Why a stopped thread cannot be used, whatever it does; null where it can.</summary>
    public abstract string? Objection(int thread, ProcessFiles files);

    /// <summary>How many bytes a frame takes.</summary>
    public abstract int FrameBytes(int vectorBytes);

    /// <summary>The frame.</summary>
    /// <param name="address">Where it is to lie: a multiple of 64.</param>
    /// <param name="registers">The registers that it restores.</param>
    /// <param name="mask">The signals that are blocked then.</param>
    /// <param name="vectors">What <see cref="Vectors"/> returned; empty for none.</param>
    /// <param name="gadgets">The code that was found.</param>
    public abstract byte[] Frame(ulong address, ulong[] registers, ulong mask, byte[] vectors, Gadgets gadgets);

    /// <summary>Where in a stretch of code the two pieces are; negative: not there.</summary>
    public abstract (int Call, int Restorer) Find(ReadOnlySpan<byte> code);
}
