using System.Buffers.Binary;
using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>The registers and system calls of arm64 for a trial by ptrace (Linux arch/arm64/include/uapi/asm/{ptrace,sigcontext,ucontext}.h and arch/arm64/kernel/signal.c).</summary>
internal sealed class Arm64Machine : Machine
{
    private const int NumberRegister = 8;
    private const int Link = 30;
    private const int Sp = 31;
    private const int Pc = 32;
    private const int InstructionBytes = 4;
    private const uint SupervisorCall = 0xD4000001; // svc #0
    private const uint Return = 0xD65F03C0;
    private const uint MoveSigreturn = 0xD2801168; // mov x8, #139

    // struct rt_sigframe: siginfo, struct ucontext; its sigcontext is aligned to 16 and ends in a list of records.
    private const int ContextAt = 128;
    private const int SignalMaskAt = ContextAt + 40;
    private const int MachineContextAt = ContextAt + 176;
    private const int RegistersAt = MachineContextAt + 8;
    private const int RecordsAt = MachineContextAt + 288;
    private const int AllRecordsBytes = 4096;
    private const uint VectorMagic = 0x46508001; // FPSIMD_MAGIC
    private const int VectorRecordBytes = 528;
    private const int VectorRegisters = 2; // NT_PRFPREG
    private const int VectorBytes = 528;
    private const int VectorValueBytes = 512;
    private const int GuardedStack = 0x410; // NT_ARM_GCS
    private const int ScalableMatrix = 0x40C; // NT_ARM_ZA
    private const int ScalableHeaderBytes = 16;

    /// <inheritdoc/>
    public override int RegisterCount => 34;

    /// <inheritdoc/>
    public override MachineCalls Calls => new(220, 260, 101, 94, 93);

    /// <inheritdoc/>
    public override ulong StackPointer(ulong[] registers) => registers[Sp];

    /// <inheritdoc/>
    public override long Result(ulong[] registers) => (long)registers[0];

    /// <inheritdoc/>
    public override bool IsAt(ulong[] registers, ulong address) => registers[Pc] == address || registers[Pc] == address + InstructionBytes;

    /// <summary>
    /// Before a stop shows, the kernel has wound a call that it will make again back: the program counter is at the instruction, the first
    /// argument is what it was (do_signal). The stack pointer tells that it is still the same call.
    /// </summary>
    public override bool IsInterrupted(ulong[] registers, WaitingCall call) =>
        registers[NumberRegister] == (ulong)call.Number && registers[Sp] == call.StackPointer
        && (registers[0] == call.Arguments[0] || (long)registers[0] == Interrupted);

    /// <inheritdoc/>
    public override ulong[] Again(ulong[] registers, WaitingCall call)
    {
        var again = (ulong[])registers.Clone();
        if ((long)registers[0] == Interrupted && call.Arguments[0] != registers[0])
        {
            again[0] = call.Arguments[0];
            again[Pc] -= InstructionBytes;
        }

        return again;
    }

    /// <inheritdoc/>
    public override ulong[] Back(ulong[] registers, WaitingCall call) => Again(registers, call);

    /// <inheritdoc/>
    public override ulong[] Calling(ulong[] registers, Gadgets gadgets, ulong frame, int number, params ReadOnlySpan<ulong> arguments)
    {
        var calling = (ulong[])registers.Clone();
        calling[Pc] = gadgets.Call;
        calling[NumberRegister] = (ulong)number;
        calling[Link] = gadgets.Restorer;
        calling[Sp] = frame;
        for (int index = 0; index < 6; index++)
        {
            calling[index] = index < arguments.Length ? arguments[index] : 0;
        }

        return calling;
    }

    /// <summary>The first 128 bits of each: a system call leaves no more of the scalable ones (Documentation/arch/arm64/sve.rst).</summary>
    public override byte[] Vectors(int thread)
    {
        byte[] bytes = TraceRequests.RegisterSet(thread, VectorRegisters, VectorBytes);
        return bytes.Length == VectorBytes ? bytes : [];
    }

    /// <inheritdoc/>
    public override string? Objection(int thread, ProcessFiles files) =>
        TraceRequests.RegisterSet(thread, GuardedStack, 24) is { Length: > 0 } stack && (stack[0] & 1) != 0 ? "has a shadow stack"
        : TraceRequests.RegisterSet(thread, ScalableMatrix, 1 << 20).Length > ScalableHeaderBytes ? "uses the matrix registers"
        : null;

    /// <inheritdoc/>
    public override int FrameBytes(int vectorBytes) => (RecordsAt + AllRecordsBytes + 63) & ~63;

    /// <inheritdoc/>
    public override byte[] Frame(ulong address, ulong[] registers, ulong mask, byte[] vectors, Gadgets gadgets)
    {
        var frame = new byte[FrameBytes(vectors.Length)];
        BinaryPrimitives.WriteUInt64LittleEndian(frame.AsSpan(SignalMaskAt), mask);
        for (int index = 0; index < RegisterCount; index++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(frame.AsSpan(RegistersAt + (index * sizeof(ulong))), registers[index]);
        }

        // The kernel takes a frame without this record for none; of a child nothing is restored but zeroes.
        var record = frame.AsSpan(RecordsAt);
        BinaryPrimitives.WriteUInt32LittleEndian(record, VectorMagic);
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..], VectorRecordBytes);
        if (vectors.Length == VectorBytes)
        {
            vectors.AsSpan(VectorValueBytes, 8).CopyTo(record[8..]); // status and control
            vectors.AsSpan(0, VectorValueBytes).CopyTo(record[16..]);
        }

        return frame;
    }

    /// <inheritdoc/>
    public override (int Call, int Restorer) Find(ReadOnlySpan<byte> code)
    {
        int call = -1;
        int restorer = -1;
        for (int at = 0; at + (2 * InstructionBytes) <= code.Length && (call < 0 || restorer < 0); at += InstructionBytes)
        {
            uint first = BinaryPrimitives.ReadUInt32LittleEndian(code[at..]);
            uint second = BinaryPrimitives.ReadUInt32LittleEndian(code[(at + InstructionBytes)..]);
            call = call < 0 && first == SupervisorCall && second == Return ? at : call;
            restorer = restorer < 0 && first == MoveSigreturn && second == SupervisorCall ? at : restorer;
        }

        return (call, restorer);
    }
}
