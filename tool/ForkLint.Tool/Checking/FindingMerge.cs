using ForkLint.Tool.Findings;
namespace ForkLint.Tool.Checking;

/// <summary>
/// Makes one finding of those that several target frameworks, or several projects that share a file, report at one place for one
/// allocation. What is worst is kept; that a framework is not concerned is said by its absence in the list.
/// </summary>
internal static class FindingMerge
{
    /// <summary>The merged findings, ordered by file, place and rule.</summary>
    public static List<Finding> Merge(IEnumerable<Finding> findings)
    {
        var merged = new List<Finding>();
        var places = new Dictionary<(CodeLocation? Location, string Identity, string Related), int>();
        foreach (var finding in findings)
        {
            // Two allocations in one member can look alike; where they stand tells them apart.
            var related = IsAboutItsMember(finding) ? "" : string.Join('|', finding.RelatedLocations);
            var key = (finding.Location, Fingerprints.Identity(finding), related);
            if (places.TryGetValue(key, out var index))
            {
                merged[index] = Combine(merged[index], finding);
            }
            else
            {
                places.Add(key, merged.Count);
                merged.Add(finding);
            }
        }

        merged.Sort(ByPlace);
        return merged;
    }

    /// <summary>There is one finding for a field, wherever the spawns are that each project adds.</summary>
    private static bool IsAboutItsMember(Finding finding) =>
        finding.Properties.HolderMember is { } holder && holder == finding.Properties.Member;

    private static Finding Combine(Finding first, Finding second)
    {
        // Suppressed for one framework and not for another counts: the code is not fine everywhere.
        var (kept, other) = (first.IsSuppressed, second.IsSuppressed) switch
        {
            (true, false) => (second, first),
            (false, true) => (first, second),
            _ => second.Level > first.Level ? (second, first) : (first, second),
        };
        var frameworks = first.TargetFrameworks.Union(second.TargetFrameworks, StringComparer.Ordinal).ToArray();
        var level = other.IsSuppressed && !kept.IsSuppressed ? kept.Level : (FindingLevel)Math.Max((int)kept.Level, (int)other.Level);
        return kept with { TargetFrameworks = frameworks, Level = level, RelatedLocations = [.. kept.RelatedLocations.Union(other.RelatedLocations)] };
    }

    private static int ByPlace(Finding left, Finding right)
    {
        var order = string.CompareOrdinal(left.Location?.Path, right.Location?.Path);
        order = order != 0 ? order : (left.Location?.Line ?? 0).CompareTo(right.Location?.Line ?? 0);
        order = order != 0 ? order : (left.Location?.Column ?? 0).CompareTo(right.Location?.Column ?? 0);
        order = order != 0 ? order : string.CompareOrdinal(left.RuleId, right.RuleId);
        return order != 0 ? order : string.CompareOrdinal(Fingerprints.Identity(left), Fingerprints.Identity(right));
    }
}
