using System.Globalization;
using ForkLint.Tool.CommandLine;
using ForkLint.Tool.Report;

namespace ForkLint.Tool.Processes;

/// <summary>Finds the one process that a name means.</summary>
internal static class NameResolver
{
    /// <summary>The id of the .NET process of this name.</summary>
    /// <exception cref="ToolException">None has it, or several have; several are listed on standard error.</exception>
    public static int Resolve(string name) => Choose(name, ProcessListing.Named(name));

    /// <summary>The id of the only match.</summary>
    /// <exception cref="ToolException">There is none, or more than one.</exception>
    public static int Choose(string name, IReadOnlyList<ProcessListEntry> matches)
    {
        if (matches.Count == 1)
        {
            return matches[0].Pid;
        }

        if (matches.Count == 0)
        {
            throw new ToolException(ExitCode.NoSuchProcess, $"no .NET process is called '{name}'", "'dotnet-forklint ps' lists the names; processes of other users may need sudo");
        }

        foreach (var match in matches)
        {
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {match.Pid}  {match.Name}  {match.Runtime}"));
        }

        throw new ToolException(
            ExitCode.Usage,
            string.Create(CultureInfo.InvariantCulture, $"{matches.Count} processes are called '{name}', listed above"),
            "measure one of them by its PID");
    }
}
