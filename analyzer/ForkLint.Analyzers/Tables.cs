namespace ForkLint.Analyzers;

/// <summary>Extension methods for dictionaries that the base library of netstandard2.0 lacks.</summary>
internal static class Tables
{
    /// <summary>The value of a key: a new one where there is none yet.</summary>
    public static TValue GetOrAdd<TKey, TValue>(this Dictionary<TKey, TValue> table, TKey key)
        where TKey : notnull
        where TValue : new()
    {
        if (!table.TryGetValue(key, out var value))
        {
            table.Add(key, value = new TValue());
        }

        return value;
    }
}
