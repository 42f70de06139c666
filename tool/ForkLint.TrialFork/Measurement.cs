using System.Globalization;
using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>What every part of a measurement does alike: failures of reading become explained errors.</summary>
internal static class Measurement
{
    /// <summary>The value of a reading.</summary>
    /// <exception cref="MeasureException">It failed.</exception>
    public static T Require<T>(Reading<T> reading, int pid) => reading.IsOk
        ? reading.Value
        : throw (reading.Failure switch
        {
            ReadFailure.ProcessGone => Gone(pid),
            ReadFailure.NotPermitted => new MeasureException(
                ExitReason.NotPermitted,
                $"process {Number(pid)} may not be read: {reading.Detail}",
                "run the tool as root (sudo) or as the target's own user; in a container add --cap-add SYS_PTRACE"),
            _ => new MeasureException(ExitReason.MeasurementFailed, $"process {Number(pid)} cannot be read: {reading.Detail}", "check that /proc is mounted and that the kernel is 4.5 or later"),
        });

    /// <summary>There is no such process.</summary>
    public static MeasureException Gone(int pid) =>
        new(ExitReason.NoSuchProcess, $"there is no process {Number(pid)}, or it has ended", "dotnet forklint ps lists the .NET processes");

    private static string Number(int pid) => pid.ToString(CultureInfo.InvariantCulture);
}
