using System.Globalization;
using System.Text;
using ForkLint.Tool.Report;

namespace ForkLint.Tool.Rendering;

/// <summary>What <c>measure --dry-run</c> prints for people.</summary>
internal static class PlanText
{
    /// <summary>Renders the plan.</summary>
    public static string Render(PlanReport plan, TextStyle style)
    {
        plan = ReportJson.ForTerminal(plan);
        var output = new StringBuilder();
        var subject = string.Create(CultureInfo.InvariantCulture, $"{plan.Name} (pid {plan.Pid}) with the {plan.Engine} engine");
        var sentence = plan.Allowed ? $"Would measure {subject}: nothing prevents it." : $"Would not measure {subject}: {plan.Refusal?.TrimEnd('.')}.";
        output.Append(style.Apply(sentence, plan.Allowed ? Emphasis.Good : Emphasis.Bad)).Append('\n');
        if (plan.Advice is { Length: > 0 } advice)
        {
            output.Append("What to do: ").Append(advice.TrimEnd('.')).Append(".\n");
        }

        output.Append('\n');
        new TextTable(0, Align.Left, Align.Left)
            .Row(("engine", Emphasis.Quiet), ($"{plan.Engine}: {plan.EngineWhy}", Emphasis.None))
            .Row(("trials", Emphasis.Quiet), (plan.Trials == 0 ? "none: the application is not forked" : Units.Count(plan.Trials, "trial fork") + " fit the stall budget", Emphasis.None))
            .Row(("charge", Emphasis.Quiet), ($"{Units.Bytes(plan.PredictedChargeBytes)} predicted for one fork", Emphasis.None))
            .Row(("stall", Emphasis.Quiet), (plan.PredictedStallMicroseconds is null ? "not known: what a page costs could not be measured here" : $"{Units.Microseconds(plan.PredictedStallMicroseconds)} predicted for one fork", Emphasis.None))
            .Row(("head-room", Emphasis.Quiet), (plan.HeadRoomBytes is null ? "no memory cgroup limits the process" : $"{Units.Bytes(plan.HeadRoomBytes)} left in the memory cgroup, {Units.Bytes(plan.NeededHeadRoomBytes)} needed", Emphasis.None))
            .AppendTo(output, style);

        if (plan.WouldDo.Count > 0)
        {
            output.Append('\n').Append(style.Apply("Steps", Emphasis.Heading)).Append('\n');
            for (var index = 0; index < plan.WouldDo.Count; index++)
            {
                output.Append(CultureInfo.InvariantCulture, $"  {index + 1}. {plan.WouldDo[index]}\n");
            }
        }

        return output.ToString();
    }
}
