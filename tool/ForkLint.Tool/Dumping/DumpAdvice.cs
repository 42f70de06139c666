using ForkLint.TrialFork;

namespace ForkLint.Tool.Dumping;

/// <summary>What to do next, where a copy was refused: of the advice for a measurement what a dump can follow.</summary>
internal static class DumpAdvice
{
    private static readonly string[] Estimates = [", or use --engine estimate", ", use --engine estimate"];

    /// <summary>The advice for a refusal; empty where there is none.</summary>
    /// <param name="failure">The refusal.</param>
    /// <param name="pid">The process.</param>
    /// <param name="wishes">What was asked for.</param>
    public static string Of(MeasureException failure, int pid, DumpWishes wishes)
    {
        string advice = Of(failure.Advice);
        return failure.Reason == ExitReason.NotPermitted && wishes.HasStacks && MayBeEntered(pid)
            ? $"{advice}{(advice.Length > 0 ? "; or " : "")}add --no-stacks: all objects, without the registers of threads, through an agent in the application"
            : advice;
    }

    private static bool MayBeEntered(int pid)
    {
        try
        {
            return DotNetProbe.Probe(pid) is { IsDotNet: true, HasDiagnosticsSocket: true, StartupHooksDisabled: false, IsNativeAot: false, IsMono: false };
        }
        catch (MeasureException)
        {
            return false;
        }
    }

    /// <summary>The advice without the options that <c>dump</c> does not have; empty where nothing else is left.</summary>
    public static string Of(string advice)
    {
        var left = Estimates.Aggregate(advice, static (text, part) => text.Replace(part, "", StringComparison.Ordinal));
        return left.Contains("--engine", StringComparison.Ordinal) || left.Contains("--no-heap", StringComparison.Ordinal) ? "" : left;
    }
}
