namespace ForkLint.Heap.Graph;

/// <summary>
/// The read holds a few arrays as long as the heap has objects, and passes through phases that each need other ones. Left to itself, the
/// collector would let those of several phases stand beside each other.
/// </summary>
internal static class LargeArrays
{
    /// <summary>Below it, everything together is too little to stop for.</summary>
    private const int ManyObjects = 250_000;

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
