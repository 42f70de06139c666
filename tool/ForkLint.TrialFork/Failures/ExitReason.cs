namespace ForkLint.TrialFork;

/// <summary>Why a command ends as it does. The value is the exit code of the process, as <c>docs/exit-codes.md</c> lists them.</summary>
public enum ExitReason
{
    /// <summary>Done. A trial fork that fails with ENOMEM is a result, so it ends here too.</summary>
    Ok = 0,

    /// <summary>The command line makes no sense.</summary>
    Usage = 1,

    /// <summary>A budget, the gate or a fail-on rule was exceeded.</summary>
    BudgetExceeded = 2,

    /// <summary>No such process, or it ended.</summary>
    NoSuchProcess = 3,

    /// <summary>The kernel does not let this user do it.</summary>
    NotPermitted = 4,

    /// <summary>Not a .NET process, or a runtime that the engine cannot enter.</summary>
    NotDotNet = 5,

    /// <summary>It could harm the application.</summary>
    RefusedForSafety = 6,

    /// <summary>The measurement failed, or the platform cannot do it.</summary>
    MeasurementFailed = 7,

    /// <summary>The project to check could not be built.</summary>
    BuildFailed = 8,

    /// <summary>The terminal went away: 128 + SIGHUP, as shells report it.</summary>
    HungUp = 129,

    /// <summary>Interrupted by Ctrl-C: 128 + SIGINT, as shells report it.</summary>
    Interrupted = 130,

    /// <summary>Ended by SIGTERM: 128 + SIGTERM, as shells report it.</summary>
    Terminated = 143,
}
