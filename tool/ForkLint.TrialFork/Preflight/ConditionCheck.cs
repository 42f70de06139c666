using System.Globalization;
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
        string? state = condition switch
        {
            ProcessCondition.Stopped => "is stopped by a signal",
            ProcessCondition.Traced => "is stopped by a debugger",
            ProcessCondition.Frozen => "is frozen by its cgroup",
            ProcessCondition.CoreDumping => "is writing a core dump",
            _ when tracer > 0 => string.Create(CultureInfo.InvariantCulture, $"is traced by process {tracer}"),
            _ => null,
        };
        return state == null ? null : new Refusal(
            ExitReason.RefusedForSafety,
            $"{target.Title} {state}: {consequence}",
            "let it run (kill -CONT, detach the debugger), or use --engine estimate");
    }
}
