using ForkLint.Linux;
using ForkLint.Linux.Text;

namespace ForkLint.Tool.Processes;

/// <summary>The command line of a process as one text.</summary>
internal static class CommandText
{
    private const int MaximumLength = 4096;

    /// <summary>The path of the program, as far as it may be seen, and the arguments; what has blanks stands in quotes. Null where neither can be read.</summary>
    public static string? Of(ProcessFiles process)
    {
        var arguments = process.CommandLine().ValueOr([]);
        var program = process.ExecutablePath().TryGet(out var path) ? path : arguments is [var first, ..] ? first : null;
        return program is null ? null : VisibleText.Of(string.Join(' ', arguments.Skip(1).Prepend(program).Select(Quoted)), MaximumLength);
    }

    private static string Quoted(string argument) => argument.Length == 0 || argument.Any(char.IsWhiteSpace) ? $"\"{argument}\"" : argument;
}
