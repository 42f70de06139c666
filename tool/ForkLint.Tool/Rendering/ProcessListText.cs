using System.Globalization;
using System.Text;
using ForkLint.Linux.Text;
using ForkLint.Tool.Report;

namespace ForkLint.Tool.Rendering;

/// <summary>What <c>ps</c> prints for people.</summary>
internal static class ProcessListText
{
    private const string NotKnown = "-";

    /// <summary>Every row is as wide as the longest name: one that is longer than any sensible name is cut.</summary>
    private const int MaximumNameLength = 64;

    /// <summary>Renders the list, one line a process.</summary>
    /// <param name="processes">The processes, in the order to print them.</param>
    /// <param name="isFast">With <c>--fast</c> the columns that were not read are left out.</param>
    /// <param name="style">Colours or none.</param>
    /// <param name="commandLength">How much of each command line is shown, so that a line of a terminal holds a row.</param>
    public static string Render(IReadOnlyList<ProcessListEntry> processes, bool isFast, TextStyle style, int commandLength = VisibleText.MaximumLength)
    {
        if (processes.Count == 0)
        {
            return "No .NET process was found that this user may see.\n";
        }

        var table = isFast ? new TextTable(0, true, false, false, true, false) : new TextTable(0, true, false, false, true, true, true, false, true, false);
        table.Row(Emphasis.Heading, isFast ? ["PID", "NAME", "RUNTIME", "RSS", "COMMAND"] : ["PID", "NAME", "RUNTIME", "RSS", "USS", "FORK CHARGE", "FORK", "ROOM FOR A CHILD", "COMMAND"]);
        foreach (var process in processes)
        {
            var pid = (process.Pid.ToString(CultureInfo.InvariantCulture), Emphasis.None);
            var name = (VisibleText.Of(process.Name, MaximumNameLength), Emphasis.None);
            var runtime = (process.Runtime ?? NotKnown, Emphasis.None);
            var resident = Figure(process.ResidentBytes);
            var command = (process.CommandLine is { } line ? VisibleText.Of(line, commandLength) : NotKnown, Emphasis.Quiet);
            if (isFast)
            {
                table.Row(pid, name, runtime, resident, command);
                continue;
            }

            var succeeds = process.ForkSucceeds switch
            {
                true => ("succeeds", Emphasis.Good),
                false => ("fails", Emphasis.Bad),
                null => (process.CommitChargeBytes is null ? NotKnown : "uncertain", Emphasis.Caution),
            };
            table.Row(pid, name, runtime, resident, Figure(process.UniqueBytes), Figure(process.CommitChargeBytes), succeeds, Figure(process.RoomBytes), command);
        }

        var output = new StringBuilder();
        table.AppendTo(output, style);
        return output.ToString();
    }

    private static (string Text, Emphasis Emphasis) Figure(long? bytes) => (bytes is null ? NotKnown : Units.Bytes(bytes), Emphasis.None);
}
