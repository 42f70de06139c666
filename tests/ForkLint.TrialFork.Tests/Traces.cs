using System.Diagnostics;
using System.Globalization;

namespace ForkLint.TrialFork.Tests;

/// <summary>What a measurement could have left behind.</summary>
internal static class Traces
{
    private static readonly TimeSpan HangLimit = TimeSpan.FromSeconds(60);

    /// <summary>The children of all threads of a process, zombies included.</summary>
    public static List<int> ChildrenOf(int pid) =>
        [.. Directory.EnumerateDirectories($"/proc/{pid}/task")
            .SelectMany(static task => TryRead($"{task}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(static child => int.Parse(child, CultureInfo.InvariantCulture))];

    /// <summary>Whether a process is gone or only waits for init to reap it.</summary>
    public static bool HasEnded(int pid) => TryRead($"/proc/{pid}/stat") is var stat && (stat.Length == 0 || stat.Contains(") Z ", StringComparison.Ordinal));

    /// <summary>The names of a process's threads that are the agent's.</summary>
    public static List<string> AgentThreadsOf(int pid) =>
        [.. Directory.EnumerateDirectories($"/proc/{pid}/task")
            .Select(static task => TryRead($"{task}/comm"))
            .Where(static name => name.StartsWith("forklint", StringComparison.Ordinal))];

    /// <summary>The descriptors of a process that are no files: sockets, pipes, pidfds, event and epoll descriptors.</summary>
    public static int NonFileDescriptorsOf(int pid) => Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd")
        .Count(static path => new FileInfo(path).LinkTarget is { } link && !link.StartsWith('/'));

    /// <summary>The meeting places in a temporary folder.</summary>
    public static List<string> MeetingPlacesIn(string folder, int pid) => [.. Directory.EnumerateDirectories(folder, $"forklint-{pid}-*")];

    /// <summary>Waits until a condition holds; the time only bounds a hang.</summary>
    public static bool Eventually(Func<bool> condition)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(start) > HangLimit)
            {
                return false;
            }

            Thread.Sleep(20);
        }

        return true;
    }

    private static string TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (IOException)
        {
            return "";
        }
    }
}
