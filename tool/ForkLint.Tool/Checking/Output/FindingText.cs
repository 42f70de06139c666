using System.Globalization;
using ForkLint.Tool.Checking.Sarif;
using ForkLint.Tool.Findings;
using ForkLint.Tool.Rendering;
using ForkLint.Tool.Text;

namespace ForkLint.Tool.Checking.Output;

/// <summary>Findings for a person at a terminal: what, where, and the lines of the source that it is about.</summary>
internal static class FindingText
{
    /// <summary>The word for a level that developers know from the compiler.</summary>
    public static string LevelName(FindingLevel level) => level switch
    {
        FindingLevel.Error => "error",
        FindingLevel.Warning => "warning",
        _ => "info",
    };

    /// <summary>Where a finding stands, for a person.</summary>
    public static string Place(Finding finding) => finding.Location?.ToString() ?? "the project";

    /// <summary>All of it, ending with the count: what a log shows last.</summary>
    public static string Render(CheckResult result, TextStyle style)
    {
        var page = new TextPage(OutputKind.Terminal, style);
        var source = new SourceExcerpt(result.Root);
        foreach (var finding in result.Active)
        {
            AppendFinding(page, finding, result, source);
        }

        if (result.Unflagged.Count > 0)
        {
            page.Append($"{("measured, but no finding is about it", Emphasis.Heading)}\n");
            var table = new TextTable(2, Align.Right, Align.Left);
            foreach (var holder in result.Unflagged)
            {
                table.Row(Units.Bytes(holder.Bytes), holder.Holder);
            }

            page.Append(table).Append($"\n");
        }

        foreach (var rule in result.Active.Select(finding => finding.RuleId).Where(RuleNames.IsOurs).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            page.Append($"{rule}: {RuleNames.Page(rule)}\n");
        }

        AppendSummary(page, result);
        return page.ToString();
    }

    /// <summary>Appends the count in one line: <c>App (net8.0, net10.0): 2 warnings, 1 info, 1 suppressed</c>.</summary>
    public static void AppendSummary(TextPage page, CheckResult result)
    {
        page.Append($"{result.Projects.Name}");
        if (result.Frameworks.Count > 0)
        {
            page.Append($" ({string.Join(", ", result.Frameworks)})");
        }

        var parts = new List<string>();
        foreach (var level in new[] { FindingLevel.Error, FindingLevel.Warning, FindingLevel.Note })
        {
            var count = result.Active.Count(finding => finding.Level == level);
            if (count > 0)
            {
                parts.Add(level == FindingLevel.Note ? string.Create(CultureInfo.InvariantCulture, $"{count} info") : Units.Count(count, LevelName(level)));
            }
        }

        page.Append($": {(parts.Count == 0 ? "no findings" : string.Join(", ", parts))}");
        var suppressed = result.Findings.Count - result.Active.Count();
        if (suppressed > 0)
        {
            page.Append($", {suppressed} suppressed");
        }

        page.Append($"\n");
    }

    private static void AppendFinding(TextPage page, Finding finding, CheckResult result, SourceExcerpt source)
    {
        var emphasis = finding.Level >= FindingLevel.Warning ? Emphasis.Bad : Emphasis.Caution;
        page.Append($"{Place(finding)}: {($"{LevelName(finding.Level)} {finding.RuleId}", emphasis)}: {finding.Message}");
        if (finding.TargetFrameworks.Count < result.Frameworks.Count && finding.TargetFrameworks.Count > 0)
        {
            page.Append($" [{string.Join(", ", finding.TargetFrameworks)}]");
        }

        page.Append($"\n");
        if (finding.Location is { } location)
        {
            source.Append(page, location);
        }

        if (finding.Properties.MeasuredBytes is { } measured)
        {
            page.Append($"  measured: {finding.Properties.HolderMember} held {Units.Bytes(measured)}\n");
        }

        for (var index = 0; index < finding.RelatedLocations.Count; index++)
        {
            var related = finding.RelatedLocations[index];
            page.Append($"  {related.ToString()}: {RelatedLocationRole.Describe(finding, index)}\n");
            source.Append(page, related);
        }

        page.Append($"\n");
    }
}
