using System.Globalization;

namespace ForkLint.LiveTargets;

/// <summary>Where a runtime's diagnostics socket is.</summary>
internal static class DiagnosticsSocket
{
    // The first two of /proc/PID/stat are the id and the name, which may hold spaces and parentheses: field 22 is counted from behind them.
    private const int StartTimeAfterName = 19;

    /// <summary>
    /// The socket of the process that runs now. Its name ends with the process's start time: an earlier process of the same id that was killed leaves its own behind.
    /// </summary>
    /// <param name="folder">The temporary folder of the process, as seen from here.</param>
    /// <param name="pid">The process, in this namespace of process ids.</param>
    public static string Of(string folder, int pid) => Path.Combine(folder, $"dotnet-diagnostic-{Key(pid)}-socket");

    /// <summary>What tells the files of the process that runs now from those of an earlier one, in the names of its socket and of its debugger's pipes.</summary>
    /// <param name="pid">The process, in this namespace of process ids.</param>
    public static string Key(int pid)
    {
        string stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
        string startTime = stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[StartTimeAfterName];
        return string.Create(CultureInfo.InvariantCulture, $"{pid}-{startTime}");
    }
}
