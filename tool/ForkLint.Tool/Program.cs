using System.CommandLine;
using System.Globalization;
using ForkLint.Heap.Isolation;
using ForkLint.Tool.Checking;
using ForkLint.Tool.CommandLine;
using ForkLint.Tool.Commands;
using ForkLint.Tool.Gating;

namespace ForkLint.Tool;

/// <summary>Assembles the command line. Each command lives in a file of its own.</summary>
internal static class Program
{
    private const string Examples = """
        dotnet-forklint demo                starts a small program that holds known memory, and explains its measurement
        dotnet-forklint ps                  which .NET processes run, and what a fork of each would be charged
        dotnet-forklint measure 4242        forks process 4242 on trial and reports what it costs
        dotnet-forklint check App.sln       large allocations held across process starts, from the source
        dotnet-forklint gate --sarif FILE   findings and costs against a committed baseline
        """;

    private static readonly (string Name, Func<Command> Create)[] Commands =
    [
        ("ps", PsCommand.Create),
        ("measure", MeasureCommand.Create),
        ("demo", DemoCommand.Create),
        ("check", CheckCommand.Create),
        ("gate", GateCommand.Create),
        (DemoTargetCommand.Name, DemoTargetCommand.Create),
    ];

    /// <summary>Runs one command line; returns its exit code.</summary>
    internal static int Main(string[] args)
    {
        if (OperatingSystem.IsLinux())
        {
            // Not a command anybody types: no command line is parsed for it, and it must be ready before a copy is.
            if (args is [HeapReading.ReaderName, var descriptor] && int.TryParse(descriptor, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                HeapReaderService.Run(number);
            }

            return CommandRunner.Run(CreateRoot(args.FirstOrDefault()), args, Examples);
        }

        ErrorLine.Write("this tool reads what the Linux kernel says about processes and forks them there, and this is not Linux", "run it on the Linux machine, in the container, or in WSL");
        return ExitCode.Failed;
    }

    /// <summary>
    /// The root command with every command below it, or with the named one alone: each option of each command costs the
    /// just-in-time compiler a few milliseconds, and a line that starts with a command needs no other.
    /// </summary>
    /// <param name="only">The first argument of the line; null for every command.</param>
    internal static RootCommand CreateRoot(string? only = null)
    {
        var root = new RootCommand("What will the next fork cost this program, and what should it free first?");
        foreach (var (name, create) in Commands)
        {
            if (name == only)
            {
                root.Add(create());
                return root;
            }
        }

        foreach (var (_, create) in Commands)
        {
            root.Add(create());
        }

        return root;
    }
}
