using System.Globalization;
using System.Text;
using ForkLint.Tool.Checking.Sarif;
using ForkLint.Tool.Findings;
using ForkLint.Tool.Rendering;
using ForkLint.Tool.Text;

namespace ForkLint.Tool.Checking.Output;

/// <summary>
/// Findings as logging commands of Azure Pipelines, which lists them in a run's summary
/// (https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands, "LogIssue"). It knows errors and warnings; information
/// is an ordinary line.
/// </summary>
internal static class FindingAzure
{
    /// <summary>One command for each finding that counts, and the summary as an ordinary line.</summary>
    public static string Render(CheckResult result)
    {
        var text = new StringBuilder();
        var page = new TextPage(OutputKind.Terminal, TextStyle.Plain);
        foreach (var finding in result.Active)
        {
            if (finding.Level < FindingLevel.Warning)
            {
                page.Append($"{FindingText.Place(finding)}: {FindingText.LevelName(finding.Level)} {finding.RuleId}: {finding.Message}\n");
                continue;
            }

            var properties = new List<string> { "type=" + (finding.Level == FindingLevel.Error ? "error" : "warning") };
            if (finding.Location is { } location)
            {
                properties.Add("sourcepath=" + NeutralText.AzureProperty(location.Path));
                if (location.Line > 0)
                {
                    properties.Add(string.Create(CultureInfo.InvariantCulture, $"linenumber={location.Line};columnnumber={location.Column}"));
                }
            }

            properties.Add("code=" + NeutralText.AzureProperty(finding.RuleId));
            text.Append(CultureInfo.InvariantCulture, $"##vso[task.logissue {string.Join(';', properties)}]{NeutralText.AzureMessage(RuleNames.Page(finding.RuleId) is { } help ? $"{finding.Message} ({help})" : finding.Message)}\n");
        }

        FindingText.AppendSummary(page, result);
        return text.Append(page.ToString()).ToString();
    }
}
