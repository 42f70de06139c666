using System.Globalization;
using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>
/// What is left of a trial's child that is not collected. A child that ended stays in the process table until its parent asks for it; the
/// agent did, but its present parent may not (an execve's program, a container's init that collects nothing). A program that may be
/// traced is made to ask for it, as after a killed tool.
/// </summary>
internal static class ChildRemains
{
    private const int LookMilliseconds = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Collects what the application left of a child, or says who must, as the end of a sentence; empty where nothing is left.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="target">The application. What was held of it to make the child must be let go before.</param>
    /// <param name="child">The child and when it started.</param>
    public static string Clear(MeasureRequest request, Target target, (int Pid, long StartTicks) child)
    {
        var files = new ProcessFiles(child.Pid);
        var deadline = new Deadline(Patience, -1, CancellationToken.None);
        while (files.Stat().TryGet(out var stat) && stat.StartTimeTicks == child.StartTicks)
        {
            if (!deadline.Pause(LookMilliseconds))
            {
                return stat.IsZombie && stat.ParentPid == target.Pid && IsCollected(request, target, child)
                    ? string.Create(CultureInfo.InvariantCulture, $"; the trial's child {child.Pid}, which it left as a zombie, is now reaped")
                    : string.Create(CultureInfo.InvariantCulture, $"; the trial's child {child.Pid} has ended and stays in the process table (a zombie) until process {stat.ParentPid} collects it or ends");
            }
        }

        return "";
    }

    /// <summary>Makes the program that is in the application's place by now collect it; false where that is not permitted or not safe.</summary>
    private static bool IsCollected(MeasureRequest request, Target target, (int Pid, long StartTicks) child)
    {
        try
        {
            using var now = Target.Open(target.Pid);
            var facts = DotNetProbe.Probe(now.Files, now.Stat, now.Status);
            if (now.Stat.StartTimeTicks != target.Stat.StartTimeTicks
                || TraceAccess.Obstacle(now) is not null
                || Assessment.HasTooFewTasks(PidLimits.Read(now.Pid) is { IsOk: true } limits ? limits.Value : null)
                || Preflight.Trace.Examine(new PreflightSubject(request, now, facts, CancellationToken.None)) is not null)
            {
                return false;
            }

            using var tracer = ForkTracer.Open(now, static _ => { }, CancellationToken.None);
            bool isGone = tracer.Reap(child.Pid);

            // Of a trial by ptrace there may be more than one.
            foreach (int other in LeftChildren.Of(now.Pid))
            {
                _ = tracer.Reap(other);
            }

            return isGone;
        }
        catch (MeasureException)
        {
            return false;
        }
    }
}
