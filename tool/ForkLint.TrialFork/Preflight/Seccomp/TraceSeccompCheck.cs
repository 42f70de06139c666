namespace ForkLint.TrialFork;

/// <summary>
/// A seccomp filter may kill the application for a call that a trial makes in one of its threads. Each kind of filter that its threads run
/// under must allow all of the calls, because any of the threads may be the one.
/// </summary>
internal sealed class TraceSeccompCheck : IPreflightCheck
{
    private const int Strict = 1; // SECCOMP_MODE_STRICT

    /// <inheritdoc/>
    public Refusal? Examine(PreflightSubject subject)
    {
        var target = subject.Target;
        if (subject.Request.EnterUnproven)
        {
            return null;
        }

        var threads = Measurement.Require(target.Files.Threads(), target.Pid);
        foreach (var kind in threads.GroupBy(thread => SeccompState.Of(target, thread)).Where(static kind => kind.Key.Mode != 0))
        {
            if (Examine(target, kind.Key, [.. kind]) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    private static Refusal? Examine(Target target, SeccompState state, IReadOnlyList<int> threads)
    {
        string why = "it is in strict mode, which allows four calls";
        if (state.Mode != Strict && SeccompFilters.Read(target, threads, state, FilterReading.StopsThread, out why) is { } filters)
        {
            return SeccompCheck.Judge(target, filters, TraceSystemCalls.All, "a trial");
        }

        return state.Mode != Strict && SeccompCheck.IsOurContainers(target, state) ? null : new Refusal(
            ExitReason.RefusedForSafety,
            $"{target.Title} runs under a seccomp filter, and whether the filter allows a trial's calls is not known: {why}",
            "run the tool as root, or in the application's own container; --force tries anyway, --engine estimate makes no call in it")
        { AllowsEstimate = true };
    }
}
