using System.Text.Json;
using ForkLint.Heap;

namespace ForkLint.Tool.Findings;

/// <summary>
/// What an application was seen to start, from a file: the JSON report of <c>trace</c>, or the lines that <c>trace --write-measured</c> writes.
/// </summary>
internal static class TracedFile
{
    /// <summary>A million starts with stacks of twenty frames are a report of this size.</summary>
    private const long MaximumFileBytes = 1L << 30;

    /// <summary>Reads it.</summary>
    /// <exception cref="UnreadableInputException">It is missing, or neither.</exception>
    public static IReadOnlyList<MeasuredSpawn> Read(string file)
    {
        using var stream = InputFile.Open(file, MaximumFileBytes);
        var first = stream.ReadByte();
        return first == '{' ? ReadReport(file) : ReadLines(file);
    }

    // Only what is needed: a report of a later version has more.
    private static IReadOnlyList<MeasuredSpawn> ReadReport(string file)
    {
        using var report = InputFile.ReadJson(file, MaximumFileBytes);
        try
        {
            return MeasuredSpawn.Group(report.RootElement.GetProperty("spawns").EnumerateArray().Select(static spawn => (
                (IReadOnlyList<string>)[.. spawn.GetProperty("members").EnumerateArray().Select(static member => member.GetString()!)],
                spawn.GetProperty("program").GetString(),
                spawn.GetProperty("peakResidentBytes") is { ValueKind: JsonValueKind.Number } peak ? peak.GetInt64() : (long?)null)));
        }
        catch (Exception failure) when (failure is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new UnreadableInputException($"{file} is not a report of 'trace'", "write one with 'dotnet-forklint trace … --output trace.json'");
        }
    }

    private static List<MeasuredSpawn> ReadLines(string file)
    {
        var spawns = new List<MeasuredSpawn>();
        foreach (var line in InputFile.ReadText(file, MaximumFileBytes).Split('\n'))
        {
            if (MeasuredSpawn.TryParse(line.Trim(), out var spawn))
            {
                spawns.Add(spawn);
            }
        }

        return spawns.Count > 0
            ? spawns
            : throw new UnreadableInputException($"{file} does not say what was started", "write it with 'dotnet-forklint trace … --output trace.json' or '--write-measured FILE'");
    }
}
