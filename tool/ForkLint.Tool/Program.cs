using System.CommandLine;
using ForkLint.Tool.CommandLine;
using ForkLint.Tool.Commands;

namespace ForkLint.Tool;

/// <summary>Assembles the command line. Each command lives in a file of its own.</summary>
internal static class Program
{
    private const string Examples = """
        dotnet-forklint demo                starts a small program that holds known memory, and explains its measurement
        dotnet-forklint ps                  which .NET processes run, and what a fork of each would be charged
        dotnet-forklint measure 4242        forks process 4242 on trial and reports what it costs
        """;

    /// <summary>Runs one command line; returns its exit code.</summary>
    internal static int Main(string[] args)
    {
        if (OperatingSystem.IsLinux())
        {
            return CommandRunner.Run(CreateRoot(), args, Examples);
        }

        ErrorLine.Write("this tool reads what the Linux kernel says about processes and forks them there, and this is not Linux", "run it on the Linux machine, in the container, or in WSL");
        return ExitCode.Failed;
    }

    /// <summary>The root command with every command below it.</summary>
    internal static RootCommand CreateRoot() => new("What will the next fork cost this program, and what should it free first?")
    {
        PsCommand.Create(),
        MeasureCommand.Create(),
        DemoCommand.Create(),
        DemoTargetCommand.Create(),
    };
}
