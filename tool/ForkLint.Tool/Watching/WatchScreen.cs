namespace ForkLint.Tool.Watching;

/// <summary>Whether standard output is a terminal to draw on, and its size.</summary>
internal static class WatchScreen
{
    /// <summary>Whether it is a terminal on which a table can be drawn in place.</summary>
    public static bool IsTerminal => !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is { Length: > 0 } terminal && terminal != "dumb";
}
