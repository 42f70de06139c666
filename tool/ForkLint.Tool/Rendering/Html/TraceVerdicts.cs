using System.Globalization;
using ForkLint.Linux;
using ForkLint.Tool.Report;
using ForkLint.Tool.Tracing;

namespace ForkLint.Tool.Rendering.Html;

/// <summary>What a trace answers, bad news first: does the largest child fit, do those that lived together, and did any duplicate its parent?</summary>
internal static class TraceVerdicts
{
    /// <summary>The verdicts.</summary>
    public static IReadOnlyList<ScreenVerdict> Of(TraceReport report)
    {
        List<ScreenVerdict> verdicts = [];
        if (report.Spawns.Where(static spawn => spawn.PeakResidentBytes is not null).MaxBy(static spawn => spawn.PeakResidentBytes) is { PeakResidentBytes: { } peak } largest)
        {
            var program = largest.Program is { } path ? Path.GetFileName(path) : SpawnSummary.NoProgram;
            verdicts.Add(Judge("Largest child", $"{program} peaked at {Units.Bytes(peak)}", peak, report.Room, Emphasis.Bad));
            var together = TraceTimeline.LargestSum(report);
            if (together > peak)
            {
                verdicts.Add(Judge("Together", $"the children that lived at one time peaked at {Units.Bytes(together)} at most", together, report.Room, Emphasis.Caution));
            }
        }

        if (report.Spawns.Any(static spawn => spawn.Duplicates is not null))
        {
            var duplicating = report.Spawns.Count(static spawn => spawn.Duplicates == true);
            verdicts.Add(duplicating == 0
                ? new ScreenVerdict("Memory", "none of them duplicated its parent's memory: each borrowed it until its program started", Emphasis.Good)
                : new ScreenVerdict("Memory", string.Create(CultureInfo.InvariantCulture, $"{duplicating} of them duplicated the parent's memory (fork, or clone without CLONE_VM): 'measure' shows what that costs"), Emphasis.Caution));
        }

        var killed = report.Spawns.Count(static spawn => spawn.Signal == 9);
        if (killed > 0)
        {
            verdicts.Add(new ScreenVerdict("Killed", $"{Units.Count(killed, "process")} ended by signal 9, which the kernel also sends when memory runs out", Emphasis.Caution));
        }

        return [.. verdicts.OrderBy(static verdict => verdict.Emphasis switch { Emphasis.Bad => 0, Emphasis.Caution => 1, _ => 2 })];
    }

    // Peaks that are added up are the most that they can need: they need not have come at one moment.
    private static ScreenVerdict Judge(string label, string what, long bytes, TraceRoom? room, Emphasis tooMuch)
    {
        if (room is null)
        {
            return new ScreenVerdict(label, $"{what}; the room for children is not known here", Emphasis.None);
        }

        var limit = room.LimitedBy == AdmissionRule.AvailableMemory ? "on this machine" : $"below the limit of {Units.Bytes(room.LimitBytes)}";
        return bytes <= room.RoomBytes
            ? new ScreenVerdict(label, $"{what}, and there were {Units.Bytes(room.RoomBytes)} of room {limit} when the watch began", Emphasis.Good)
            : new ScreenVerdict(label, $"{what}, {Units.Bytes(bytes - room.RoomBytes)} more than the room of {Units.Bytes(Math.Max(0, room.RoomBytes))} {limit} when the watch began", tooMuch);
    }
}
