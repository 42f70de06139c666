using System.Globalization;
using System.Text.Json;

namespace ForkLint.TrialFork;

/// <summary>
/// How large the garbage collector lets its heap become. In a container it takes three quarters of the limit, unless a setting says otherwise; elsewhere nothing but
/// the machine's memory bounds it (coreclr gc/gc.cpp, compute_hard_limit; docs.microsoft.com, GCHeapHardLimit).
/// </summary>
/// <param name="LimitBytes">GCHeapHardLimit, or the sum of the limits by heap; null where none is set.</param>
/// <param name="LimitPercent">GCHeapHardLimitPercent, or the sum by heap; null where none is set.</param>
public sealed record CollectorLimit(long? LimitBytes, long? LimitPercent)
{
    private const long SmallestDefaultBytes = 20L << 20;
    private const int DefaultPercent = 75;

    private static readonly string[] Heaps = ["SOH", "LOH", "POH"];

    /// <summary>The ceiling.</summary>
    /// <param name="containerBytes">The smallest memory limit over the process; null without one.</param>
    /// <param name="machineBytes">All RAM.</param>
    /// <returns>Bytes of the collector's heap; null where only the machine's memory limits it.</returns>
    public long? CeilingBytes(long? containerBytes, long machineBytes)
    {
        var physical = Math.Min(containerBytes ?? machineBytes, machineBytes);
        return LimitBytes is > 0 ? LimitBytes
            : LimitPercent is > 0 and < 100 and var percent ? physical * percent / 100
            : containerBytes is { } limit ? Math.Max(SmallestDefaultBytes, limit * DefaultPercent / 100)
            : null;
    }

    /// <summary>Reads the settings.</summary>
    /// <param name="environment">As the program was started with: numbers in it are hexadecimal, and DOTNET_ counts before COMPlus_.</param>
    /// <param name="configuration">The text of its runtimeconfig.json; null where there is none.</param>
    public static CollectorLimit Read(IReadOnlyDictionary<string, string> environment, string? configuration)
    {
        ArgumentNullException.ThrowIfNull(environment);
        var properties = Properties(configuration);
        return new CollectorLimit(Setting(environment, properties, "HeapHardLimit"), Setting(environment, properties, "HeapHardLimitPercent"));
    }

    // A limit for each heap is one for all of them.
    private static long? Setting(IReadOnlyDictionary<string, string> environment, Dictionary<string, string> properties, string name)
    {
        long? byHeap = null;
        foreach (string heap in Heaps)
        {
            byHeap = One(environment, properties, name.Replace("Limit", "Limit" + heap, StringComparison.Ordinal)) is { } bytes ? (byHeap ?? 0) + bytes : byHeap;
        }

        return One(environment, properties, name) ?? byHeap;
    }

    private static long? One(IReadOnlyDictionary<string, string> environment, Dictionary<string, string> properties, string name)
    {
        foreach (string prefix in new[] { "DOTNET_GC", "COMPlus_GC" })
        {
            if (environment.TryGetValue(prefix + name, out var value) && Number(value, isHexadecimal: true) is { } set)
            {
                return set;
            }
        }

        return properties.TryGetValue("System.GC." + name, out var configured) ? Number(configured, isHexadecimal: false) : null;
    }

    private static long? Number(string text, bool isHexadecimal)
    {
        string digits = text.Trim();
        bool hasPrefix = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        digits = hasPrefix ? digits[2..] : digits;
        return long.TryParse(digits, hasPrefix || isHexadecimal ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number > 0
            ? number
            : null;
    }

    private static Dictionary<string, string> Properties(string? configuration)
    {
        Dictionary<string, string> found = new(StringComparer.Ordinal);
        if (configuration == null)
        {
            return found;
        }

        try
        {
            using var document = JsonDocument.Parse(configuration);
            if (document.RootElement.TryGetProperty("runtimeOptions", out var options) && options.TryGetProperty("configProperties", out var properties))
            {
                foreach (var property in properties.EnumerateObject())
                {
                    found[property.Name] = property.Value.ToString();
                }
            }
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            found.Clear();
        }

        return found;
    }
}
