using ForkLint.LiveTargets;
using ForkLint.TrialFork;

namespace ForkLint.Attacks;

/// <summary>Several tools at once.</summary>
internal static class CrowdAttack
{
    private const int Tools = 8;

    public static Outcome Run(AttackedApplication application, int count)
    {
        int measured = 0;
        int refused = 0;
        var other = new List<string>();
        for (int round = 0; round < count; round++)
        {
            var tools = Enumerable.Range(0, Tools).Select(_ => MeasureHost.Start(application.Pid, ["trials=1", "stall=30000", "patience=60", "lock=60"])).ToList();
            foreach (var tool in tools)
            {
                var outcome = tool.Finish();
                tool.Dispose();
                measured += outcome.ExitCode == 0 ? 1 : 0;
                refused += outcome.ExitCode == (int)ExitReason.RefusedForSafety ? 1 : 0;
                if (outcome.ExitCode is not (0 or (int)ExitReason.RefusedForSafety))
                {
                    other.Add(outcome.Output);
                }
            }
        }

        string complaint = application.Complaint();
        return new Outcome(complaint.Length == 0 && other.Count == 0, $"{measured} measured, {refused} refused, {other.Count} other {string.Join(" | ", other)}; {(complaint.Length == 0 ? "unharmed" : complaint)}");
    }
}
