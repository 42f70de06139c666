using System.Globalization;
using System.Text;

namespace ForkLint.Tool.Checking.Output;

/// <summary>Findings as workflow commands: GitHub shows them as annotations on the changed lines.</summary>
internal static class FindingGitHub
{
    /// <summary>One command for each finding that counts, and the summary as an ordinary line.</summary>
    public static string Render(CheckResult result)
    {
        var text = new StringBuilder();
        foreach (var finding in result.Active)
        {
            text.Append("::").Append(finding.Level switch { FindingLevel.Error => "error", FindingLevel.Warning => "warning", _ => "notice" }).Append(' ');
            if (finding.Location is { } location)
            {
                text.Append("file=").Append(Property(location.Path)).Append(',');
                if (location.Line > 0)
                {
                    text.Append(CultureInfo.InvariantCulture, $"line={location.Line},endLine={location.EndLine},");

                    // GitHub takes columns only where the lines are one.
                    if (location.EndLine == location.Line && location.EndColumn > 0)
                    {
                        text.Append(CultureInfo.InvariantCulture, $"col={location.Column},endColumn={location.EndColumn},");
                    }
                }
            }

            text.Append("title=").Append(Property(finding.RuleId)).Append("::").Append(Data(finding.Message)).Append('\n');
        }

        return text.Append(FindingText.Summary(result)).Append('\n').ToString();
    }

    // The escapes of actions/toolkit, packages/core/src/command.ts.
    private static string Data(string text) =>
        text.Replace("%", "%25", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);

    private static string Property(string text) =>
        Data(text).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);
}
