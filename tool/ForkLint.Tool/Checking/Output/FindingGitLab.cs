using ForkLint.Tool.Checking.Sarif;
using ForkLint.Tool.Findings;
using ForkLint.Tool.Text;

namespace ForkLint.Tool.Checking.Output;

/// <summary>
/// Findings as a report of GitLab Code Quality, which shows them in a merge request's changes
/// (https://docs.gitlab.com/ci/testing/code_quality/, "Code Quality report format").
/// </summary>
internal static class FindingGitLab
{
    /// <summary>The document: an array, empty where nothing was found.</summary>
    public static string Render(CheckResult result) => JsonText.Document(json =>
    {
        json.WriteStartArray();
        foreach (var finding in result.Active)
        {
            json.WriteStartObject();
            json.WriteString("description", RuleNames.Page(finding.RuleId) is { } page ? $"{finding.Message} ({page})" : finding.Message);
            json.WriteString("check_name", finding.RuleId);
            json.WriteString("fingerprint", finding.Fingerprint);
            json.WriteString("severity", finding.Level switch { FindingLevel.Error => "critical", FindingLevel.Warning => "major", _ => "info" });
            json.WriteStartObject("location");
            json.WriteString("path", finding.Location?.Path ?? result.Root.Relative(result.Projects.BuildFile));
            json.WriteStartObject("lines");
            json.WriteNumber("begin", Math.Max(1, finding.Location?.Line ?? 1));
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });
}
