using System.Text.Json.Serialization;
using ForkLint.Heap.Native;
using ForkLint.Linux;

namespace ForkLint.Tool.Report;

/// <summary>What backs a group of mappings.</summary>
internal enum MappingKind
{
    /// <summary>Part of what looks like the reserve of the garbage collector.</summary>
    Collector,

    /// <summary>Private memory without a file: malloc's arenas, stacks of threads, what the runtime maps.</summary>
    Anonymous,

    /// <summary>Private memory without a file that cannot be accessed: it costs nothing.</summary>
    Reserved,

    /// <summary>The program break, where malloc begins.</summary>
    Heap,

    /// <summary>The stack of the main thread.</summary>
    Stack,

    /// <summary>A file, mapped privately.</summary>
    File,

    /// <summary>Memory or a file that is shared with other processes.</summary>
    Shared,

    /// <summary>The kernel's own, such as <c>[vdso]</c>.</summary>
    Kernel,
}

/// <summary>Mappings of one kind, and of one file where they map a file.</summary>
internal sealed record MappingGroupSection
{
    /// <summary>The largest files by what they cost are listed alone; the rest is one group without a name.</summary>
    public const int MostFiles = 16;

    /// <summary>What backs them.</summary>
    [JsonConverter(typeof(CamelCaseEnumConverter<MappingKind>))]
    public MappingKind Kind { get; init; }

    /// <summary>The path of the file; null for memory without one, and for the files that are not listed alone.</summary>
    public string? Name { get; init; }

    /// <summary>How many mappings.</summary>
    public int Count { get; init; }

    /// <summary>Their address space.</summary>
    public long SizeBytes { get; init; }

    /// <summary>What a fork is charged for them.</summary>
    public long CommitChargeBytes { get; init; }

    /// <summary>What of them is in memory, shared pages included; null where it is not known.</summary>
    public long? ResidentBytes { get; init; }

    /// <summary>Pages of them that belong to no file: what a fork copies page table entries for; null where it is not known.</summary>
    public long? AnonymousBytes { get; init; }

    /// <summary>Groups mappings: each is in one group. The largest charge comes first, then what is largest in memory.</summary>
    /// <param name="mappings">Those of one process, ascending.</param>
    public static IReadOnlyList<MappingGroupSection> Of(IReadOnlyList<Mapping> mappings)
    {
        var collector = CollectorReserve.Find(mappings);
        var groups = mappings
            .Select(mapping => (Mapping: mapping, Kind: KindOf(mapping, collector)))
            .GroupBy(static entry => (entry.Kind, Name: entry.Kind is MappingKind.File or MappingKind.Shared ? FileOf(entry.Mapping) : null))
            .Select(static group => Sum(group.Key.Kind, group.Key.Name, [.. group.Select(static entry => entry.Mapping)]))
            .ToList();
        var files = InOrder(groups.Where(static group => group is { Kind: MappingKind.File or MappingKind.Shared, Name: not null })).ToList();
        var rest = files.Skip(MostFiles).GroupBy(static group => group.Kind).Select(static kind => new MappingGroupSection
        {
            Kind = kind.Key,
            Count = kind.Sum(static group => group.Count),
            SizeBytes = kind.Sum(static group => group.SizeBytes),
            CommitChargeBytes = kind.Sum(static group => group.CommitChargeBytes),
            ResidentBytes = kind.Sum(static group => group.ResidentBytes),
            AnonymousBytes = kind.Sum(static group => group.AnonymousBytes),
        });
        return [.. InOrder(groups.Except(files).Concat(files.Take(MostFiles)).Concat(rest))];
    }

    private static IOrderedEnumerable<MappingGroupSection> InOrder(IEnumerable<MappingGroupSection> groups) => groups
        .OrderByDescending(static group => group.CommitChargeBytes).ThenByDescending(static group => group.ResidentBytes)
        .ThenBy(static group => group.Kind).ThenBy(static group => group.Name, StringComparer.Ordinal);

    private static MappingKind KindOf(Mapping mapping, IReadOnlyList<(ulong Start, ulong End)> collector) => mapping switch
    {
        { IsPrivate: false } => MappingKind.Shared,
        { IsFile: true } => MappingKind.File,
        { Path: "[heap]" } => MappingKind.Heap,
        { Path: "[stack]" } => MappingKind.Stack,

        // Memory that a program has named (prctl PR_SET_VMA_ANON_NAME) is anonymous memory with a name.
        { Path: ['[', ..] } when !mapping.Path.StartsWith("[anon:", StringComparison.Ordinal) => MappingKind.Kernel,
        _ when collector.Any(range => mapping.Start >= range.Start && mapping.End <= range.End) => MappingKind.Collector,
        { Permissions: ['-', '-', '-', ..] } => MappingKind.Reserved,
        _ => MappingKind.Anonymous,
    };

    private static string? FileOf(Mapping mapping) => mapping.IsFile ? mapping.Path : null;

    private static MappingGroupSection Sum(MappingKind kind, string? name, IReadOnlyList<Mapping> mappings) => new()
    {
        Kind = kind,
        Name = name,
        Count = mappings.Count,
        SizeBytes = mappings.Sum(static mapping => mapping.SizeBytes),
        CommitChargeBytes = CommitCharge.PredictBytes(mappings),
        ResidentBytes = mappings.Sum(static mapping => mapping.ResidentBytes),
        AnonymousBytes = mappings.Sum(static mapping => mapping.AnonymousBytes),
    };
}
