using System.Text.Json.Serialization;
using ForkLint.Dumps;
using ForkLint.Linux;

namespace ForkLint.Tool.Report;

/// <summary>Whether a dump by the runtime's createdump would work.</summary>
internal sealed record CrashDumpReport
{
    /// <summary>The version of this contract, <c>docs/dump.schema.json</c>.</summary>
    public int SchemaVersion { get; init; } = 1;

    /// <summary>The process.</summary>
    public required int Pid { get; init; }

    /// <summary>As <c>ps</c> shows it.</summary>
    public required string Name { get; init; }

    /// <summary>What the dump would hold.</summary>
    [JsonConverter(typeof(CamelCaseEnumConverter<DumpType>))]
    public required DumpType Type { get; init; }

    /// <summary>How large the file would be.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>What is free in the directory; null where that is not known.</summary>
    public required long? FreeBytes { get; init; }

    /// <summary>The directory, as the application sees it.</summary>
    public required string Directory { get; init; }

    /// <summary>The kind of its file system; null where it is not known.</summary>
    public required string? FileSystem { get; init; }

    /// <summary>Whether the dump would be written: the least favourable of the reasons.</summary>
    [JsonConverter(typeof(CamelCaseEnumConverter<Answer>))]
    public required Answer Fits { get; init; }

    /// <summary>What was looked at, what fails first.</summary>
    public required IReadOnlyList<CrashDumpReason> Reasons { get; init; }

    /// <summary>How long the application would stand still, an estimate; null where nothing could be written for it.</summary>
    public required double? StopMilliseconds { get; init; }

    /// <summary>The program that would write it.</summary>
    public required CreatedumpSection Createdump { get; init; }

    /// <summary>What of the file would be memory that was never touched.</summary>
    public required UntouchedSection Untouched { get; init; }

    /// <summary>What the application's environment says of dumps.</summary>
    public required CrashDumpSettingsSection Settings { get; init; }
}

/// <summary>One thing that a dump needs.</summary>
/// <param name="Requirement">What it is.</param>
/// <param name="Holds">Whether it is there.</param>
/// <param name="Text">One sentence.</param>
/// <param name="Remedy">What to do where it is not; null where it is.</param>
internal sealed record CrashDumpReason(
    [property: JsonConverter(typeof(CamelCaseEnumConverter<DumpRequirement>))] DumpRequirement Requirement,
    [property: JsonConverter(typeof(CamelCaseEnumConverter<Answer>))] Answer Holds,
    string Text,
    string? Remedy);

/// <summary>The program createdump.</summary>
/// <param name="Path">Where the runtime looks for it.</param>
/// <param name="Version">The version of the runtime that it belongs to; null where the files do not say.</param>
/// <param name="MemoryBytes">The memory that it needs itself.</param>
internal sealed record CreatedumpSection(string Path, string? Version, long MemoryBytes);

/// <summary>Memory that was never touched, and that createdump writes nevertheless.</summary>
/// <param name="Stacks">How many thread stacks there are.</param>
/// <param name="StackBytes">What of them was never touched.</param>
/// <param name="OtherBytes">What of other writable memory was never touched.</param>
internal sealed record UntouchedSection(int Stacks, long StackBytes, long OtherBytes);

/// <summary>The settings <c>DOTNET_Dbg…</c> of the application.</summary>
internal sealed record CrashDumpSettingsSection
{
    /// <summary>Whether a crash writes a dump (DbgEnableMiniDump).</summary>
    public required bool Enabled { get; init; }

    /// <summary>The type (DbgMiniDumpType); null where the value is none that the runtime knows.</summary>
    [JsonConverter(typeof(CamelCaseEnumConverter<DumpType>))]
    public required DumpType? Type { get; init; }

    /// <summary>The path of the file (DbgMiniDumpName), with process, program and host put in.</summary>
    public required string Path { get; init; }

    /// <summary>Whether its directory exists, as the application sees it.</summary>
    public required bool DirectoryExists { get; init; }
}

/// <summary>Whether a dump would work, in the report of a measurement.</summary>
internal sealed record CrashDumpSection
{
    /// <summary>What the dump would hold: the application's own setting, else heap.</summary>
    [JsonConverter(typeof(CamelCaseEnumConverter<DumpType>))]
    public DumpType Type { get; init; }

    /// <summary>How large the file would be.</summary>
    public long SizeBytes { get; init; }

    /// <summary>What is free in the directory; null where that is not known.</summary>
    public long? FreeBytes { get; init; }

    /// <summary>The directory that the application is set to, as it sees it.</summary>
    public string Directory { get; init; } = "";

    /// <summary>Whether the dump would be written.</summary>
    [JsonConverter(typeof(CamelCaseEnumConverter<Answer>))]
    public Answer Fits { get; init; }

    /// <summary>The reason that decided.</summary>
    public string Reason { get; init; } = "";

    /// <summary>What to do where it would not be written; null where it would.</summary>
    public string? Remedy { get; init; }

    /// <summary>The section of a verdict.</summary>
    public static CrashDumpSection Of(CrashDumpReport report) => new()
    {
        Type = report.Type,
        SizeBytes = report.SizeBytes,
        FreeBytes = report.FreeBytes,
        Directory = report.Directory,
        Fits = report.Fits,
        Reason = report.Reasons[0].Text,
        Remedy = report.Reasons[0].Remedy,
    };
}
