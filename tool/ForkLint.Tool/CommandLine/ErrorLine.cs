namespace ForkLint.Tool.CommandLine;

/// <summary>The one line that a failure prints on standard error.</summary>
internal static class ErrorLine
{
    /// <summary>Set to 1, it makes an unexpected failure print its stack trace as well.</summary>
    public const string DebugVariable = "FORKLINT_DEBUG";

    /// <summary>The line: <c>forklint: what failed and why; what to do next</c>, on one line whatever the parts hold.</summary>
    public static string Format(string message, string advice = "")
    {
        var what = OneLine(message).TrimEnd('.', ';', ' ');
        var next = OneLine(advice).TrimEnd('.', ';', ' ');
        return next.Length == 0 ? $"forklint: {what}" : $"forklint: {what}; {next}";
    }

    /// <summary>Writes the line to standard error. A standard error that is closed is not worth another failure.</summary>
    public static void Write(string message, string advice = "")
    {
        try
        {
            Console.Error.WriteLine(Format(message, advice));
        }
        catch (IOException)
        {
            // Nobody listens: the exit code still says it.
        }
    }

    private static string OneLine(string text) =>
        string.Join(' ', text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
