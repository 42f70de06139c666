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
