using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace ForkLint.Tool.CommandLine;

/// <summary>A command whose <c>--help</c> ends with examples, because users read them before the list of options.</summary>
internal sealed class ExampleCommand(string name, string description, string examples) : Command(name, description)
{
    /// <summary>One example a line: the command line, two or more spaces, and what it does.</summary>
    public string Examples { get; } = examples;
}

/// <summary>Prints the usual help and then the command's examples.</summary>
internal sealed class ExampleHelpAction(HelpAction inner, string rootExamples) : SynchronousCommandLineAction
{
    /// <summary>Asking for help is never an error, whatever else is on the command line.</summary>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        var exitCode = inner.Invoke(parseResult);
        var examples = parseResult.CommandResult.Command switch
        {
            ExampleCommand command => command.Examples,
            RootCommand => rootExamples,
            _ => null,
        };
        if (examples is null)
        {
            return exitCode;
        }

        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (var line in examples.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            output.WriteLine("  " + line.TrimEnd());
        }

        output.WriteLine();
        return exitCode;
    }
}
