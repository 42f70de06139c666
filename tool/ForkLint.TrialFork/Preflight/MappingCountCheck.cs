using System.Globalization;

namespace ForkLint.TrialFork;

/// <summary>
/// vm.max_map_count: a runtime that can make no more mappings ends the application ("Releasing the double mapped memory failed"). Loading
/// and running the agent splits and adds some.
/// </summary>
internal sealed class MappingCountCheck : IPreflightCheck
{
    /// <summary>Measured: a visit adds up to 45 mappings for a time; the application's own threads add theirs meanwhile.</summary>
    public const int Needed = 400;

    private const string LimitFile = "/proc/sys/vm/max_map_count";

    /// <inheritdoc/>
    public Refusal? Examine(PreflightSubject subject)
    {
        int mappings = subject.Maps.Count;
        if (!long.TryParse(File.ReadAllText(LimitFile), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out long limit) || limit - mappings >= Needed)
        {
            return null;
        }

        return new Refusal(
            ExitReason.RefusedForSafety,
            string.Create(CultureInfo.InvariantCulture, $"{subject.Target.Title} has {mappings} mappings of {limit} that it may have (vm.max_map_count), and the agent needs room for {Needed}: a runtime that cannot map memory ends the application"),
            "raise vm.max_map_count, or use --engine estimate")
        { AllowsEstimate = true };
    }
}
