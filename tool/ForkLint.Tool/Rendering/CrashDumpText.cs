using ForkLint.Dumps;
using ForkLint.Linux;
using ForkLint.Tool.Report;

namespace ForkLint.Tool.Rendering;

/// <summary>Whether a dump would work, in the report of a measurement.</summary>
internal static class CrashDumpText
{
    /// <summary>A type in words: <c>with heap</c>.</summary>
    public static string Name(DumpType type) => type switch
    {
        DumpType.Heap => "with heap",
        DumpType.Mini => "mini",
        _ => "full",
    };

    /// <summary>The verdict in a few words, and what kind of news it is.</summary>
    public static (string Text, Emphasis Emphasis) Describe(CrashDumpSection dump)
    {
        var what = $"{Name(dump.Type)} {Units.Bytes(dump.SizeBytes)}";
        var free = dump.FreeBytes is { } bytes ? $" ({Units.Bytes(bytes)} free)" : "";
        var remedy = dump.Remedy is { } advice ? $". To make it work: {advice}" : "";
        return dump.Fits switch
        {
            Answer.Yes => ($"{what}: fits in {dump.Directory}{free}", Emphasis.None),
            Answer.No => ($"{what}: would fail; {dump.Reason}{remedy}", Emphasis.Caution),
            _ => ($"{what}: may fail; {dump.Reason}{remedy}", Emphasis.Caution),
        };
    }
}
