using System.Buffers.Binary;

namespace ForkLint.TrialFork;

/// <summary>What a thread is made to create.</summary>
internal enum CreatedTask
{
    /// <summary>A copy of the process.</summary>
    Process,

    /// <summary>A thread that runs on the same stack, and ends after one call.</summary>
    Thread,
}

/// <summary>
/// What is written below a thread's stack pointer: how long a child sleeps, the frame with which what was created ends itself, and the frame
/// that brings the thread back.
/// </summary>
internal sealed class InjectionPlan
{
    /// <summary>The code with which a child ends itself: it tells a child that a killed tool left from any other.</summary>
    public const int ExitCode = 0xF7;

    private const int Alignment = 64;
    private const int TimeBytes = 64;

    /// <summary>Where the tool dies, the thread may go on before a thread that was created has run: its frame lies where no call reaches soon.</summary>
    private const int GapBytes = 16 << 10;

    private InjectionPlan(Machine machine, ulong stackPointer, int vectorBytes, CreatedTask created)
    {
        ulong top = (stackPointer - Machine.RedZoneBytes) & ~(ulong)(Alignment - 1);
        TimeAddress = top - TimeBytes;
        int own = machine.FrameBytes(vectorBytes);
        int other = machine.FrameBytes(0);

        // Below the frame of a thread that forks is nothing: a signal handler would run there.
        ThreadFrame = created == CreatedTask.Process ? TimeAddress - (ulong)(other + own) : TimeAddress - (ulong)own;
        CreatedFrame = created == CreatedTask.Process ? ThreadFrame + (ulong)own : ThreadFrame - (ulong)(GapBytes + other);
        Parts = [];
    }

    /// <summary>Where the time that a child sleeps lies (struct timespec).</summary>
    public ulong TimeAddress { get; }

    /// <summary>The frame, and the stack pointer, of what is created.</summary>
    public ulong CreatedFrame { get; }

    /// <summary>The frame, and for the call the stack pointer, of the thread.</summary>
    public ulong ThreadFrame { get; }

    /// <summary>What is written, and where.</summary>
    public IReadOnlyList<(ulong Address, byte[] Bytes)> Parts { get; private set; }

    /// <summary>An upper bound of how far below the stack pointer it reaches.</summary>
    public static int MostBytes(Machine machine) =>
        Machine.RedZoneBytes + Alignment + TimeBytes + machine.FrameBytes(0) + machine.FrameBytes(16 << 10) + GapBytes;

    /// <summary>Makes the plan.</summary>
    /// <param name="machine">The processor.</param>
    /// <param name="gadgets">The code to return through.</param>
    /// <param name="thread">The stopped thread.</param>
    /// <param name="created">What it is going to create.</param>
    /// <param name="sleepSeconds">How long a child sleeps before it ends itself.</param>
    public static InjectionPlan Make(Machine machine, Gadgets gadgets, StoppedThread thread, CreatedTask created, int sleepSeconds)
    {
        var plan = new InjectionPlan(machine, machine.StackPointer(thread.Registers), thread.Vectors.Length, created);
        int exit = created == CreatedTask.Process ? machine.Calls.ExitProcess : machine.Calls.ExitThread;
        ulong[] end = machine.Calling(thread.Registers, gadgets, plan.CreatedFrame, exit, ExitCode);
        var time = new byte[2 * sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(time, sleepSeconds);
        plan.Parts =
        [
            (plan.TimeAddress, time),
            (plan.CreatedFrame, machine.Frame(plan.CreatedFrame, end, Machine.AllSignals, [], gadgets)),
            (plan.ThreadFrame, machine.Frame(plan.ThreadFrame, thread.Home, thread.Mask, thread.Vectors, gadgets)),
        ];
        return plan;
    }
}
