using System.CommandLine;
using ForkLint.Tool.CommandLine;
using ForkLint.Tool.Commands;
using ForkLint.TrialFork;

namespace ForkLint.Tool;

/// <summary>Assembles the command line. Each command lives in a file of its own.</summary>
internal static class Application
{
    private const string Examples = """
        dotnet-forklint demo               starts a small program that holds known memory, and explains its measurement
        dotnet-forklint ps                 which .NET processes run, and what a fork of each would be charged
        dotnet-forklint watch              the same, live, until you press q
        dotnet-forklint export             the same for every .NET process of the machine, for Prometheus and OpenTelemetry
        dotnet-forklint measure 4242       forks process 4242 on trial and reports what it costs
        dotnet-forklint trace 4242         every process that process 4242 really starts, and what it costs
        dotnet-forklint dump 4242          a dump of process 4242, which stops for a fork and not for the writing
        dotnet-forklint check App.sln      large allocations held across process starts, from the source
        dotnet-forklint gate --sarif FILE  findings and costs against a committed baseline
        """;

    // Offered: where memory runs out while it runs, it is this tool that goes, and not what it looks at.
    private static readonly (string Name, bool IsOffered, Func<ManagedParts?, Command> Create)[] Commands =
    [
        ("ps", true, static _ => PsCommand.Create()),
        ("measure", true, static _ => MeasureCommand.Create()),
        ("trace", true, static _ => TraceCommand.Create()),
        ("dump", true, static _ => DumpCommand.Create()),
        (WatchCommand.Name, true, WatchCommand.Create),
        (ExportCommand.Name, true, ExportCommand.Create),
        ("demo", false, static _ => DemoCommand.Create()),
        ("check", false, static _ => CheckCommand.Create()),
        ("gate", false, static _ => GateCommand.Create()),
        (DemoTargetCommand.Name, false, static _ => DemoTargetCommand.Create()),
    ];

    /// <summary>Runs one command line; returns its exit code.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="parts">What needs a .NET runtime; null where there is none.</param>
    public static int Run(string[] args, ManagedParts? parts = null)
    {
        // Before anything else of size.
        if (IsOffered(args.FirstOrDefault()))
        {
            KillerOrder.OfferSelf();
        }

        return CommandRunner.Run(CreateRoot(args.FirstOrDefault(), parts), args, Examples);
    }

    /// <summary>Whether the kernel is asked to end the tool before others while this command runs: each that looks at running processes.</summary>
    internal static bool IsOffered(string? name) => Commands.Any(command => command.IsOffered && command.Name == name);

    /// <summary>
    /// The root command with every command below it, or with the named one alone: each option of each command costs the
    /// just-in-time compiler a few milliseconds, and a line that starts with a command needs no other.
    /// </summary>
    /// <param name="only">The first argument of the line; null for every command.</param>
    /// <param name="parts">What needs a .NET runtime; null where there is none.</param>
    internal static RootCommand CreateRoot(string? only = null, ManagedParts? parts = null)
    {
        var root = new RootCommand("Shows what the next fork costs a running program on Linux, and what to free first.");
        foreach (var (name, _, create) in Commands)
        {
            if (name == only)
            {
                root.Add(create(parts));
                return root;
            }
        }

        foreach (var (_, _, create) in Commands)
        {
            root.Add(create(parts));
        }

        return root;
    }
}
