using System.Runtime;
using System.Runtime.CompilerServices;

namespace EarlyRuntimeApp;

/// <summary>
/// Does what its standard input says: fills a cache of 48 arrays of a million bytes, or drops it. Whoever wants the memory back fills and drops it once before: what
/// the runtime loads for the first time has its literals behind the cache in the large object heap, pinned, and keeps all of it.
/// </summary>
internal static class Program
{
    private static Dictionary<int, byte[]>? s_cache;

    /// <summary>Ends with its standard input, so that it cannot outlive the tests.</summary>
    public static void Main()
    {
        while (Console.ReadLine() is { } command)
        {
            if (command == "fill")
            {
                s_cache = [];
                Fill(s_cache);
            }
            else if (command == "drop")
            {
                s_cache = null;
                GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
                GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
            }

            Console.WriteLine($"{Environment.Version} {s_cache?.Count}");
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Fill(Dictionary<int, byte[]> cache)
    {
        for (int index = 0; index < 48; index++)
        {
            byte[] array = new byte[1_000_000];
            Array.Fill(array, (byte)1);
            cache.Add(index, array);
        }
    }
}
