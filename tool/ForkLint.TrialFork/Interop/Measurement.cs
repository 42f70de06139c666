using System.Globalization;
using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>What every part of a measurement does alike: failures of reading become explained errors.</summary>
public static class Measurement
{
    /// <summary>The value of a reading.</summary>
    /// <exception cref="MeasureException">It failed.</exception>
    public static T Require<T>(Reading<T> reading, int pid) => reading.IsOk
        ? reading.Value
        : throw (reading.Failure switch
        {
            ReadFailure.ProcessGone => Gone(pid),
            ReadFailure.NotPermitted => NotPermitted(pid, reading.Detail),
            _ => new MeasureException(ExitReason.MeasurementFailed, $"process {Number(pid)} cannot be read: {reading.Detail}", "check that /proc is mounted and that the kernel is 4.5 or later"),
        });

    /// <summary>There is no such process, none that this user may see, or none of which /proc still shows anything.</summary>
    public static MeasureException Gone(int pid) => new ProcessFiles(pid).Stat() is { IsOk: true, Value: { IsZombie: true } ended } ? EndedProcess.Explain(ended)
        : ProcessVisibility.IsLimited() ? new(ExitReason.NoSuchProcess, $"process {Number(pid)} does not exist, has ended, or is hidden from this user: /proc is mounted with hidepid", "run the tool as root (sudo) or as the target's own user")
        : new(ExitReason.NoSuchProcess, $"process {Number(pid)} does not exist or has ended", "dotnet forklint ps lists the .NET processes");

    /// <summary>
    /// Of a process that is not dumpable (prctl(2), PR_SET_DUMPABLE; a program with file capabilities is not, either) the files belong to root,
    /// so that even its own user may not read them (Linux fs/proc/base.c, task_dump_owner).
    /// </summary>
    private static MeasureException NotPermitted(int pid, string detail)
    {
        uint own = Libc.EffectiveUser();
        bool isOurs = new ProcessFiles(pid).Status().TryGet(out var status) && status.EffectiveUid == own && own != 0;
        bool isNotDumpable = isOurs && FileFacts.Read(Libc.CurrentDirectory, $"/proc/{Number(pid)}/environ", 0) is { UserId: 0 };
        return isNotDumpable
            ? new MeasureException(
                ExitReason.NotPermitted,
                $"process {Number(pid)} is not dumpable, so that not even its own user may read it: {detail}",
                "run the tool as root (sudo), or start the application without what makes it so (PR_SET_DUMPABLE, file capabilities)")
            : new MeasureException(
                ExitReason.NotPermitted,
                $"process {Number(pid)} may not be read: {detail}",
                own == 0 ? "root may not either here: in a container add --cap-add SYS_PTRACE, or run the tool outside of it; otherwise a security module forbids it"
                : isOurs ? "run the tool as root (sudo); in a container add --cap-add SYS_PTRACE"
                : "run the tool as root (sudo) or as the target's own user; in a container add --cap-add SYS_PTRACE");
    }

    internal static string Number(int pid) => pid.ToString(CultureInfo.InvariantCulture);
}
