namespace ForkLint.TrialFork;

/// <summary>
/// A managed debugger holds no thread with ptrace: the runtime stops itself for it. At a breakpoint the runtime still answers on its socket,
/// accepts the hook, and runs it when the debugger continues.
/// </summary>
internal sealed class DebuggerCheck : IPreflightCheck
{
    /// <inheritdoc/>
    public Refusal? Examine(PreflightSubject subject)
    {
        // The runtime waits in open() of this pipe, and has it among its descriptors only once a debugger is at the other end. After a
        // debugger has gone it removes the pipe and makes another, and keeps the old descriptors: those are deleted
        // (dotnet/runtime src/coreclr/debug/shared/twowaypipe, WaitForConnection and Disconnect; seen on 10.0.12).
        string directory = subject.Target.Files.PathOf("fd");
        try
        {
            foreach (string descriptor in Directory.EnumerateFileSystemEntries(directory))
            {
                if (File.ResolveLinkTarget(descriptor, returnFinalTarget: false)?.Name is { } name
                    && name.StartsWith("clr-debug-pipe-", StringComparison.Ordinal)
                    && !name.EndsWith(" (deleted)", StringComparison.Ordinal))
                {
                    return new Refusal(
                        ExitReason.RefusedForSafety,
                        $"a managed debugger is attached to {subject.Target.Title}: at a breakpoint it would receive the agent at a later time",
                        "detach the debugger, or use --engine estimate");
                }
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // A descriptor that was closed meanwhile, or a process that is gone: what comes next says so.
        }

        return null;
    }
}
