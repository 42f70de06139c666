using System.Globalization;
using System.Text;
using ForkLint.Tool.Rendering;

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

    /// <summary>A finding on one line, as compilers print it.</summary>
    public static string Describe(Finding finding) =>
        $"{finding.Location?.ToString() ?? "the project"}: {LevelName(finding.Level)} {finding.RuleId}: {finding.Message}";

    /// <summary>All of it, ending with the count: what a log shows last.</summary>
    public static string Render(CheckResult result, TextStyle style)
    {
        var text = new StringBuilder();
        var source = new SourceExcerpt(result.Root);
        foreach (var finding in result.Active)
        {
            AppendFinding(text, finding, result, source, style);
        }

        if (result.Unflagged.Count > 0)
        {
            text.Append(style.Apply("measured, but no finding is about it", Emphasis.Heading)).Append('\n');
            var table = new TextTable(2, true, false);
            foreach (var holder in result.Unflagged)
            {
                table.Row(Units.Bytes(holder.Bytes), holder.Holder);
            }

            table.AppendTo(text, style);
            text.Append('\n');
        }

        return text.Append(Summary(result)).Append('\n').ToString();
    }

    /// <summary>The count in one line: <c>App (net8.0, net10.0): 2 warnings, 1 info, 1 suppressed</c>.</summary>
    public static string Summary(CheckResult result)
    {
        var parts = new List<string>();
        foreach (var level in new[] { FindingLevel.Error, FindingLevel.Warning, FindingLevel.Note })
        {
            var count = result.Active.Count(finding => finding.Level == level);
            if (count > 0)
            {
                parts.Add(level == FindingLevel.Note ? string.Create(CultureInfo.InvariantCulture, $"{count} info") : Units.Count(count, LevelName(level)));
            }
        }

        var counts = parts.Count == 0 ? "no findings" : string.Join(", ", parts);
        var suppressed = result.Findings.Count - result.Active.Count();
        var frameworks = result.Frameworks.Count == 0 ? "" : $" ({string.Join(", ", result.Frameworks)})";
        return string.Create(CultureInfo.InvariantCulture, $"{result.Projects.Name}{frameworks}: {counts}{(suppressed > 0 ? $", {suppressed} suppressed" : "")}");
    }

    private static void AppendFinding(StringBuilder text, Finding finding, CheckResult result, SourceExcerpt source, TextStyle style)
    {
        var emphasis = finding.Level >= FindingLevel.Warning ? Emphasis.Bad : Emphasis.Caution;
        text.Append(finding.Location?.ToString() ?? "the project").Append(": ")
            .Append(style.Apply($"{LevelName(finding.Level)} {finding.RuleId}", emphasis)).Append(": ").Append(finding.Message);
        if (finding.TargetFrameworks.Count < result.Frameworks.Count && finding.TargetFrameworks.Count > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $" [{string.Join(", ", finding.TargetFrameworks)}]");
        }

        text.Append('\n');
        if (finding.Location is { } location)
        {
            source.Append(text, location, style);
        }

        if (finding.Properties.MeasuredBytes is { } measured)
        {
            text.Append(CultureInfo.InvariantCulture, $"  measured: {finding.Properties.HolderMember} held {Units.Bytes(measured)}\n");
        }

        for (var index = 0; index < finding.RelatedLocations.Count; index++)
        {
            var related = finding.RelatedLocations[index];
            text.Append(CultureInfo.InvariantCulture, $"  {related}: {RelatedLocationRole.Describe(finding, index)}\n");
            source.Append(text, related, style);
        }

        text.Append('\n');
    }
}
