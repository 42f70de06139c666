using ForkLint.Heap.Interop;

namespace ForkLint.Heap.Graph;

/// <summary>
/// The read holds a few arrays as long as the heap has objects, and passes through phases that each need other ones. Left to itself, the
/// collector would let those of several phases stand beside each other.
/// </summary>
internal static class LargeArrays
{
    /// <summary>Below it, everything together is too little to stop for.</summary>
    private const int ManyObjects = 250_000;

    private const int AdviseHugePages = 14;
    private const nint HugePageBytes = 2 << 20;

    /// <summary>
    /// An array whose contents are still to be written. The graph is walked in an unpredictable order, so nearly every access would miss the
    /// processor's table of pages: where the array is long, huge pages are asked for (madvise(2), MADV_HUGEPAGE), before it is touched.
    /// </summary>
    public static T[] Make<T>(int length)
        where T : unmanaged
    {
        T[] array = GC.AllocateUninitializedArray<T>(length);
        Advise(array);
        return array;
    }

    /// <summary>The same, all zero: where the memory is new, without touching it.</summary>
    public static T[] MakeZeroed<T>(int length)
        where T : unmanaged
    {
        T[] array = new T[length];
        Advise(array);
        return array;
    }

    private static unsafe void Advise<T>(T[] array)
        where T : unmanaged
    {
        if ((long)array.Length * sizeof(T) >= 2 * HugePageBytes)
        {
            fixed (T* start = array)
            {
                nint first = ((nint)start + HugePageBytes - 1) & -HugePageBytes;
                nint last = (nint)(start + array.Length) & -HugePageBytes;

                // Where it is refused, the array is as it was.
                _ = last > first ? Libc.AdviseMemory(first, (nuint)(last - first), AdviseHugePages) : 0;
            }
        }
    }

    /// <summary>
    /// Gives the arrays that are no longer referred to back to the kernel. Few objects live, whatever their size, so it takes milliseconds.
    /// </summary>
    public static void GiveBack(int objects)
    {
        if (objects >= ManyObjects)
        {
            GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
    }
}
