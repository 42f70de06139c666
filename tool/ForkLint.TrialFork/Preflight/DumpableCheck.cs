namespace ForkLint.TrialFork;

/// <summary>
/// The kernel gives the files of a process that is not dumpable to root (Linux fs/proc/base.c, task_dump_owner): the agent, which runs as the
/// application's user, could not even read what it needs of the application itself.
/// </summary>
internal sealed class DumpableCheck : IPreflightCheck
{
    /// <inheritdoc/>
    public Refusal? Examine(PreflightSubject subject)
    {
        var target = subject.Target;
        bool isRoots = FileFacts.Read(Libc.CurrentDirectory, target.Files.PathOf("environ"), 0) is { UserId: 0 };
        return isRoots && target.Status.EffectiveUid != 0
            ? new Refusal(ExitReason.NotDotNet, $"{target.Title} is not dumpable (PR_SET_DUMPABLE, or file capabilities), so that the agent could not read the application's own files in /proc", "use --engine estimate")
            : null;
    }
}
