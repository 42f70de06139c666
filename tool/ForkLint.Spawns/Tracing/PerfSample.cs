using System.Runtime.InteropServices;

namespace ForkLint.Spawns.Tracing;

/// <summary>What a sample has beside the fields that all have.</summary>
[Flags]
internal enum SampleParts
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The caller's user-mode frames.</summary>
    CallChain = 1,

    /// <summary>The upper part of the user-mode stack, and where it begins.</summary>
    Stack = 2,
}

/// <summary>
/// One PERF_RECORD_SAMPLE with the fields that <see cref="PerfEvents"/> asks for: identifier, thread, time, call chain, raw bytes, stack
/// pointer, stack (perf_event_open(2), "PERF_RECORD_SAMPLE"). Its bytes are those of the record.
/// </summary>
internal readonly ref struct PerfSample
{
    /// <summary>PERF_SAMPLE_REGS_ABI_64.</summary>
    private const ulong Abi64 = 2;

    private const int FixedBytes = 24;

    private PerfSample(ReadOnlySpan<byte> body)
    {
        (Pid, Thread) = (BitConverter.ToInt32(body[8..]), BitConverter.ToInt32(body[12..]));
        TimeNanoseconds = BitConverter.ToInt64(body[16..]);
    }

    /// <summary>The process in whose context it happened.</summary>
    public int Pid { get; }

    /// <summary>Its thread.</summary>
    public int Thread { get; }

    /// <summary>CLOCK_MONOTONIC.</summary>
    public long TimeNanoseconds { get; }

    /// <summary>The frames and the marks between them, the innermost first; empty where none were asked for.</summary>
    public ReadOnlySpan<ulong> CallChain { get; private init; }

    /// <summary>The tracepoint's bytes.</summary>
    public ReadOnlySpan<byte> Raw { get; private init; }

    /// <summary>The user-mode stack pointer of a program of 64 bits.</summary>
    public ulong StackPointer { get; private init; }

    /// <summary>The bytes from <see cref="StackPointer"/> upwards, as far as they were in memory; empty where none were asked for.</summary>
    public ReadOnlySpan<byte> Stack { get; private init; }

    /// <summary>Which event a sample is of; null where the bytes end early.</summary>
    public static ulong? IdentifierOf(ReadOnlySpan<byte> body) => body.Length < FixedBytes ? null : BitConverter.ToUInt64(body);

    /// <summary>Parses the bytes behind the record's header.</summary>
    /// <param name="body">Identifier, pid and tid, time, [number of frames, frames,] length of the raw bytes, raw bytes, [ABI, stack pointer, stack].</param>
    /// <param name="parts">What the event was opened with.</param>
    /// <param name="sample">The sample.</param>
    /// <returns>Whether the bytes are a whole sample.</returns>
    public static bool TryParse(ReadOnlySpan<byte> body, SampleParts parts, out PerfSample sample)
    {
        sample = default;
        if (body.Length < FixedBytes)
        {
            return false;
        }

        var rest = body[FixedBytes..];
        ReadOnlySpan<ulong> chain = default;
        if (parts.HasFlag(SampleParts.CallChain))
        {
            if (rest.Length < 8 || BitConverter.ToUInt64(rest) is var count && count > (ulong)(rest.Length - 8) / 8)
            {
                return false;
            }

            chain = MemoryMarshal.Cast<byte, ulong>(rest.Slice(8, (int)count * 8));
            rest = rest[(8 + ((int)count * 8))..];
        }

        if (rest.Length < 4 || BitConverter.ToInt32(rest) is var length && (length < 0 || length > rest.Length - 4))
        {
            return false;
        }

        var raw = rest.Slice(4, length);
        var stack = ReadOnlySpan<byte>.Empty;
        ulong pointer = 0;
        if (parts.HasFlag(SampleParts.Stack))
        {
            // The raw bytes end where the next field is aligned: the kernel counts the padding in.
            TakeStack(rest[(4 + length)..], out pointer, out stack);
        }

        sample = new PerfSample(body) { CallChain = chain, Raw = raw, StackPointer = pointer, Stack = stack };
        return true;
    }

    // ABI, 0 where there are no registers; [stack pointer]; size of the room; room; how much of it is filled, where there is room.
    private static void TakeStack(ReadOnlySpan<byte> rest, out ulong pointer, out ReadOnlySpan<byte> stack)
    {
        pointer = 0;
        stack = default;
        if (rest.Length < 24 || BitConverter.ToUInt64(rest) != Abi64)
        {
            return;
        }

        var size = BitConverter.ToUInt64(rest[16..]);
        if (size == 0 || size > (ulong)rest.Length - 24 || rest.Length - 24 - (int)size < 8)
        {
            return;
        }

        var filled = BitConverter.ToUInt64(rest[(24 + (int)size)..]);
        pointer = BitConverter.ToUInt64(rest[8..]);
        stack = rest.Slice(24, (int)Math.Min(filled, size));
    }
}
