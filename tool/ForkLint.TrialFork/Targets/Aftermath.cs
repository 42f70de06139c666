namespace ForkLint.TrialFork;

/// <summary>What became of the application, by looking at it: nothing is said of it that was not seen.</summary>
internal static class Aftermath
{
    /// <summary>An application that aborts takes a moment to end.</summary>
    private const int LookMilliseconds = 300;

    /// <summary>"the application still runs" or "the application has ended", as seen a moment after a failure.</summary>
    public static string Of(Target target) =>
        target.PidDescriptor.IsReadable(LookMilliseconds) ? "the application has ended" : "the application still runs";

    /// <summary>Whether the target has ended, or ends within a moment.</summary>
    public static bool HasEnded(Target target) => target.PidDescriptor.IsReadable(LookMilliseconds);
}
