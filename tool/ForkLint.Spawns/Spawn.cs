namespace ForkLint.Spawns;

/// <summary>One process that the traced application, or a descendant of it, really started.</summary>
public sealed record Spawn
{
    /// <summary>When it was made.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>How it was made; null where the watcher cannot tell.</summary>
    public required SpawnKind? Kind { get; init; }

    /// <summary>Whether the parent's address space was duplicated, page tables and commit charge included; null where the watcher cannot tell.</summary>
    public required bool? Duplicates { get; init; }

    /// <summary>How long the calling thread waited for the call, in microseconds; null where the kernel's tracepoints do not show it.</summary>
    public double? WaitMicroseconds { get; init; }

    /// <summary>The program that it started, as the kernel opened it; null where it started none.</summary>
    public string? Program { get; init; }

    /// <summary>The arguments after the program's name; null where the process was gone before they could be read.</summary>
    public IReadOnlyList<string>? Arguments { get; init; }

    /// <summary>Its process id.</summary>
    public required int Pid { get; init; }

    /// <summary>The process that made it.</summary>
    public required int ParentPid { get; init; }

    /// <summary>
    /// The highest resident set of its own program, in bytes: from the kernel's exit record, or VmHWM of a process that still lives, or lived at the last look.
    /// Null where neither could be had. A child that never started a program and borrowed its parent's memory has none of its own.
    /// </summary>
    public long? PeakResidentBytes { get; init; }

    /// <summary>From its making to its end, in milliseconds; null while it lives.</summary>
    public double? LivedMilliseconds { get; init; }

    /// <summary>Its exit code; null while it lives, where a signal ended it, and where no exit record came.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The signal that ended it.</summary>
    public int? Signal { get; init; }

    /// <summary>The caller's user-mode frames as addresses, the innermost first. They mean something in <see cref="ParentPid"/> only.</summary>
    public IReadOnlyList<ulong> CallChain { get; init; } = [];
}

/// <summary>Who made a process.</summary>
/// <param name="Pid">The process.</param>
/// <param name="CallChain">Its user-mode frames as addresses, the innermost first.</param>
public readonly record struct SpawnCaller(int Pid, IReadOnlyList<ulong> CallChain);
