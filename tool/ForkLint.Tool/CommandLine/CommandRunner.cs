using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using ForkLint.Heap;
using ForkLint.TrialFork;

namespace ForkLint.Tool.CommandLine;

/// <summary>Parses and runs a command line, and turns every failure into one line on standard error and an exit code.</summary>
internal static class CommandRunner
{
    /// <summary>Runs the command line and returns the exit code of the process.</summary>
    public static int Run(RootCommand root, IReadOnlyList<string> args, string rootExamples)
    {
        MemoryShortage.EndsEveryThread();
        foreach (var help in root.Options.OfType<HelpOption>())
        {
            help.Action = new ExampleHelpAction((HelpAction)help.Action!, rootExamples);
        }

        // An argument that starts with @ belongs to the command to be measured: it is not a response file.
        var parsed = root.Parse(AskingForHelp(root, args), new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });
        if (parsed.Action is ParseErrorAction)
        {
            var (message, advice) = Describe(parsed);
            ErrorLine.Write(message, advice);
            return (int)ExitReason.Usage;
        }

        return Guard(() => parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }));
    }

    /// <summary>Runs <paramref name="action"/>; a failure becomes its line and its exit code.</summary>
    public static int Guard(Func<int> action)
    {
        try
        {
            return action();
        }
        catch (ToolException failure)
        {
            return Explain(failure, failure.Reason, failure.Message, failure.Advice);
        }
        catch (MeasureException failure)
        {
            return Explain(failure, failure.Reason, failure.Message, failure.Advice);
        }
        catch (Exception failure) when (MemoryShortage.IsCauseOf(failure))
        {
            return Explain(failure, ExitReason.MeasurementFailed, MemoryShortage.Message, MemoryShortage.Advice);
        }
        catch (HeapReadException failure)
        {
            return Explain(failure, ExitReason.MeasurementFailed, failure.Message, "run it again");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Explain(failure, ExitReason.MeasurementFailed, failure.Message, "");
        }
#pragma warning disable CA1031 // The outermost guard: whatever comes here is a bug, and its reader is a person at a prompt.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return Explain(
                failure,
                ExitReason.MeasurementFailed,
                $"an unexpected failure, {failure.GetType().Name}: {failure.Message}",
                $"run it again with {ErrorLine.DebugVariable}=1 and report what it prints");
        }
    }

    private static int Explain(Exception failure, ExitReason reason, string message, string advice)
    {
        ErrorLine.Write(message, advice);
        if (Environment.GetEnvironmentVariable(ErrorLine.DebugVariable) == "1")
        {
            ErrorLine.Trace(failure);
        }

        return (int)reason;
    }

    /// <summary>An empty line and <c>help</c> ask for help. A word after <c>help</c> that is not a command is a mistake.</summary>
    private static IReadOnlyList<string> AskingForHelp(RootCommand root, IReadOnlyList<string> args) => args switch
    {
        [] or ["help"] => ["--help"],
        ["help", var command, ..] => root.Subcommands.Any(known => known.Name == command) ? [command, "--help"] : [command],
        _ => args,
    };

    // The parser's own words for an unknown command, "Required command was not provided", hide what was mistyped.
    private static (string Message, string Advice) Describe(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var see = $"{CommandPath(command)} --help";
        var known = command.Options.Where(static option => !option.Hidden).SelectMany(static option => option.Aliases.Prepend(option.Name))
            .Concat(command.Subcommands.Where(static subcommand => !subcommand.Hidden).Select(static subcommand => subcommand.Name));
        return parsed switch
        {
            { CommandResult.Command: RootCommand, UnmatchedTokens: [var unknown, ..] } => ($"'{unknown}' is neither a command nor an option", Suggestion.Advice(unknown, known, see)),
            { CommandResult.Command: RootCommand } => ("no command was given", $"see '{see}'"),
            { UnmatchedTokens: [var unknown, ..] } => ($"'{unknown}' is not an option of '{command.Name}'", Suggestion.Advice(unknown, known, see)),
            _ => (parsed.Errors[0].Message, $"see '{see}'"),
        };
    }

    private static string CommandPath(Command command) =>
        command is RootCommand ? "dotnet-forklint" : "dotnet-forklint " + command.Name;
}
