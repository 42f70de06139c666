using ForkLint.Tool.Text;

namespace ForkLint.Tool.CommandLine;

/// <summary>What is printed on standard error: the one line of a failure, and remarks. Only the line of progress is written there as well.</summary>
internal static class ErrorLine
{
    /// <summary>Set to 1, it makes an unexpected failure print its stack trace as well.</summary>
    public const string DebugVariable = "FORKLINT_DEBUG";

    /// <summary>The line: <c>forklint: what failed and why; what to do next</c>, always on one line.</summary>
    public static string Format(string message, string advice = "")
    {
        var what = OneLine(message).TrimEnd('.', ';', ' ');
        var next = OneLine(advice).TrimEnd('.', ';', ' ');
        return next.Length == 0 ? $"forklint: {what}" : $"forklint: {what}; {next}";
    }

    /// <summary>Writes the line to standard error. A closed standard error is ignored.</summary>
    public static void Write(string message, string advice = "") => WriteLine(Format(message, advice));

    /// <summary>Writes a remark to standard error, on one line: what is done, or what is missing from the result.</summary>
    public static void Note(string text) => WriteLine(NeutralText.Terminal(text));

    /// <summary>Writes a failure with its stack trace, line by line, for the reader of a bug report.</summary>
    public static void Trace(Exception failure)
    {
        foreach (var line in failure.ToString().Split('\n'))
        {
            WriteLine(NeutralText.Terminal(line.TrimEnd('\r')));
        }
    }

    private static void WriteLine(string line)
    {
        try
        {
            Console.Error.WriteLine(line);
        }
        catch (IOException)
        {
            // Standard error is closed: the exit code still says it.
        }
    }

    private static string OneLine(string text) =>
        NeutralText.Terminal(string.Join(' ', text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)));
}
