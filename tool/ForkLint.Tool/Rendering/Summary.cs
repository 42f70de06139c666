using System.Globalization;
using ForkLint.Linux;
using ForkLint.Tool.Report;

namespace ForkLint.Tool.Rendering;

/// <summary>The report in one plain sentence, and what it costs in another.</summary>
internal static class Summary
{
    /// <summary>Whether this fork succeeds here, what kind of news that is, and what it costs; where it fails, what works instead.</summary>
    public static (string Verdict, Emphasis Emphasis, string? Costs) Describe(MeasurementReport report)
    {
        if (report.IsOfCore)
        {
            return (string.Create(CultureInfo.InvariantCulture, $"A fork of {report.Process.Name} (pid {report.Process.Pid}) would be charged {Units.Bytes(report.Fork.PredictedChargeBytes)}, as its core dump shows."), Emphasis.None, null);
        }

        var subject = string.Create(CultureInfo.InvariantCulture, $"A fork of {report.Process.Name} (pid {report.Process.Pid})");
        var here = report.Verdicts.FirstOrDefault(static verdict => verdict.Rule == AdmissionRule.Here);
        var reason = here is { Reason.Length: > 0 } ? ": " + here.Reason.TrimEnd('.') : "";
        return report.Fork.Succeeded switch
        {
            true => ($"{subject} succeeds here.", Emphasis.Good, Costs(report, measured: true)),

            // The trial was made beside this tool, and the verdict is about the machine without it.
            false when here?.Succeeds == Answer.Yes && report.Fork.Errno == Errno.NoMemory => ($"{subject} would succeed here without this tool, whose own {Units.Bytes(report.Host.ToolChargeBytes)} of commit charge made the trial fail with {Errno.Name(report.Fork.Errno)}.", Emphasis.Caution, Costs(report, measured: false)),
            false => ($"{subject} fails here with {Errno.Name(report.Fork.Errno)}{(here?.Succeeds == Answer.No ? reason : "")}.", Emphasis.Bad, WayOut(report)),
            null => here?.Succeeds switch
            {
                Answer.Yes => ($"{subject} would succeed here.", Emphasis.Good, Costs(report, measured: false)),
                Answer.No => ($"{subject} would fail here{reason}.", Emphasis.Bad, null),
                _ => ($"{subject} may or may not succeed here{reason}.", Emphasis.Caution, Costs(report, measured: false)),
            },
        };
    }

    private static string? WayOut(MeasurementReport report) => report.Vfork?.LatencyMicroseconds is { } vfork
        ? $"Not duplicating works: a child that shares the memory (vfork, posix_spawn) is made in {Units.Microseconds(vfork.Median)} here."
        : null;

    private static string Costs(MeasurementReport report, bool measured)
    {
        var fork = report.Fork;
        var parts = new List<string>();
        if ((fork.ChargedBytes ?? fork.PredictedChargeBytes) is { } charge)
        {
            parts.Add($"{(measured ? "is" : "would be")} charged {Units.Bytes(charge)}");
        }

        if (fork.LatencyMicroseconds is { } latency)
        {
            parts.Add(fork.IsLatencyEstimated ? $"would take about {Units.Microseconds(latency.Median)} (estimated)" : $"takes {Units.Microseconds(latency.Median)}");
        }

        if (measured && fork.LongestStallMicroseconds is { } stall)
        {
            parts.Add($"stalls the application's writers for up to {Units.Microseconds(stall)}");
        }

        // A page that both sides share is copied at most once: by whichever writes it first.
        if ((report.CopyOnWrite?.SharedAtForkBytes ?? fork.Child?.AnonymousBytes ?? report.Parent.AnonymousBytes) is { } exposure)
        {
            parts.Add($"can add up to {Units.Bytes(exposure)} of memory while the child lives, as either side writes");
        }

        return parts.Count switch
        {
            0 => "What it costs is not known.",
            1 => $"It {parts[0]}.",
            _ => $"It {string.Join(", ", parts.Take(parts.Count - 1))} and {parts[^1]}.",
        };
    }
}
