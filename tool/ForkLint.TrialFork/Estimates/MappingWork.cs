using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>How long copying the mappings themselves takes, in terms of page table entries, so that one calibration serves both.</summary>
internal static class MappingWork
{
    /// <summary>
    /// A mapping with an anon_vma: measured 1.6 to 3.9 µs each over 20,000 to 250,000 of them, where an entry took 0.1 µs (Linux 6.18).
    /// </summary>
    private const long AnonymousInPages = 30;

    /// <summary>One without: measured 0.5 to 0.7 µs.</summary>
    private const long PlainInPages = 7;

    /// <summary>The bytes of base pages that take as long to copy as these mappings.</summary>
    public static long WorthBytes(IReadOnlyList<Mapping> mappings)
    {
        long pages = 0;
        for (int index = 0; index < mappings.Count; index++)
        {
            if ((mappings[index].Flags & VmFlags.DontCopy) == 0)
            {
                pages += mappings[index].AnonymousBytes > 0 ? AnonymousInPages : PlainInPages;
            }
        }

        return pages * Environment.SystemPageSize;
    }
}
