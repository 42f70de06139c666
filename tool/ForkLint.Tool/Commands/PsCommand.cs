using System.CommandLine;
using ForkLint.Tool.CommandLine;
using ForkLint.Tool.Processes;
using ForkLint.Tool.Rendering;
using ForkLint.Tool.Report;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Commands;

/// <summary><c>ps</c>: every .NET process and what its next fork would be charged.</summary>
internal static class PsCommand
{
    private const string Examples = """
        dotnet-forklint ps                every .NET process you may see
        sudo dotnet-forklint ps           those of other users, too
        dotnet-forklint ps --all          other programs as well
        dotnet-forklint ps --fast         without reading any process's mappings (which stalls it ~14 ms/GB)
        dotnet-forklint ps --format json  for a program to read
        """;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var fast = new Option<bool>("--fast") { Description = "Do not read mappings. The list then has no charge and no USS, and no process is stalled." };
        var all = new Option<bool>("--all") { Description = "Also list programs that are not .NET." };
        var format = OptionFactory.Choice<OutputFormat>("--format", "The format of the list. Without this option, the name of a .json file in --output chooses json.");
        var output = OptionFactory.Output("the list");
        var command = new ExampleCommand("ps", "List .NET processes, the commit charge of their next fork, and whether it would succeed.", Examples) { all, fast, format, output };
        command.SetRun(parsed =>
        {
            var path = parsed.GetValue(output);
            return List(new ListOptions { IsFast = parsed.GetValue(fast), IsAll = parsed.GetValue(all) }, OptionFactory.Form(parsed, format, path, (".json", OutputFormat.Json)), path);
        });
        return command;
    }

    private static ExitReason List(ListOptions options, OutputFormat format, string? path)
    {
        if (path is not null)
        {
            OutputFile.Check(path, "the list");
        }

        var processes = ProcessListing.List(options);
        ReportOutput.WriteTo(path, format == OutputFormat.Json
            ? ReportJson.Write(processes)
            : ProcessListText.Render(processes, options.IsFast, path is null ? TextStyle.ForStandardOutput() : TextStyle.Plain, path is null ? TextStyle.TerminalColumns() : null));
        return ExitReason.Ok;
    }
}
