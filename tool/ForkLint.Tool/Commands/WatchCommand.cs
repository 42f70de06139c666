using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using ForkLint.Tool.CommandLine;
using ForkLint.Tool.Fleet;
using ForkLint.Tool.Processes;
using ForkLint.Tool.Watching;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Commands;

/// <summary><c>watch</c>: what <c>ps</c> knows, again and again.</summary>
internal static class WatchCommand
{
    /// <summary>The command's name.</summary>
    public const string Name = "watch";

    private const string Examples = """
        dotnet-forklint watch                               every .NET process you may see; q ends it
        dotnet-forklint watch 4242 --every 500ms            one process, twice a second
        dotnet-forklint watch --name Shop.Api | tee log     lines, for a pipe or a file
        dotnet-forklint watch 4242 --measurement cost.json  with the stall of a trial that was made before
        """;

    private static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(1);

    /// <summary>Makes the command.</summary>
    /// <param name="parts">What needs a runtime; null where there is none.</param>
    public static Command Create(ManagedParts? parts)
    {
        var target = new Argument<string?>("PID") { Description = "The id of the process. [default: every .NET process]", Arity = ArgumentArity.ZeroOrOne };
        var processId = OptionFactory.ProcessId();
        var name = OptionFactory.Name("Watch the .NET processes with this name, or with a name that contains it.");
        var all = new Option<bool>("--all") { Description = "Watch every .NET process. This is the default." };
        var every = OptionFactory.Duration("--every", "The time between two updates. [default: 1s]", TimeSpan.FromHours(1));
        var duration = OptionFactory.Duration("--for", "How long to watch. [default: until q or Ctrl-C, or until the process ends]", TimeSpan.FromDays(1));
        var measurement = new Option<string[]?>("--measurement") { Description = "One or more reports of 'measure --format json'. The table then shows the longest stall of each trial.", HelpName = "file", Arity = ArgumentArity.OneOrMore };
        var command = new ExampleCommand(Name, "Watch .NET processes: memory, the charge of a fork, room for a child, children.", Examples) { target, processId, name, all, every, duration, measurement };
        command.SetRun(parsed =>
        {
            var selection = new FleetSelection { Pid = FleetSubject.Pid(parsed.GetValue(target) ?? parsed.GetValue(processId), parsed.GetValue(name)), Name = parsed.GetValue(name), MostProcesses = int.MaxValue };
            if (parsed.GetValue(target) is not null && parsed.GetValue(processId) is not null)
            {
                throw new ToolException(ExitReason.Usage, "a process is named in one way only", "give a PID or --process-id");
            }

            if (parsed.GetValue(all) && (selection.Pid ?? (object?)selection.Name) is not null)
            {
                throw new ToolException(ExitReason.Usage, "--all is every process, and one was named", "leave out --all");
            }

            var trials = parsed.GetValue(measurement) is { Length: > 0 } files ? UserInput.Use(() => LastTrials.Read(files)) : LastTrials.None;
            return Interruptible.RunUntilInterrupted(cancellation => Watch(selection, trials, new Pace(parsed.GetValue(every) ?? DefaultInterval, parsed.GetValue(duration)), parts, cancellation));
        });
        return command;
    }

    private static ExitReason Watch(FleetSelection selection, LastTrials trials, Pace pace, ManagedParts? parts, CancellationToken cancellation)
    {
        var (reader, start) = (new FleetReader(selection), Stopwatch.GetTimestamp());
        FleetSnapshot? first = reader.Read();
        if (first.Processes.Count == 0 && (selection.Pid ?? (object?)selection.Name) is not null)
        {
            throw selection.Pid is { } pid ? WhyNot(pid) : NameResolver.NoneHas(selection.Name!);
        }

        WatchTable? Look()
        {
            // One look there is in any case, however long it took.
            var isOver = first is null && pace.Duration is { } most && Stopwatch.GetElapsedTime(start) >= most;
            var look = first ?? (isOver ? null : reader.Read());
            first = null;

            // The one that was named has ended; of several, others may come.
            return look is null || (selection.Pid is not null && look.Processes.Count == 0) ? null : new WatchTable(look, trials);
        }

        var view = parts is not null && WatchScreen.IsTerminal ? parts.OpenView() : new WatchWriter();
        view.Run(Look, pace.Every, cancellation);
        return ExitReason.Ok;
    }

    /// <summary>Why a process that was named cannot be watched; it may have ended since it was named.</summary>
    /// <exception cref="MeasureException">It has.</exception>
    private static ToolException WhyNot(int pid)
    {
        _ = NamedProcess.Require(pid);
        return new ToolException(
            ExitReason.NotDotNet,
            string.Create(CultureInfo.InvariantCulture, $"process {pid} does not run .NET, as far as you may see"),
            Environment.IsPrivilegedProcess ? "'dotnet-forklint ps' lists the .NET processes" : "processes of other users may need sudo");
    }

    /// <summary>How often to look, and for how long; null for no end.</summary>
    private readonly record struct Pace(TimeSpan Every, TimeSpan? Duration);
}
