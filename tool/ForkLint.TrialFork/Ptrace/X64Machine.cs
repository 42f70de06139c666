using System.Buffers.Binary;
using System.Runtime.Intrinsics.X86;
using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>The registers and system calls of x86-64 for a trial by ptrace (Linux arch/x86/include/uapi/asm/{ptrace-abi,sigcontext,ucontext}.h and arch/x86/kernel/signal_64.c).</summary>
internal sealed class X64Machine : Machine
{
    private const int Rbp = 4;
    private const int Rbx = 5;
    private const int R11 = 6;
    private const int R10 = 7;
    private const int R9 = 8;
    private const int R8 = 9;
    private const int Rax = 10;
    private const int Rcx = 11;
    private const int Rdx = 12;
    private const int Rsi = 13;
    private const int Rdi = 14;
    private const int OriginalRax = 15;
    private const int Rip = 16;
    private const int Cs = 17;
    private const int Flags = 18;
    private const int Rsp = 19;
    private const int Ss = 20;
    private const int CallInstructionBytes = 2;
    private const ulong NoCall = ulong.MaxValue;
    private const ulong UserCode64 = 0x33; // __USER_CS

    // struct rt_sigframe: the return address, struct ucontext, siginfo.
    private const int ContextAt = 8;
    private const int MachineContextAt = ContextAt + 40;
    private const int FloatPointerAt = MachineContextAt + (23 * 8);
    private const int SignalMaskAt = MachineContextAt + 256;
    private const int HeaderBytes = 512; // with siginfo, rounded up
    private const ulong HasFloats = 1; // UC_FP_XSTATE
    private const ulong StrictStackSegment = 2 | 4; // UC_SIGCONTEXT_SS, UC_STRICT_RESTORE_SS

    // XSAVE: what the kernel puts into the unused part of the legacy area (struct _fpx_sw_bytes).
    private const int XsaveRegisters = 0x202; // NT_X86_XSTATE
    private const int MostXsaveBytes = 16 << 10;
    private const int SoftwareBytesAt = 464;
    private const int FeaturesInUseAt = 512;
    private const int LegacyAndHeaderBytes = 576;
    private const uint Magic1 = 0x46505853;
    private const uint Magic2 = 0x46505845;
    private const int TileData = 18; // XFEATURE_XTILE_DATA: in a frame only of a process that asked for it
    private static readonly int[] InContextOrder = [R8, R9, R10, R11, 3, 2, 1, 0, Rdi, Rsi, Rbp, Rbx, Rdx, Rax, Rcx, Rsp, Rip, Flags];

    /// <inheritdoc/>
    public override int RegisterCount => 27;

    /// <inheritdoc/>
    public override MachineCalls Calls => new(56, 61, 35, 231, 60);

    /// <inheritdoc/>
    public override ulong StackPointer(ulong[] registers) => registers[Rsp];

    /// <inheritdoc/>
    public override long Result(ulong[] registers) => (long)registers[Rax];

    /// <inheritdoc/>
    public override bool IsAt(ulong[] registers, ulong address) => registers[Rip] == address || registers[Rip] == address + CallInstructionBytes;

    /// <inheritdoc/>
    public override bool IsInterrupted(ulong[] registers, WaitingCall call) =>
        registers[Cs] == UserCode64 && registers[OriginalRax] == (ulong)call.Number
        && (long)registers[Rax] is RestartSystem or RestartNoInterrupt or RestartNoHandler or RestartBlock or Interrupted;

    /// <inheritdoc/>
    public override ulong[] Again(ulong[] registers, WaitingCall call)
    {
        var again = (ulong[])registers.Clone();
        again[Rax] = registers[OriginalRax];
        again[Rip] -= CallInstructionBytes;
        again[OriginalRax] = NoCall;
        return again;
    }

    /// <inheritdoc/>
    public override ulong[] Back(ulong[] registers, WaitingCall call) =>
        (long)registers[Rax] == Interrupted ? Again(registers, call) : registers;

    /// <inheritdoc/>
    public override ulong[] Calling(ulong[] registers, Gadgets gadgets, ulong frame, int number, params ReadOnlySpan<ulong> arguments)
    {
        var calling = (ulong[])registers.Clone();
        calling[Rip] = gadgets.Call;
        calling[Rax] = (ulong)number;
        calling[OriginalRax] = NoCall; // else the kernel takes what is in rax for a call to make again
        calling[Rsp] = frame;
        ReadOnlySpan<int> order = [Rdi, Rsi, Rdx, R10, R8, R9];
        for (int index = 0; index < order.Length; index++)
        {
            calling[order[index]] = index < arguments.Length ? arguments[index] : 0;
        }

        return calling;
    }

    /// <inheritdoc/>
    public override byte[] Vectors(int thread)
    {
        byte[] all = TraceRequests.RegisterSet(thread, XsaveRegisters, MostXsaveBytes);
        return all.Length < LegacyAndHeaderBytes ? [] : Trimmed(all, XsaveLayout);
    }

    /// <inheritdoc/>
    public override string? Objection(int thread, ProcessFiles files)
    {
        try
        {
            // "x86_Thread_features: shstk" (Linux 6.6): a return to where no call came from ends a process with a shadow stack.
            string path = files.PathOf($"task/{thread}/status");
            return File.ReadLines(path).Any(static line => line.StartsWith("x86_Thread_features:", StringComparison.Ordinal) && line.Contains("shstk", StringComparison.Ordinal))
                ? "has a shadow stack"
                : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return "has ended";
        }
    }

    /// <inheritdoc/>
    public override int FrameBytes(int vectorBytes) => Aligned(HeaderBytes + vectorBytes + sizeof(uint));

    /// <inheritdoc/>
    public override byte[] Frame(ulong address, ulong[] registers, ulong mask, byte[] vectors, Gadgets gadgets)
    {
        var frame = new byte[FrameBytes(vectors.Length)];
        Write(frame, 0, gadgets.Restorer);
        Write(frame, ContextAt, StrictStackSegment | (vectors.Length > 0 ? HasFloats : 0));
        for (int index = 0; index < InContextOrder.Length; index++)
        {
            Write(frame, MachineContextAt + (index * sizeof(ulong)), registers[InContextOrder[index]]);
        }

        // cs, gs, fs and ss share a word.
        Write(frame, MachineContextAt + (InContextOrder.Length * sizeof(ulong)), (registers[Cs] & 0xFFFF) | ((registers[Ss] & 0xFFFF) << 48));
        Write(frame, SignalMaskAt, mask);
        if (vectors.Length > 0)
        {
            Write(frame, FloatPointerAt, address + HeaderBytes);
            vectors.CopyTo(frame, HeaderBytes);
            var software = frame.AsSpan(HeaderBytes + SoftwareBytesAt);
            ulong features = BinaryPrimitives.ReadUInt64LittleEndian(software);
            BinaryPrimitives.WriteUInt32LittleEndian(software, Magic1);
            BinaryPrimitives.WriteUInt32LittleEndian(software[4..], (uint)vectors.Length + sizeof(uint));
            BinaryPrimitives.WriteUInt64LittleEndian(software[8..], features);
            BinaryPrimitives.WriteUInt32LittleEndian(software[16..], (uint)vectors.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(HeaderBytes + vectors.Length), Magic2);
        }

        return frame;
    }

    /// <inheritdoc/>
    public override (int Call, int Restorer) Find(ReadOnlySpan<byte> code)
    {
        int call = code.IndexOf((ReadOnlySpan<byte>)[0x0F, 0x05, 0xC3]);

        // mov $15, %rax (or %eax); syscall: glibc, musl and Go write it so.
        int restorer = code.IndexOf((ReadOnlySpan<byte>)[0x48, 0xC7, 0xC0, 0x0F, 0x00, 0x00, 0x00, 0x0F, 0x05]);
        return (call, restorer >= 0 ? restorer : code.IndexOf((ReadOnlySpan<byte>)[0xB8, 0x0F, 0x00, 0x00, 0x00, 0x0F, 0x05]));
    }

    /// <summary>
    /// Without the tile registers where the thread does not use them: the kernel takes a frame that is larger than the thread's own state for
    /// one without any vectors (arch/x86/kernel/fpu/signal.c, check_xstate_in_sigframe).
    /// </summary>
    /// <param name="all">The state as the kernel gives it: the features that it may hold are named where a frame has its software bytes.</param>
    /// <param name="layout">Offset and size of a feature.</param>
    internal static byte[] Trimmed(byte[] all, Func<int, (int Offset, int Size)> layout)
    {
        ulong features = BinaryPrimitives.ReadUInt64LittleEndian(all.AsSpan(SoftwareBytesAt));
        ulong used = BinaryPrimitives.ReadUInt64LittleEndian(all.AsSpan(FeaturesInUseAt));
        const ulong tiles = 1UL << TileData;
        if ((features & tiles) == 0 || (used & tiles) != 0)
        {
            return all;
        }

        features &= ~tiles;
        int bytes = LegacyAndHeaderBytes;
        for (int feature = 2; feature < 63; feature++)
        {
            if ((features & (1UL << feature)) != 0)
            {
                var (offset, size) = layout(feature);
                bytes = Math.Max(bytes, offset + size);
            }
        }

        byte[] trimmed = all[..Math.Min(bytes, all.Length)];
        BinaryPrimitives.WriteUInt64LittleEndian(trimmed.AsSpan(SoftwareBytesAt), features);
        return trimmed;
    }

    private static (int Offset, int Size) XsaveLayout(int feature)
    {
        var (size, offset, _, _) = X86Base.CpuId(0xD, feature);
        return (offset, size);
    }

    private static int Aligned(int bytes) => (bytes + 63) & ~63;

    private static void Write(byte[] frame, int offset, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(frame.AsSpan(offset), value);
}
