using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using ForkLint.Tool.CommandLine;
using ForkLint.Tool.Processes;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Commands;

/// <summary>The process that a command is about, as it was named on the command line.</summary>
internal sealed record Subject
{
    private readonly string? _pid;
    private readonly string? _name;

    private Subject(string? pid, string? option, string? name, IReadOnlyList<string>? launch, TimeSpan? after)
    {
        var named = (pid is null ? 0 : 1) + (option is null ? 0 : 1) + (name is null ? 0 : 1) + (launch is null ? 0 : 1);
        if (named != 1)
        {
            throw new ToolException(
                ExitReason.Usage,
                named == 0 ? "no process was named" : "a process is named in one way only",
                "give a PID, --name NAME, or -- COMMAND ARGUMENTS; 'dotnet-forklint ps' lists what can be measured");
        }

        if (after is not null && launch is null)
        {
            throw new ToolException(ExitReason.Usage, "--after counts from the start of a command, but no command is started", "leave it out, or name a command after --");
        }

        pid ??= option;
        if (pid is not null && !(int.TryParse(pid, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0))
        {
            throw new ToolException(ExitReason.Usage, $"'{pid}' is not a process id", "give a number, --name NAME, or -- COMMAND ARGUMENTS");
        }

        (_pid, _name, Launch, After) = (pid, name, launch, after);
    }

    /// <summary>The command to start and its arguments; null where a running process was named.</summary>
    public IReadOnlyList<string>? Launch { get; }

    /// <summary>How long after the start of the command to begin; null for as soon as it can be.</summary>
    public TimeSpan? After { get; }

    /// <summary>Reads it from the command line.</summary>
    /// <param name="parsed">The line.</param>
    /// <param name="target">The argument that takes a PID, and behind <c>--</c> a command.</param>
    /// <param name="processId">The value of <c>--process-id</c>.</param>
    /// <param name="name">The value of <c>--name</c>.</param>
    /// <param name="after">The value of <c>--after</c>.</param>
    /// <exception cref="ToolException">Not exactly one process was named.</exception>
    public static Subject Of(ParseResult parsed, Argument<string[]> target, string? processId, string? name, TimeSpan? after = null)
    {
        var command = parsed.CommandResult.Command.Name;
        var values = parsed.GetValue(target) ?? [];
        var dashes = parsed.Tokens.Select((token, index) => (token, index)).FirstOrDefault(pair => pair.token.Type == TokenType.DoubleDash, (null!, -1)).Item2;
        var launchCount = dashes < 0 ? 0 : parsed.Tokens.Count - dashes - 1;
        var before = values[..^launchCount];
        if (before.FirstOrDefault(static value => value.StartsWith('-') && !long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)) is { } unknown)
        {
            var known = parsed.CommandResult.Command.Options.SelectMany(static option => option.Aliases.Prepend(option.Name));
            throw new ToolException(ExitReason.Usage, $"'{unknown}' is not an option of '{command}'", Suggestion.Advice(unknown, known, $"dotnet-forklint {command} --help"));
        }

        if (before.Length > 1)
        {
            throw new ToolException(ExitReason.Usage, $"'{command}' takes one process, but {before.Length.ToString(CultureInfo.InvariantCulture)} were named: {string.Join(' ', before)}", "to start a command, put -- before it");
        }

        if (dashes >= 0 && launchCount == 0)
        {
            throw new ToolException(ExitReason.Usage, "no command follows --", $"write '{command} -- COMMAND ARGUMENTS'");
        }

        return new Subject(before.FirstOrDefault(), processId, name, dashes < 0 ? null : values[^launchCount..], after);
    }

    /// <summary>The id of the running process.</summary>
    /// <exception cref="ToolException">No process has that name, or several have.</exception>
    public int FindPid() => _pid is not null ? int.Parse(_pid, CultureInfo.InvariantCulture) : NameResolver.Resolve(_name!);
}
