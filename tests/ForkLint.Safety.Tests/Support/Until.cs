using System.Diagnostics;

namespace ForkLint.Safety.Tests.Support;

/// <summary>Waits for a condition, never for time: the limit only bounds a hang.</summary>
internal static class Until
{
    /// <summary>No child of the agent outlives this, whoever dies, and so no test waits longer.</summary>
    private static readonly TimeSpan ChildLimit = TimeSpan.FromSeconds(60);

    private const int PollMilliseconds = 20;

    /// <summary>Waits until there is nothing to complain about; what is still wrong when the child's time limit is over, or "".</summary>
    public static string Settled(Func<string> complaint, TimeSpan? limit = null)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            bool isLast = Stopwatch.GetElapsedTime(start) > (limit ?? ChildLimit);
            string wrong = complaint();
            if (wrong.Length == 0 || isLast)
            {
                return wrong;
            }

            Thread.Sleep(PollMilliseconds);
        }
    }

    /// <summary>Waits until a condition holds.</summary>
    public static void Holds(Func<bool> condition, string what, TimeSpan? limit = null) => Assert.Equal("", Settled(() => condition() ? "" : what, limit));
}
