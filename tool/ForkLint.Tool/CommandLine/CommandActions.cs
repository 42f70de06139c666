using System.CommandLine;
using ForkLint.TrialFork;

namespace ForkLint.Tool.CommandLine;

/// <summary>What a command does.</summary>
internal static class CommandActions
{
    /// <summary>Makes a command run something and end with its reason. The library's own method takes numbers only, and drops any other result without a word.</summary>
    /// <param name="command">The command.</param>
    /// <param name="run">What it does with its line.</param>
    public static void SetRun(this Command command, Func<ParseResult, ExitReason> run) => command.SetAction(parsed => (int)run(parsed));
}
