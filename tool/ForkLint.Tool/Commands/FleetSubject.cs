using System.Globalization;
using ForkLint.Tool.CommandLine;
using ForkLint.Tool.Processes;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Commands;

/// <summary>Which processes a command is about that takes several.</summary>
internal static class FleetSubject
{
    /// <summary>The process id that was given; null for none.</summary>
    /// <param name="text">As it was written; null without one.</param>
    /// <param name="name">A name that was given as well.</param>
    /// <exception cref="ToolException">It is no process id, or both were given.</exception>
    /// <exception cref="MeasureException">There is no such process.</exception>
    public static int? Pid(string? text, string? name)
    {
        NameResolver.RequireName(name);
        if (text is null)
        {
            return null;
        }

        if (name is not null)
        {
            throw new ToolException(ExitReason.Usage, "a process is named in one way only", "give its PID, or --name");
        }

        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) || pid <= 0)
        {
            throw new ToolException(ExitReason.Usage, $"'{text}' is not a process id", "give a number, or --name NAME");
        }

        _ = NamedProcess.Require(pid);
        return pid;
    }
}
