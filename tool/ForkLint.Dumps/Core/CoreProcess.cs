using ForkLint.Linux;

namespace ForkLint.Dumps;

/// <summary>One thread, as a core file describes it.</summary>
/// <param name="Id">Its id, as the process itself sees it.</param>
/// <param name="General">Its general registers, as the kernel lays them out.</param>
/// <param name="Floating">Its floating point registers; empty where there are none.</param>
public sealed record CoreThread(int Id, ReadOnlyMemory<byte> General, ReadOnlyMemory<byte> Floating)
{
    /// <summary>Its name; empty where it is not known.</summary>
    public string Name { get; init; } = "";
}

/// <summary>What a core file says of a process beside its memory.</summary>
public sealed record CoreProcess
{
    /// <summary>Its id, as it sees it itself: the runtime's own records name its threads so.</summary>
    public required int Pid { get; init; }

    /// <summary>Its parent's id.</summary>
    public required int ParentPid { get; init; }

    /// <summary>The name of the command; the file keeps 15 bytes of it.</summary>
    public required string Name { get; init; }

    /// <summary>The command line; the file keeps 79 bytes of it.</summary>
    public required string CommandLine { get; init; }

    /// <summary>The real user id.</summary>
    public required uint UserId { get; init; }

    /// <summary>The real group id.</summary>
    public required uint GroupId { get; init; }

    /// <summary>The auxiliary vector, as <c>/proc/PID/auxv</c> holds it: a debugger finds the modules through it.</summary>
    public required ReadOnlyMemory<byte> AuxiliaryVector { get; init; }

    /// <summary>The threads, the main thread first.</summary>
    public required IReadOnlyList<CoreThread> Threads { get; init; }

    /// <summary>
    /// Its mappings as <see cref="ProcessFiles.MappingsText"/> has them, from which a report can be made of the file; empty where they are not known.
    /// </summary>
    public ReadOnlyMemory<byte> MappingsText { get; init; }

    /// <summary>Whether the process runs on arm64; else on x86-64.</summary>
    public required bool IsArm64 { get; init; }
}

/// <summary>A range of memory that is written.</summary>
/// <param name="Start">The first address.</param>
/// <param name="End">The address behind the last.</param>
/// <param name="Flags">PF_X 1, PF_W 2, PF_R 4.</param>
/// <param name="IsAnonymous">Whether it is private and of no file: a page that was never touched is zero, and is not read.</param>
public readonly record struct CoreRegion(ulong Start, ulong End, uint Flags, bool IsAnonymous)
{
    /// <summary>What it holds where that is not the process's memory; null where it is.</summary>
    public byte[]? Contents { get; init; }

    /// <summary>Whether others can still write to it: it is read first.</summary>
    public bool IsShared { get; init; }

    /// <summary>Its length.</summary>
    public long SizeBytes => (long)(End - Start);
}
