using System.Runtime.InteropServices;

namespace ForkLint.TrialFork;

/// <summary>
/// Landlock keeps a process from files that its user could read, and shows nowhere from outside. A runtime that may not read the agent ends
/// the application, so that an application that can be confined in this way is entered only on request.
/// </summary>
internal sealed class LandlockCheck : IPreflightCheck
{
    private const int CreateRulesetCall = 444;
    private const int AskForVersion = 1;
    private const int NotImplemented = 38;

    /// <inheritdoc/>
    public Refusal? Examine(PreflightSubject subject)
    {
        var target = subject.Target;

        // A process without CAP_SYS_ADMIN has to set no_new_privs before it may confine itself (landlock_restrict_self(2)), and cannot take
        // it back. With the capability it could do without; the examples and libraries that confine all set it.
        bool cannotBe = target.Status.NoNewPrivileges == false || !KernelHasLandlock();
        if (cannotBe || subject.Request.EnterUnproven)
        {
            return null;
        }

        return new Refusal(
            ExitReason.RefusedForSafety,
            $"{target.Title} has no_new_privs set, so Landlock may keep it from reading the agent, which would end it; the kernel does not show whether it does",
            "--force enters if you know that the application does not use Landlock, --engine estimate does not enter")
        { AllowsEstimate = true };
    }

    /// <summary>Whether Landlock is compiled in and switched on. A filter on this tool that refuses the question leaves it open.</summary>
    private static bool KernelHasLandlock()
    {
        nint version = Libc.SystemCall(CreateRulesetCall, 0, 0, AskForVersion, 0);
        return version > 0 || Marshal.GetLastPInvokeError() is not (NotImplemented or Libc.ErrorNotSupported);
    }
}
