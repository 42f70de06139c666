using System.CommandLine;
using ForkLint.Tool.CommandLine;
using ForkLint.Tool.Processes;
using ForkLint.Tool.Rendering;
using ForkLint.Tool.Report;

namespace ForkLint.Tool.Commands;

/// <summary><c>ps</c>: every .NET process and what its next fork would be charged.</summary>
internal static class PsCommand
{
    private const string Examples = """
        dotnet-forklint ps                  every .NET process you may see
        sudo dotnet-forklint ps             those of other users, too
        dotnet-forklint ps --fast           without reading any process's mappings (which stalls it ~14 ms/GB)
        dotnet-forklint ps --format json    for a program to read
        """;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var fast = new Option<bool>("--fast") { Description = "Read no mappings: no charge and no USS, and no process waits." };
        var format = OptionFactory.Choice<OutputFormat>("--format", "The form of the list.");
        var command = new ExampleCommand("ps", "List .NET processes, the commit charge of their next fork, and whether it would succeed.", Examples) { fast, format };
        command.SetAction(parsed => List(parsed.GetValue(fast), parsed.GetValue(format)));
        return command;
    }

    private static int List(bool isFast, OutputFormat format)
    {
        var processes = ProcessListing.List(isFast);
        ReportOutput.Write(format == OutputFormat.Json ? ReportJson.Write(processes) : ProcessListText.Render(processes, isFast, TextStyle.ForStandardOutput()));
        return ExitCode.Ok;
    }
}
