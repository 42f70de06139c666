using ForkLint.Linux;

namespace ForkLint.Heap.Native;

/// <summary>Looks up what lies at an address in a list in the order of addresses.</summary>
internal static class Sorted
{
    /// <summary>The mapping that holds an address; null where nothing is mapped.</summary>
    public static T? Containing<T>(IReadOnlyList<T> regions, ulong address)
        where T : MapRegion
    {
        int low = 0;
        int high = regions.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            if (address < regions[middle].Start)
            {
                high = middle - 1;
            }
            else if (address >= regions[middle].End)
            {
                low = middle + 1;
            }
            else
            {
                return regions[middle];
            }
        }

        return null;
    }
}
