using System.Globalization;
using ForkLint.Linux.Text;
using ForkLint.Tool.CommandLine;
using ForkLint.Tool.Report;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Processes;

/// <summary>Finds the one process that a name means.</summary>
internal static class NameResolver
{
    /// <summary>The arguments distinguish two processes of one name. A line of 4 KB would make the list useless.</summary>
    private const int LongestLine = 160;

    /// <summary>The id of the .NET process of this name; where none has it, of the only one with this in its name; where there is none either, of another program of this name.</summary>
    /// <exception cref="ToolException">None has it, or several have; several are listed on standard error.</exception>
    public static int Resolve(string name)
    {
        RequireName(name);
        var all = ProcessListing.List(new ListOptions { IsFast = true, IsAll = true });
        var managed = Matches(name, [.. all.Where(static entry => entry.IsDotNet)]);
        return Choose(name, managed.Count > 0 ? managed : [.. all.Where(entry => string.Equals(entry.Name, name, StringComparison.OrdinalIgnoreCase))]);
    }

    /// <summary>Refuses an empty name.</summary>
    /// <exception cref="ToolException">It is empty.</exception>
    public static void RequireName(string? name)
    {
        if (name is not null && string.IsNullOrWhiteSpace(name))
        {
            throw new ToolException(ExitReason.Usage, "--name: the name is empty", "'dotnet-forklint ps' lists the names");
        }
    }

    /// <summary>The message when no process has the name.</summary>
    public static ToolException NoneHas(string name) => new(
        ExitReason.NoSuchProcess,
        $"no .NET process has '{name}' in its name",
        Environment.IsPrivilegedProcess ? "'dotnet-forklint ps' lists the names" : "'dotnet-forklint ps' lists the names; processes of other users may need sudo");

    /// <summary>The processes that a name means, without regard to case: those that have it, else those that have it in theirs.</summary>
    public static IReadOnlyList<ProcessListEntry> Matches(string name, IReadOnlyList<ProcessListEntry> processes) => Matching(name, processes, static entry => entry.Name);

    /// <summary>What a name means among things that have one, without regard to case: those that have it, else those that have it in theirs.</summary>
    /// <typeparam name="T">The kind of the things.</typeparam>
    public static List<T> Matching<T>(string name, IReadOnlyList<T> things, Func<T, string> nameOf)
    {
        List<T> exact = [.. things.Where(thing => string.Equals(nameOf(thing), name, StringComparison.OrdinalIgnoreCase))];
        return exact.Count > 0 || name.Length == 0 ? exact : [.. things.Where(thing => nameOf(thing).Contains(name, StringComparison.OrdinalIgnoreCase))];
    }

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
            throw NoneHas(name);
        }

        foreach (var match in matches)
        {
            ErrorLine.Note(VisibleText.Of(string.Create(CultureInfo.InvariantCulture, $"  {match.Pid}  {match.Name}  {match.Runtime ?? (match.IsDotNet ? "" : "not .NET")}  {match.CommandLine}").TrimEnd(), LongestLine));
        }

        throw new ToolException(
            ExitReason.Usage,
            string.Create(CultureInfo.InvariantCulture, $"'{name}' means {matches.Count} processes, listed above"),
            "name one of them by its PID");
    }
}
