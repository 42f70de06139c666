namespace ForkLint.Tool.Watching;

/// <summary>What standard output is.</summary>
internal static class WatchScreen
{
    /// <summary>Whether it is a terminal on which a table can be drawn in place.</summary>
    public static bool IsTerminal => !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is { Length: > 0 } terminal && terminal != "dumb";
}
