using System.CommandLine;
using ForkLint.Tool.CommandLine;
using ForkLint.Tool.Demo;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Commands;

/// <summary>The hidden <c>demo-target</c>: the process that <c>demo</c> starts and measures.</summary>
internal static class DemoTargetCommand
{
    /// <summary>The name of the command.</summary>
    public const string Name = "demo-target";

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var command = new Command(Name, "Holds known memory until its standard input ends.") { Hidden = true };
        command.SetRun(_ => Hold());
        return command;
    }

    private static ExitReason Hold()
    {
        // It ends with its standard input, so it cannot outlive the demo, however that ends.
        using var commands = new StreamReader(Console.OpenStandardInput());
        using var answers = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
        DemoProgram.Run(commands, answers);
        return ExitReason.Ok;
    }
}
