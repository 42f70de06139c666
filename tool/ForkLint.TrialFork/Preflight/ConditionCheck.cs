using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>An application that does not run now would receive the agent later, when the tool is gone; and a trial would wait for it.</summary>
/// <param name="consequence">What would come of it, as the end of a sentence.</param>
internal sealed class ConditionCheck(string consequence) : IPreflightCheck
{
    /// <inheritdoc/>
    public Refusal? Examine(PreflightSubject subject)
    {
        var target = subject.Target;
        var condition = Measurement.Require(ProcessSafety.Condition(target.Pid), target.Pid);
        int tracer = Measurement.Require(target.Files.Status(), target.Pid).TracerPid ?? 0;
        return Standstill.Of(target.Pid, condition, tracer) is not { } standstill ? null : new Refusal(
            ExitReason.RefusedForSafety,
            $"{target.Title} {standstill.State}: {consequence}",
            $"{standstill.Remedy}, or use --engine estimate");
    }
}
