namespace ForkLint.Spawns.Tracing;

/// <summary>Keeps one list for each distinct call chain: an application starts its processes in a handful of places, however many it starts.</summary>
internal sealed class CallChains
{
    /// <summary>Addresses from here on are marks between kernel and user frames (PERF_CONTEXT_*), not code.</summary>
    private const ulong FirstContextMark = unchecked((ulong)-4095L);

    /// <summary>More than this many come from a machine full of other programs: what is kept is then forgotten.</summary>
    private const int MostKept = 4096;

    private readonly Dictionary<int, ulong[]> _kept = [];

    /// <summary>The list of these frames, without the marks between them.</summary>
    public IReadOnlyList<ulong> Of(ReadOnlySpan<ulong> frames)
    {
        Span<ulong> addresses = stackalloc ulong[PerfEvents.MostFrames];
        var count = 0;
        var hash = new HashCode();
        foreach (var address in frames)
        {
            if (address is < FirstContextMark and not 0 && count < addresses.Length)
            {
                addresses[count++] = address;
                hash.Add(address);
            }
        }

        var key = hash.ToHashCode();
        var chain = addresses[..count];
        if (_kept.TryGetValue(key, out var kept) && chain.SequenceEqual(kept))
        {
            return kept;
        }

        if (_kept.Count >= MostKept)
        {
            _kept.Clear();
        }

        return _kept[key] = chain.ToArray();
    }
}
