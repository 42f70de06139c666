namespace ForkLint.Analyzers.Sizing;

/// <summary>
/// The capacity a hash table takes for one that is asked for: the next prime of a list, and beyond the list the next
/// prime p for which p − 1 is no multiple of 101 (dotnet/runtime <c>System/Collections/HashHelpers.cs</c>).
/// </summary>
internal static class HashTablePrimes
{
    private const int HashPrime = 101;

    private static readonly int[] Primes =
    [
        3, 7, 11, 17, 23, 29, 37, 47, 59, 71, 89, 107, 131, 163, 197, 239, 293, 353, 431, 521, 631, 761, 919, 1103, 1327, 1597, 1931, 2333,
        2801, 3371, 4049, 4861, 5839, 7013, 8419, 10103, 12143, 14591, 17519, 21023, 25229, 30293, 36353, 43627, 52361, 62851, 75431, 90523,
        108631, 130363, 156437, 187751, 225307, 270371, 324449, 389357, 467237, 560689, 672827, 807403, 968897, 1162687, 1395263, 1674319,
        2009191, 2411033, 2893249, 3471899, 4166287, 4999559, 5999471, 7199369,
    ];

    /// <summary>The capacity for <paramref name="minimum"/> entries; 0 for 0, where nothing is allocated yet.</summary>
    public static long Next(long minimum)
    {
        if (minimum is <= 0 or > int.MaxValue)
        {
            return Math.Max(0, minimum);
        }

        if (minimum <= Primes[Primes.Length - 1])
        {
            return Array.Find(Primes, prime => prime >= minimum);
        }

        for (var candidate = minimum | 1; candidate < int.MaxValue; candidate += 2)
        {
            if ((candidate - 1) % HashPrime != 0 && IsPrime(candidate))
            {
                return candidate;
            }
        }

        return minimum;
    }

    private static bool IsPrime(long candidate)
    {
        for (var divisor = 3L; divisor * divisor <= candidate; divisor += 2)
        {
            if (candidate % divisor == 0)
            {
                return false;
            }
        }

        return true;
    }
}
