using System.Globalization;

namespace ForkLint.Heap;

/// <summary>
/// What the settings and calls that advice names are called on a runtime: an application of 2020 does not read the variables of today, and its collector
/// has one mode fewer.
/// </summary>
public static class RuntimeAdvice
{
    // Where the version is not known, what holds for the present one is said.
    private const int FirstWithDotnetPrefix = 6;
    private const int FirstWithAggressive = 7;

    /// <summary>The first number of a runtime's version.</summary>
    /// <param name="version">Such as <c>3.1.3</c>; null where it is not known.</param>
    /// <returns>Null where it is not known.</returns>
    public static int? MajorOf(string? version) =>
        version is not null && int.TryParse(version.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out int major) ? major : null;

    /// <summary>
    /// The environment variable of a setting: <c>DOTNET_</c> since .NET 6, which still reads <c>COMPlus_</c>, the only one before
    /// (learn.microsoft.com/dotnet/core/runtime-config).
    /// </summary>
    /// <param name="major">The first number of the runtime's version; null where it is not known.</param>
    /// <param name="setting">The name without a prefix, and with a value where there is one: <c>Thread_DefaultStackSize=40000</c>.</param>
    public static string Variable(int? major, string setting) => (major is < FirstWithDotnetPrefix ? "COMPlus_" : "DOTNET_") + setting;

    /// <summary>The same of a whole version.</summary>
    /// <param name="version">Such as <c>3.1.3</c>; null where it is not known.</param>
    /// <param name="setting">As above.</param>
    public static string Variable(string? version, string setting) => Variable(MajorOf(version), setting);

    /// <summary>The collection that gives the most memory back: GCCollectionMode.Aggressive came with .NET 7.</summary>
    /// <param name="major">The first number of the runtime's version; null where it is not known.</param>
    public static string Collection(int? major) => GivesAllBack(major)
        ? "GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true)"
        : "GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce; GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true)";

    /// <summary>
    /// What a collection before the fork needs said. Before .NET 7 it gives large objects back where nothing that lives lies behind them; to compact moves what lives
    /// there out of the way, but for the arrays of literals and statics, which the runtime pins. What small ones leave is kept for the next of them, up to the budget of
    /// generation 0 (seen on .NET Core 3.1: of 300 MB of large arrays before a live one half without compaction and all with it, of 48 MB before such an array of the
    /// runtime's nothing at all; of 70 MB of small ones nothing with the default budget, all with one of 4 MiB).
    /// </summary>
    /// <param name="major">The first number of the runtime's version; null where it is not known.</param>
    public static string Collect(int? major) => GivesAllBack(major)
        ? $"Call {Collection(major)} before the fork: a plain GC.Collect() gives nothing back."
        : $"Run {Collection(major)} before the fork: it gives back the memory of large objects that no live object follows. Memory of small objects stays in the heap, unless the application was started with "
            + $"{Variable(major, "GCgen0size=400000")} (hexadecimal: 4 MiB): GCCollectionMode.Aggressive came with .NET 7.";

    /// <summary>Whether a collection can give back all that dies: else what a saving says is the most that it can be.</summary>
    /// <param name="major">The first number of the runtime's version; null where it is not known.</param>
    public static bool GivesAllBack(int? major) => major is not < FirstWithAggressive;
}
