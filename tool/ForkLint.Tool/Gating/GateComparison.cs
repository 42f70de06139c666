using ForkLint.Tool.Findings;

namespace ForkLint.Tool.Gating;

/// <summary>The findings of a build against those that were accepted.</summary>
/// <param name="New">Not in the baseline.</param>
/// <param name="Unchanged">In both; those that moved to another file included.</param>
/// <param name="Moved">Those of <paramref name="Unchanged"/> that stand in another file than they did.</param>
/// <param name="Fixed">Only in the baseline.</param>
/// <param name="Suppressed">Found, but suppressed in the source or outside of it: they count on neither side.</param>
internal sealed record GateComparison(
    IReadOnlyList<Finding> New,
    IReadOnlyList<Finding> Unchanged,
    IReadOnlyList<(Finding Finding, string From)> Moved,
    IReadOnlyList<AcceptedFinding> Fixed,
    IReadOnlyList<Finding> Suppressed)
{
    /// <summary>Compares by fingerprint alone: neither a line nor a file decides.</summary>
    /// <param name="accepted">The baseline's findings.</param>
    /// <param name="findings">The build's findings, with fingerprints.</param>
    public static GateComparison Compare(IReadOnlyList<AcceptedFinding> accepted, IReadOnlyList<Finding> findings)
    {
        var open = new Dictionary<string, AcceptedFinding>(accepted.Count, StringComparer.Ordinal);
        foreach (var finding in accepted)
        {
            open[finding.Fingerprint] = finding;
        }

        List<Finding> added = [], unchanged = [], suppressed = [];
        List<(Finding, string)> moved = [];
        foreach (var finding in findings)
        {
            if (finding.IsSuppressed)
            {
                suppressed.Add(finding);
            }
            else if (open.Remove(finding.Fingerprint, out var before))
            {
                var same = finding with { BaselineState = BaselineState.Unchanged };
                unchanged.Add(same);
                if (finding.Location?.Path is { Length: > 0 } path && path != before.Path)
                {
                    moved.Add((same, before.Path));
                }
            }
            else
            {
                added.Add(finding with { BaselineState = BaselineState.New });
            }
        }

        return new GateComparison(added, unchanged, moved, [.. open.Values], suppressed);
    }

    /// <summary>The new findings that are at least this serious.</summary>
    public IEnumerable<Finding> NewAtLeast(FindingLevel level) => New.Where(finding => finding.Level >= level);

    /// <summary>
    /// The findings that are there and count, for code scanning: it would open an alert for one that is suppressed in the source, and for
    /// one that is gone.
    /// </summary>
    public IEnumerable<Finding> Present() => WithStates().Where(finding => !finding.IsSuppressed && finding.BaselineState != BaselineState.Absent);

    /// <summary>Every finding in the log's order of places, each with its state; those that are gone come last.</summary>
    public IEnumerable<Finding> WithStates()
    {
        var present = New.Concat(Unchanged)
            .Concat(Suppressed)
            .OrderBy(finding => finding.Location?.Path, StringComparer.Ordinal)
            .ThenBy(finding => finding.Location?.Line)
            .ThenBy(finding => finding.Location?.Column)
            .ThenBy(finding => finding.RuleId, StringComparer.Ordinal);
        var gone = Fixed.Select(finding => new Finding
        {
            RuleId = finding.RuleId,
            Level = finding.Level,
            Message = finding.Message,
            Location = finding.Path.Length == 0 ? null : new CodeLocation(finding.Path, 0, 0, 0, 0),
            Fingerprint = finding.Fingerprint,
            BaselineState = BaselineState.Absent,
        });
        return present.Concat(gone);
    }
}
