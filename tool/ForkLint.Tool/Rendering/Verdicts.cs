using ForkLint.Linux;
using ForkLint.Tool.Report;

namespace ForkLint.Tool.Rendering;

/// <summary>One verdict on the screen.</summary>
/// <param name="Label">What it is about.</param>
/// <param name="Text">The answer with its figure and its remedy.</param>
/// <param name="Emphasis">What kind of news it is.</param>
internal sealed record ScreenVerdict(string Label, string Text, Emphasis Emphasis);

/// <summary>The verdicts of a report, bad news first; each figure stands in one of them only.</summary>
internal static class Verdicts
{
    /// <summary>The verdicts.</summary>
    public static IReadOnlyList<ScreenVerdict> Of(MeasurementReport report)
    {
        List<ScreenVerdict> verdicts = [.. Budgets(report), .. Beside(report.Beside, report.Process.Runtime), .. Beside(report.BesideAsIf, report.Process.Runtime), Fork(report), .. Elsewhere(report), .. ProcessStart(report)];
        if ((report.CopyOnWrite?.SharedAtForkBytes ?? report.Fork.Child?.AnonymousBytes ?? report.Parent.AnonymousBytes) is { } exposure)
        {
            var held = report.CopyOnWrite is { HeldMilliseconds: var milliseconds, Samples: { Count: > 0 } samples }
                ? $"; in {Units.Milliseconds(milliseconds)} it grew by {Units.Bytes(samples[^1].ChildUniqueBytes - samples[0].ChildUniqueBytes)}"
                : "";
            verdicts.Add(new ScreenVerdict("Copy-on-write", $"up to {Units.Bytes(exposure)} more while a forked child lives, as either side writes{held}", Emphasis.None));
        }

        if (report.CrashDump is { } dump)
        {
            var (text, emphasis) = CrashDumpText.Describe(dump);
            verdicts.Add(new ScreenVerdict("Crash dump", text, emphasis));
        }

        if (report.Verified is { } verified)
        {
            verdicts.Add(new ScreenVerdict("Given back", $"{Units.Bytes(verified.RealisedBytes)} of charge, {Units.Bytes(verified.PredictedBytes)} predicted; the application was stopped for {Units.Microseconds(verified.PauseMicroseconds)}", Emphasis.None));
        }

        if (report.WhatIfFreed is { } whatIf)
        {
            verdicts.Add(new ScreenVerdict("What if", $"without {string.Join(" and ", whatIf.Freed)} a fork would be charged {Units.Bytes(whatIf.CommitChargeBytes)}, {Units.Bytes(whatIf.SavedBytes)} less", Emphasis.None));
        }

        return [.. verdicts.OrderBy(static verdict => Rank(verdict.Emphasis))];
    }

    private static int Rank(Emphasis emphasis) => emphasis switch
    {
        Emphasis.Bad => 0,
        Emphasis.Caution => 1,
        _ => 2,
    };

    private static IEnumerable<ScreenVerdict> Budgets(MeasurementReport report) => report.Budgets
        .Where(static budget => budget.Exceeded)
        .Select(static budget => new ScreenVerdict("Budget", BudgetText.Describe(budget), Emphasis.Bad));

    private static IEnumerable<ScreenVerdict> Beside(BesideSection? beside, string? runtime)
    {
        if (beside is null)
        {
            yield break;
        }

        var room = beside switch
        {
            { HiddenLimit: not null } => $"at most {Units.Bytes(beside.RoomBytes)} of room: a limit cannot be seen from here",
            { RoomBytes: <= 0 } => "no room",
            { LimitedBy: AdmissionRule.AvailableMemory } => $"{Units.Bytes(beside.RoomBytes)} of room on this machine",
            _ => $"{Units.Bytes(beside.RoomBytes)} of room",
        };
        var label = beside.AsIf is null ? "Beside a child" : "As if";
        var prefix = beside.AsIf is { } asIf ? $"{asIf}, beside a child: {room}" : room;
        if (beside.Children.Count == 0)
        {
            yield return new ScreenVerdict(label, $"{prefix}; --child-size 250MiB says whether a child of that size fits", beside.RoomBytes > 0 ? Emphasis.None : Emphasis.Bad);
        }

        // The room stands once, before the worst of the children.
        var children = beside.Children.Select(static child => (Child: child, Emphasis: Weigh(child))).OrderBy(static weighed => Rank(weighed.Emphasis)).ToList();
        for (var index = 0; index < children.Count; index++)
        {
            var (child, emphasis) = children[index];
            var remedies = string.Join(", or ", BesideText.Remedies(child, runtime));
            yield return new ScreenVerdict(
                label,
                $"{(index == 0 ? prefix + ". " : "")}{BesideText.Describe(child)}{(remedies.Length == 0 ? "" : child.Fits == Answer.Yes ? $" To keep it so: {remedies}" : $" To make it fit: {remedies}")}",
                emphasis);
        }
    }

    private static Emphasis Weigh(ChildSection child) => child.Fits switch
    {
        Answer.No => Emphasis.Bad,
        Answer.Uncertain => Emphasis.Caution,
        _ => child.FitsAtCeiling is null or Answer.Yes ? Emphasis.Good : Emphasis.Caution,
    };

    private static ScreenVerdict Fork(MeasurementReport report)
    {
        var fork = report.Fork;
        var here = report.Verdicts.FirstOrDefault(static verdict => verdict.Rule == AdmissionRule.Here);
        List<string> costs = [];
        if ((fork.ChargedBytes ?? fork.PredictedChargeBytes) is { } charge)
        {
            costs.Add($"charged {Units.Bytes(charge)}");
        }

        if (fork.LatencyMicroseconds is { } latency)
        {
            costs.Add(fork.IsLatencyEstimated ? $"takes about {Units.Microseconds(latency.Median)} (estimated)" : $"takes {Units.Microseconds(latency.Median)}");
        }

        if (fork is { Succeeded: true, LongestStallMicroseconds: { } stall })
        {
            costs.Add($"writing threads wait {Units.Microseconds(stall)}");
        }

        if (report.IsOfCore)
        {
            var elsewhere = report.Verdicts.Count == 0 ? "; whether it succeeds depends on the machine: --as-if says it for one that you describe" : "";
            return new ScreenVerdict("Fork", $"would be {string.Join(", ", costs)}, as far as the dump tells{elsewhere}", Emphasis.None);
        }

        var (answer, emphasis) = fork.Succeeded switch
        {
            true => ("succeeds", Emphasis.Good),
            false when here?.Succeeds == Answer.Yes && fork.Errno == Errno.NoMemory => ($"would succeed without this tool, whose own charge of {Units.Bytes(report.Host.ToolChargeBytes)} made the trial fail", Emphasis.Caution),
            false => ($"fails with {Errno.Name(fork.Errno)}", Emphasis.Bad),
            null => here?.Succeeds switch
            {
                Answer.Yes => ("would succeed", Emphasis.Good),
                Answer.No => ("would fail", Emphasis.Bad),
                _ => ("may or may not succeed", Emphasis.Caution),
            },
        };
        var missing = here is { Succeeds: not Answer.Yes, ShortfallBytes: { } shortfall } ? $", {Units.Bytes(shortfall)} short" : "";
        var reason = emphasis == Emphasis.Good || here is not { Reason.Length: > 0 } ? "" : $" ({here.Reason.TrimEnd('.')})";
        var remedy = emphasis == Emphasis.Good ? "" : Remedy(report);
        return new ScreenVerdict("Fork", $"{answer}{missing}{(costs.Count > 0 ? $"; {string.Join(", ", costs)}" : "")}{reason}{remedy}", emphasis);
    }

    private static string Remedy(MeasurementReport report) => report.ShortestLists?.FirstOrDefault(static list => list.Where == "here") switch
    {
        { Suffices: true, Savings: { Count: > 0 } savings } => $". To make it succeed free {string.Join(", and ", savings.Select(static saving => $"{Units.Bytes(saving.CommitChargeBytes)}: {saving.What}"))}",
        { Suffices: false } => ". Everything that ForkLint knows how to free is not enough: do not duplicate (Process.Start, posix_spawn)",
        _ => "",
    };

    private static IEnumerable<ScreenVerdict> Elsewhere(MeasurementReport report)
    {
        foreach (var verdict in report.Verdicts.Where(static verdict => verdict.Rule == AdmissionRule.Elsewhere))
        {
            yield return new ScreenVerdict("As if", VerdictText.DescribeElsewhere(verdict).Replace("As if on ", "", StringComparison.Ordinal), VerdictText.Word(verdict.Succeeds).Emphasis);
        }
    }

    /// <summary>What .NET's own way of starting a program does: nothing is said of it in a program that has none.</summary>
    private static IEnumerable<ScreenVerdict> ProcessStart(MeasurementReport report)
    {
        if (!report.Process.IsDotNet)
        {
            return [];
        }

        var shared = report.Vfork?.LatencyMicroseconds is { } vfork ? $" and takes {Units.Microseconds(vfork.Median)} at any size" : "";
        return [WhoPays.IsDuplicating(report.Process) switch
        {
            true => new ScreenVerdict("Process.Start", "is such a fork on this runtime: before .NET Core 3.0 it duplicated the process", Emphasis.Caution),
            false => new ScreenVerdict("Process.Start", $"does not fork: it shares the memory (vfork){shared}. Code that calls fork (pty libraries, createdump) pays for a fork", Emphasis.None),
            null => new ScreenVerdict("Process.Start", $"is such a fork on musl with UserName set; without it, it shares the memory (vfork){shared}", Emphasis.None),
        }];
    }
}
