using ForkLint.Linux;

namespace ForkLint.Dumps;

/// <summary>
/// What makes a dump larger than the memory in use: createdump writes mappings whole, and the parts that were never touched as zeroes.
/// </summary>
/// <param name="Stacks">How many thread stacks there are.</param>
/// <param name="StackBytes">What of them was never touched.</param>
/// <param name="OtherBytes">What of other writable memory was never touched.</param>
public sealed record UntouchedMemory(int Stacks, long StackBytes, long OtherBytes)
{
    private const long SmallestStackBytes = 64 << 10;
    private const long LargestStackBytes = 64 << 20;

    /// <summary>Looks at the mappings.</summary>
    /// <param name="mappings">All of them, ascending.</param>
    public static UntouchedMemory Of(IReadOnlyList<Mapping> mappings)
    {
        ArgumentNullException.ThrowIfNull(mappings);
        int stacks = 0;
        long stackBytes = 0;
        long otherBytes = 0;
        for (int index = 0; index < mappings.Count; index++)
        {
            var mapping = mappings[index];
            if (!mapping.IsPrivate || mapping.Path.Length > 0 || !mapping.Permissions.StartsWith("rw", StringComparison.Ordinal))
            {
                continue;
            }

            // A C library puts a page without rights below each stack of a thread (pthread_attr_setguardsize(3)).
            bool isStack = index > 0 && mappings[index - 1] is { Permissions: "---p", Path.Length: 0 } guard && guard.End == mapping.Start && guard.SizeBytes <= SmallestStackBytes
                && mapping.SizeBytes is >= SmallestStackBytes and <= LargestStackBytes;
            long untouched = Math.Max(0, mapping.SizeBytes - mapping.ResidentBytes - mapping.SwapBytes);
            stacks += isStack ? 1 : 0;
            stackBytes += isStack ? untouched : 0;
            otherBytes += isStack ? 0 : untouched;
        }

        return new UntouchedMemory(stacks, stackBytes, otherBytes);
    }
}
