namespace ForkLint.Tool.CommandLine;

/// <summary>The exit codes of the tool, as <c>docs/exit-codes.md</c> lists them.</summary>
internal static class ExitCode
{
    /// <summary>Done. A trial fork that fails with ENOMEM is a result, not an error.</summary>
    public const int Ok = 0;

    /// <summary>The command line cannot be understood.</summary>
    public const int Usage = 1;

    /// <summary>A budget, the gate or <c>--fail-on</c> failed.</summary>
    public const int BudgetExceeded = 2;

    /// <summary>There is no such process.</summary>
    public const int NoSuchProcess = 3;

    /// <summary>The process may not be read or entered.</summary>
    public const int NotPermitted = 4;

    /// <summary>Not a .NET process, or a runtime that the engine cannot enter.</summary>
    public const int NotDotNet = 5;

    /// <summary>Refused, because it could harm the application.</summary>
    public const int RefusedForSafety = 6;

    /// <summary>The measurement failed, or the platform cannot do it.</summary>
    public const int Failed = 7;

    /// <summary><c>check</c> could not build.</summary>
    public const int BuildFailed = 8;

    /// <summary>Interrupted by Ctrl-C: 128 + SIGINT, as shells report it.</summary>
    public const int Interrupted = 130;

    /// <summary>Ended by SIGTERM: 128 + SIGTERM, as shells report it.</summary>
    public const int Terminated = 143;
}
