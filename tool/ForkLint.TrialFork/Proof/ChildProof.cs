using System.Globalization;
using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>What is known of a process that the agent says is the child it forked.</summary>
/// <param name="Child">The process, through /proc of the tool.</param>
/// <param name="ChildStatus">The same, the identities.</param>
/// <param name="Parent">The application when the measurement began.</param>
/// <param name="ParentStatus">The same, the identities.</param>
internal sealed record ChildClaim(ProcessStat Child, ProcessStatus ChildStatus, ProcessStat Parent, ProcessStatus ParentStatus)
{
    /// <summary>The process id that the agent named, in the application's pid namespace.</summary>
    public required long NamedPid { get; init; }

    /// <summary>When the tool asked for the child, in the clock ticks since boot that <see cref="ProcessStat.StartTimeTicks"/> counts.</summary>
    public required long AskedTicks { get; init; }
}

/// <summary>
/// Proves that what came over the agent's connection is the child that was asked for. Everything from there is the application's word, and
/// an application may lie: a root tool that signals whatever descriptor it gets is a weapon in the hands of any user. So nothing is signalled,
/// written to or read from before the kernel itself has vouched for it.
/// </summary>
internal static class ChildProof
{
    private const int BootTimeClock = 7;
    private const long TicksPerSecond = 100; // USER_HZ, the same on every architecture that .NET runs on

    /// <summary>The clock that the start times of processes are counted on, now.</summary>
    public static unsafe long NowTicks()
    {
        long* time = stackalloc long[2];
        _ = Libc.ReadClock(BootTimeClock, time);
        return (time[0] * TicksPerSecond) + (time[1] / (1_000_000_000 / TicksPerSecond));
    }

    /// <summary>The process id of the child in this process's pid namespace.</summary>
    /// <param name="claimed">The descriptor that the agent sent.</param>
    /// <param name="target">The application.</param>
    /// <param name="namedPid">The id that the agent named.</param>
    /// <param name="askedTicks"><see cref="NowTicks"/> before the agent was asked.</param>
    /// <exception cref="MeasureException">It is not the child, or it has ended already.</exception>
    public static int Require(Descriptor claimed, Target target, long namedPid, long askedTicks)
    {
        if (!IsPidDescriptor(claimed))
        {
            throw Untrue(target, "a descriptor that is not a process");
        }

        int pid = PidOf(claimed, target);
        var files = new ProcessFiles(pid);
        bool isRead = files.Stat().TryGet(out var stat) & files.Status().TryGet(out var status);

        // A process that has not ended after it was read owned the number all the while: the number was not given to another one.
        if (!isRead || claimed.IsReadable(0))
        {
            throw EndedAtOnce();
        }

        var claim = new ChildClaim(stat!, status!, target.Stat, target.Status) { NamedPid = namedPid, AskedTicks = askedTicks };
        return Objection(claim) is { } objection
            ? throw Untrue(target, string.Create(CultureInfo.InvariantCulture, $"process {pid}, {objection}"))
            : pid;
    }

    /// <summary>Why a process cannot be the child that was asked for; null when all that the kernel says fits.</summary>
    public static string? Objection(ChildClaim claim)
    {
        var (child, status, parent, parentStatus) = (claim.Child, claim.ChildStatus, claim.Parent, claim.ParentStatus);
        return claim switch
        {
            _ when status.Pid != child.Pid => "which is a thread",
            _ when child.ParentPid != parent.Pid => "which is not its child",
            _ when child.StartTimeTicks < claim.AskedTicks => "which is older than the request",

            // What fork, vfork and posix_spawn make announces its end with SIGCHLD; the agent's clone does not.
            _ when child.ExitSignal != 0 || child.ThreadCount != 1 => "which the agent cannot have made",

            // The stack's address is drawn at random at each execve, and a fork keeps it.
            _ when child.StackStart == 0 || child.StackStart != parent.StackStart => "which is not a copy of it",
            _ when status.RealUid != parentStatus.RealUid || status.EffectiveUid != parentStatus.EffectiveUid
                || status.RealGid != parentStatus.RealGid || status.EffectiveGid != parentStatus.EffectiveGid => "which belongs to another user",
            _ when status.NamespacePids.Count > 0 && (status.NamespacePids.Count != Math.Max(1, parentStatus.NamespacePids.Count) || status.NamespacePids[^1] != claim.NamedPid) => "which has another number than it names",
            _ => null,
        };
    }

    /// <summary>An answer that no agent gives. Nothing that came with it was used.</summary>
    public static MeasureException Untrue(Target target, string what) => new(
        ExitReason.RefusedForSafety,
        $"what answers in {target.Title} is not the agent: it handed over {what}",
        "do not trust that process; --engine estimate asks it for nothing");

    /// <summary>
    /// Anonymous inodes and pidfs have names without a slash in front, and no file of any file system has (fs/pidfs.c, fs/anon_inodes.c,
    /// fs/d_path.c). Reading the link asks no file system, so a hostile one cannot block it.
    /// </summary>
    private static bool IsPidDescriptor(Descriptor descriptor) =>
        Link(descriptor) is { } link && (link == "anon_inode:[pidfd]" || link.StartsWith("pidfd:[", StringComparison.Ordinal));

    /// <summary>Where a descriptor leads; null if that cannot be read.</summary>
    public static string? Link(Descriptor descriptor)
    {
        try
        {
            return new FileInfo(descriptor.Path).LinkTarget;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>A number of the descriptor's fdinfo; null where it is not there.</summary>
    public static long? Information(Descriptor descriptor, string key)
    {
        foreach (string line in File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fdinfo/{descriptor.Value}")))
        {
            if (line.StartsWith(key, StringComparison.Ordinal) && long.TryParse(line.AsSpan(key.Length), NumberStyles.Integer, CultureInfo.InvariantCulture, out long number))
            {
                return number;
            }
        }

        return null;
    }

    /// <summary>The kernel prints the process of a pidfd as this process's /proc numbers it: 0 outside the namespace, -1 once reaped (pidfd_show_fdinfo).</summary>
    private static int PidOf(Descriptor descriptor, Target target) => Information(descriptor, "Pid:") switch
    {
        { } pid and > 0 and <= int.MaxValue => (int)pid,
        < 0 => throw EndedAtOnce(),
        0 => throw new MeasureException(ExitReason.MeasurementFailed, "the child cannot be seen from here: it is in another pid namespace", "run the tool on the host, or in a namespace that holds the application's"),
        _ => throw Untrue(target, "a descriptor that is not a process"),
    };

    private static MeasureException EndedAtOnce() => new(
        ExitReason.MeasurementFailed,
        "the child of the trial ended before it could be looked at: something killed it, or the application replaced its program",
        "try again; look for out-of-memory kills (dmesg) if it happens again");
}
