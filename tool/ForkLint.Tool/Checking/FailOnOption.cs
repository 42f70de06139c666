namespace ForkLint.Tool.Checking;

/// <summary>From which level on a finding fails.</summary>
internal enum FailOnOption
{
    /// <summary>None does.</summary>
    Never,

    /// <summary>What a project raised to errors.</summary>
    Error,

    /// <summary>Warnings, and what a project raised to errors.</summary>
    Warning,

    /// <summary>Information, too.</summary>
    Info,
}
