using ForkLint.Heap;
using ForkLint.Tool.Findings;

namespace ForkLint.Tool.Report;

/// <summary>Sets what the analyzer found beside what was measured: each holder with the finding that warns about it.</summary>
internal static class FindingsJoin
{
    /// <summary>
    /// The report with the findings at its savings, and with every holder that a finding is about or that holds enough to be
    /// worth naming (<see cref="HolderJoin.NotableBytes"/>).
    /// </summary>
    /// <param name="report">The report of the measurement.</param>
    /// <param name="members">What each member of the application was measured to keep alive.</param>
    /// <param name="findings">What the analyzer found.</param>
    public static MeasurementReport Join(MeasurementReport report, IEnumerable<MemberSize> members, IReadOnlyList<Finding> findings) => report with
    {
        Savings = report.Savings is null ? null : [.. report.Savings.Select(saving => Join(saving, findings))],
        ShortestLists = report.ShortestLists is null
            ? null
            : [.. report.ShortestLists.Select(list => list with { Savings = [.. list.Savings.Select(saving => Join(saving, findings))] })],
        Holders =
        [
            .. HolderJoin.Match(members.Where(member => member.Bytes > 0).Select(member => new MeasuredHolder(member.Id, member.Bytes)), findings)
                .Where(match => match.Finding is not null || match.Holder.Bytes >= HolderJoin.NotableBytes)
                .Select(match => new HolderSection { Holder = match.Holder.Holder, Bytes = match.Holder.Bytes, Finding = Section(match.Finding) }),
        ],
    };

    /// <summary>What a trace saw, with the findings at the methods that started it.</summary>
    /// <param name="spawns">One for each method and program.</param>
    /// <param name="findings">What the analyzer found; empty where it was not asked.</param>
    public static IReadOnlyList<TracedSection> Traced(IEnumerable<MeasuredSpawn> spawns, IReadOnlyList<Finding> findings) =>
    [
        .. spawns.GroupBy(static spawn => spawn.Program, StringComparer.Ordinal)
            .Select(program => new TracedSection
            {
                Program = program.Key,
                PeakResidentBytes = program.Max(static spawn => spawn.PeakBytes),
                Sites =
                [
                    .. program.OrderByDescending(static spawn => spawn.Starts).ThenBy(static spawn => spawn.Member, StringComparer.Ordinal).Select(spawn => new TracedSiteSection
                    {
                        Member = spawn.Member,
                        Starts = spawn.Starts,
                        Findings = [.. findings.Where(finding => MethodOf(finding.Properties.Member) == spawn.Member).Select(static finding => Section(finding)!)],
                    }),
                ],
            })
            .OrderByDescending(static child => child.PeakResidentBytes ?? -1).ThenBy(static child => child.Program, StringComparer.Ordinal),
    ];

    // The id of a finding's method has parameters and type parameters, that of a frame has none.
    private static string? MethodOf(string? id)
    {
        var end = id?.IndexOfAny(['(', '~']) ?? -1;
        var name = end < 0 ? id : id![..end];
        var arity = name?.LastIndexOf("``", StringComparison.Ordinal) ?? -1;
        return arity < 0 ? name : name![..arity];
    }

    private static SavingSection Join(SavingSection saving, IReadOnlyList<Finding> findings) => saving.Holder is not { } holder
        ? saving
        : saving with { Finding = Section(HolderJoin.Match([new MeasuredHolder(holder, 0)], findings)[0].Finding) };

    private static FindingSection? Section(Finding? finding) => finding is null ? null : new FindingSection
    {
        Rule = finding.RuleId,
        Level = finding.Level switch
        {
            FindingLevel.Error => "error",
            FindingLevel.Warning => "warning",
            _ => "note",
        },
        Message = finding.Message,
        Path = finding.Location?.Path,
        Line = finding.Location is { Line: > 0 and var line } ? line : null,
        Suppressed = finding.IsSuppressed,
    };
}
