using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>
/// Finds the two pieces of code that a trial returns through, in code that the target maps from files or has from the kernel. Code that a
/// program makes itself may change under our hands and is left out.
/// </summary>
internal static unsafe class CodeSearch
{
    private const int ChunkBytes = 1 << 20;
    private const int OverlapBytes = 16;

    /// <summary>More than any C library has; a browser's code is larger, and has a C library beside it.</summary>
    private const long MostBytes = 64L << 20;

    /// <summary>The code; null where there is none.</summary>
    /// <param name="machine">What to look for.</param>
    /// <param name="maps">The target's mappings.</param>
    /// <param name="memory">Its memory file.</param>
    public static Gadgets? Find(Machine machine, IReadOnlyList<MapRegion> maps, Descriptor memory)
    {
        ulong call = 0;
        ulong restorer = 0;
        long searched = 0;
        var buffer = new byte[ChunkBytes];
        foreach (var region in maps.Where(IsStable).OrderBy(Order))
        {
            for (ulong at = region.Start; at < region.End && (call == 0 || restorer == 0) && searched < MostBytes; at += ChunkBytes - OverlapBytes)
            {
                int wanted = (int)Math.Min(ChunkBytes, region.End - at);
                nint got;
                fixed (byte* start = buffer)
                {
                    got = Libc.ReadAt(memory.Value, start, wanted, (long)at);
                }

                if (got <= 0)
                {
                    break;
                }

                searched += got;
                var (foundCall, foundRestorer) = machine.Find(buffer.AsSpan(0, (int)got));
                call = call == 0 && foundCall >= 0 ? at + (ulong)foundCall : call;
                restorer = restorer == 0 && foundRestorer >= 0 ? at + (ulong)foundRestorer : restorer;
                if (wanted < ChunkBytes)
                {
                    break;
                }
            }
        }

        return call != 0 && restorer != 0 ? new Gadgets(call, restorer) : null;
    }

    private static bool IsStable(MapRegion region) =>
        region.IsPrivate && region.Permissions.StartsWith("r-x", StringComparison.Ordinal)
        && (region.Path == "[vdso]" || (region.IsFile && region.Inode != 0 && !region.Path.StartsWith("/memfd:", StringComparison.Ordinal)));

    /// <summary>The C library first, then the kernel's own code, then the rest from the smallest on.</summary>
    private static long Order(MapRegion region)
    {
        string name = Path.GetFileName(region.Path);
        return name.StartsWith("libc.", StringComparison.Ordinal) || name.StartsWith("libc-", StringComparison.Ordinal) || name.StartsWith("ld-musl-", StringComparison.Ordinal) ? 0
            : region.Path == "[vdso]" ? 1
            : region.SizeBytes;
    }
}
