namespace ForkLint.Tool.Findings;

/// <summary>A measured holder and the finding that warns about it.</summary>
/// <param name="Holder">What was measured.</param>
/// <param name="Finding">The most serious finding about it; null when nothing warns.</param>
internal sealed record HolderMatch(MeasuredHolder Holder, Finding? Finding);

/// <summary>
/// Sets what was measured beside what was found, by the documentation-comment id of the member that holds the memory. A property
/// and its backing field are one holder: the heap knows the field, the source the property.
/// </summary>
internal static class HolderJoin
{
    /// <summary>What a holder must be measured at to be worth naming though nothing warns: the rules' own threshold for a sharing spawn.</summary>
    public const long NotableBytes = 16 << 20;

    /// <summary>Each measured holder, largest first, with the finding about it.</summary>
    public static IReadOnlyList<HolderMatch> Match(IEnumerable<MeasuredHolder> holders, IEnumerable<Finding> findings)
    {
        var byHolder = new Dictionary<string, Finding>(StringComparer.Ordinal);
        foreach (var finding in findings.Where(finding => finding.Properties.HolderMember is not null))
        {
            var name = MemberName(finding.Properties.HolderMember!);
            if (!byHolder.TryGetValue(name, out var known) || IsMoreSerious(finding, known))
            {
                byHolder[name] = finding;
            }
        }

        return
        [
            .. holders.OrderByDescending(holder => holder.Bytes)
                .ThenBy(holder => holder.Holder, StringComparer.Ordinal)
                .Select(holder => new HolderMatch(holder, byHolder.GetValueOrDefault(MemberName(holder.Holder)))),
        ];
    }

    /// <summary>The findings with the property <c>measuredBytes</c>, where their holder was measured.</summary>
    public static IReadOnlyList<Finding> WithMeasuredSizes(IEnumerable<Finding> findings, IEnumerable<MeasuredHolder> holders)
    {
        var sizes = holders.GroupBy(holder => MemberName(holder.Holder), StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Max(holder => holder.Bytes), StringComparer.Ordinal);
        return
        [
            .. findings.Select(finding => finding.Properties.HolderMember is { } holder && sizes.TryGetValue(MemberName(holder), out var bytes)
                ? finding with { Properties = finding.Properties.With(FindingProperties.MeasuredBytesName, bytes.ToString(System.Globalization.CultureInfo.InvariantCulture)) }
                : finding),
        ];
    }

    /// <summary>The holders that cost much and are flagged nowhere, largest first.</summary>
    public static IReadOnlyList<MeasuredHolder> Unflagged(IEnumerable<HolderMatch> matches) =>
        [.. matches.Where(match => match.Finding is null && match.Holder.Bytes >= NotableBytes).Select(match => match.Holder)];

    // "F:App.Cache.<Table>k__BackingField" (from the heap) and "P:App.Cache.Table" (from the source) hold the same memory.
    private static string MemberName(string id)
    {
        var name = id.Length > 1 && id[1] == ':' ? id[2..] : id;
        var field = name.IndexOf(".<", StringComparison.Ordinal);
        return field >= 0 && name.EndsWith(">k__BackingField", StringComparison.Ordinal)
            ? name[..(field + 1)] + name[(field + 2)..^">k__BackingField".Length]
            : name;
    }

    private static bool IsMoreSerious(Finding finding, Finding known) =>
        (known.IsSuppressed && !finding.IsSuppressed) || (known.IsSuppressed == finding.IsSuppressed && finding.Level > known.Level);
}
