namespace ForkLint.TrialFork;

/// <summary>A runtime that waits for a diagnostics tool before it starts accepts the hook and runs it once it is resumed.</summary>
internal sealed class StartedCheck : IPreflightCheck
{
    /// <summary>What to do about a runtime that is still starting.</summary>
    public const string Advice = "try again in a moment, or use --engine estimate";

    /// <summary>How long a tool that resumes what it started may take.</summary>
    private static readonly TimeSpan ResumePatience = TimeSpan.FromSeconds(2);
    private const int PollMilliseconds = 20;

    /// <summary>That the runtime of a target is still starting.</summary>
    public static string StillStarting(Target target) =>
        $"the runtime of {target.Title} is still starting, and an agent that comes too early can end it";

    /// <inheritdoc/>
    public Refusal? Examine(PreflightSubject subject)
    {
        var target = subject.Target;
        if (RuntimePause.AskedBy(subject.Environment) is not { } variable)
        {
            return null;
        }

        var start = new RuntimeStart(target);
        var deadline = new Deadline(Min(ResumePatience, subject.Request.StartPatience), target.PidDescriptor.Value, subject.Cancellation);
        while (!start.HasLoadedLibraries())
        {
            if (!deadline.Pause(PollMilliseconds))
            {
                return target.HasEnded ? throw Measurement.Gone(target.Pid) : new Refusal(
                    ExitReason.RefusedForSafety,
                    $"{target.Title} has not started: it was started with {variable}, and waits for a diagnostics tool to resume it",
                    "resume it (dotnet-trace and dotnet-monitor can), or use --engine estimate");
            }
        }

        return null;
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
