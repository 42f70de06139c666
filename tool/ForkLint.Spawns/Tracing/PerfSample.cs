namespace ForkLint.Spawns.Tracing;

/// <summary>
/// One PERF_RECORD_SAMPLE with the fields that <see cref="PerfEvents"/> asks for: identifier, thread, time, call chain, raw bytes
/// (perf_event_open(2), "PERF_RECORD_SAMPLE").
/// </summary>
/// <param name="Identifier">Which event it is of.</param>
/// <param name="Pid">The process in whose context it happened.</param>
/// <param name="Thread">Its thread.</param>
/// <param name="TimeNanoseconds">CLOCK_MONOTONIC.</param>
/// <param name="CallChain">User-mode addresses, the innermost first; empty where none was asked for.</param>
/// <param name="Raw">The tracepoint's bytes.</param>
internal sealed record PerfSample(ulong Identifier, int Pid, int Thread, long TimeNanoseconds, IReadOnlyList<ulong> CallChain, byte[] Raw)
{
    /// <summary>Addresses from here on are marks between kernel and user frames (PERF_CONTEXT_*), not code.</summary>
    private const ulong FirstContextMark = unchecked((ulong)-4095L);

    private const int FixedBytes = 24;

    /// <summary>Parses the bytes behind the record's header.</summary>
    /// <param name="body">Identifier, pid and tid, time, [number of frames, frames,] length of the raw bytes, raw bytes.</param>
    /// <param name="hasCallChain">Tells from the identifier whether the event was opened with call chains.</param>
    /// <returns>The sample; null where the bytes end early.</returns>
    public static PerfSample? Parse(ReadOnlySpan<byte> body, Func<ulong, bool> hasCallChain)
    {
        if (body.Length < FixedBytes)
        {
            return null;
        }

        var identifier = BitConverter.ToUInt64(body);
        var (pid, thread) = (BitConverter.ToInt32(body[8..]), BitConverter.ToInt32(body[12..]));
        var time = BitConverter.ToInt64(body[16..]);
        body = body[FixedBytes..];
        var chain = new List<ulong>();
        if (hasCallChain(identifier) && !TakeCallChain(ref body, chain))
        {
            return null;
        }

        if (body.Length < 4 || BitConverter.ToInt32(body) is var length && (length < 0 || length > body.Length - 4))
        {
            return null;
        }

        return new PerfSample(identifier, pid, thread, time, chain, body.Slice(4, length).ToArray());
    }

    private static bool TakeCallChain(ref ReadOnlySpan<byte> body, List<ulong> chain)
    {
        if (body.Length < 8 || BitConverter.ToUInt64(body) is var count && count > (ulong)(body.Length - 8) / 8)
        {
            return false;
        }

        body = body[8..];
        for (var index = 0UL; index < count; index++, body = body[8..])
        {
            if (BitConverter.ToUInt64(body) is var address && address < FirstContextMark && address != 0)
            {
                chain.Add(address);
            }
        }

        return true;
    }
}
