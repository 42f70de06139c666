using System.Text.Json.Serialization;
using ForkLint.Linux;
using ForkLint.Spawns;

namespace ForkLint.Tool.Report;

/// <summary>What <c>trace</c> saw.</summary>
internal sealed record TraceReport
{
    /// <summary>The version of this contract, <c>docs/trace.schema.json</c>.</summary>
    public int SchemaVersion { get; init; } = 1;

    /// <summary>When the watch began.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>How long it lasted.</summary>
    public required double WatchedMilliseconds { get; init; }

    /// <summary>The process that was watched.</summary>
    public required TracedProcess Process { get; init; }

    /// <summary>Every process that it or a descendant started, in the order of their starts.</summary>
    public required IReadOnlyList<SpawnEntry> Spawns { get; init; }

    /// <summary>How many events the kernel could not hand over; 0 means that no spawn was missed.</summary>
    public required long Lost { get; init; }

    /// <summary>Whether every process that was started is listed, however short it lived.</summary>
    public required bool Complete { get; init; }

    /// <summary>The largest moment of the watched process and its descendants together.</summary>
    public required TreePeak Tree { get; init; }

    /// <summary>The room that there was for children when the watch began; null where it could not be read.</summary>
    public TraceRoom? Room { get; init; }

    /// <summary>What could not be seen, and why.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }
}

/// <summary>How much memory the children could have: below the limit that leaves least room.</summary>
/// <param name="LimitedBy">What sets the limit: a memory cgroup, or the machine.</param>
/// <param name="LimitBytes">The limit; all RAM for the machine.</param>
/// <param name="UsedBytes">What was used of it, page cache included and this tool left out.</param>
/// <param name="ReclaimableBytes">The page cache in it, which the kernel gives up before it kills.</param>
/// <param name="RoomBytes">What was left: limit − (used − reclaimable).</param>
internal sealed record TraceRoom(
    [property: JsonConverter(typeof(CamelCaseEnumConverter<AdmissionRule>))] AdmissionRule LimitedBy,
    long LimitBytes,
    long UsedBytes,
    long ReclaimableBytes,
    long RoomBytes);

/// <summary>The watched process.</summary>
/// <param name="Pid">Its id.</param>
/// <param name="Name">As <c>ps</c> shows it.</param>
internal sealed record TracedProcess(int Pid, string Name);

/// <summary>One process that was started.</summary>
internal sealed record SpawnEntry
{
    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>How: fork, vfork, posix_spawn or clone; null where this user may not see it.</summary>
    [JsonConverter(typeof(SpawnKindConverter))]
    public required SpawnKind? Kind { get; init; }

    /// <summary>Whether it duplicated the address space of its parent; null where this user may not see it.</summary>
    public required bool? Duplicates { get; init; }

    /// <summary>How long the calling thread waited; null where the kernel does not show it.</summary>
    public required double? WaitMicroseconds { get; init; }

    /// <summary>The program; null where the child started none.</summary>
    public required string? Program { get; init; }

    /// <summary>Its arguments; null where it ended before they could be read.</summary>
    public required IReadOnlyList<string>? Arguments { get; init; }

    /// <summary>Its id.</summary>
    public required int Pid { get; init; }

    /// <summary>The process that started it.</summary>
    public required int ParentPid { get; init; }

    /// <summary>Its highest resident set; of a living process the highest so far.</summary>
    public required long? PeakResidentBytes { get; init; }

    /// <summary>How long it lived; null while it lives.</summary>
    public required double? LivedMilliseconds { get; init; }

    /// <summary>Its exit code.</summary>
    public required int? ExitCode { get; init; }

    /// <summary>The signal that ended it.</summary>
    public required int? Signal { get; init; }

    /// <summary>The stack that started it, the innermost frame first; empty where it could not be named.</summary>
    public required IReadOnlyList<string> Stack { get; init; }

    /// <summary>The innermost frame of the application's own code; null where there is none.</summary>
    public required string? Caller { get; init; }

    /// <summary>The methods of the application's own code on the stack, as documentation-comment ids without parameters, the innermost first.</summary>
    public IReadOnlyList<string> Members { get; init; } = [];
}

/// <summary>The moment at which a tree of processes was largest.</summary>
/// <param name="PeakResidentBytes">The sum of their resident sets, pages that several share counted for each; null where none was read.</param>
/// <param name="Members">The processes of that moment, the largest first.</param>
internal sealed record TreePeak(long? PeakResidentBytes, IReadOnlyList<TreeMember> Members);

/// <summary>A process of the largest moment.</summary>
/// <param name="Pid">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="ResidentBytes">Its resident set at that moment.</param>
internal sealed record TreeMember(int Pid, string Name, long ResidentBytes);

/// <summary>Writes a kind as the C library calls it: <c>posix_spawn</c>.</summary>
internal sealed class SpawnKindConverter : JsonConverter<SpawnKind>
{
    /// <summary>The name of a kind.</summary>
    public static string NameOf(SpawnKind kind) => kind switch
    {
        SpawnKind.Fork => "fork",
        SpawnKind.Vfork => "vfork",
        SpawnKind.PosixSpawn => "posix_spawn",
        _ => "clone",
    };

    /// <inheritdoc/>
    public override SpawnKind Read(ref System.Text.Json.Utf8JsonReader reader, Type typeToConvert, System.Text.Json.JsonSerializerOptions options)
    {
        var text = reader.GetString();
        foreach (var kind in Enum.GetValues<SpawnKind>())
        {
            if (NameOf(kind) == text)
            {
                return kind;
            }
        }

        throw new System.Text.Json.JsonException($"'{text}' is not a kind of spawn");
    }

    /// <inheritdoc/>
    public override void Write(System.Text.Json.Utf8JsonWriter writer, SpawnKind value, System.Text.Json.JsonSerializerOptions options) =>
        writer.WriteStringValue(NameOf(value));
}
