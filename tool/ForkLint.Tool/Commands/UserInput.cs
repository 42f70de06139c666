using ForkLint.Tool.CommandLine;
using ForkLint.Tool.Findings;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Commands;

/// <summary>Turns an unusable input into the one line and exit code 1.</summary>
internal static class UserInput
{
    /// <summary>What the function returns.</summary>
    /// <exception cref="ToolException">An input cannot be used.</exception>
    public static T Use<T>(Func<T> use)
    {
        try
        {
            return use();
        }
        catch (UnreadableInputException failure)
        {
            throw new ToolException(ExitReason.Usage, failure.Message, failure.Advice);
        }
    }
}
