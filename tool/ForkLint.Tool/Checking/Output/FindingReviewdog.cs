using System.Text.Json;
using ForkLint.Tool.Checking.Sarif;
using ForkLint.Tool.Findings;
using ForkLint.Tool.Text;

namespace ForkLint.Tool.Checking.Output;

/// <summary>
/// Findings in reviewdog's format, which comments on the changed lines in many review systems
/// (https://github.com/reviewdog/reviewdog, proto/rdf: rdjson). Its columns count bytes of UTF-8, ours UTF-16: lines alone are given.
/// </summary>
internal static class FindingReviewdog
{
    /// <summary>The document.</summary>
    public static string Render(CheckResult result) => JsonText.Document(json =>
    {
        json.WriteStartObject();
        json.WriteStartObject("source");
        json.WriteString("name", "forklint");
        json.WriteString("url", "https://github.com/forklint/forklint");
        json.WriteEndObject();
        json.WriteString("severity", "WARNING");
        json.WriteStartArray("diagnostics");
        foreach (var finding in result.Active)
        {
            json.WriteStartObject();
            json.WriteString("message", finding.Message);
            WriteLocation(json, "location", finding.Location ?? new CodeLocation(result.Root.Relative(result.Projects.BuildFile), 0, 0, 0, 0));
            json.WriteString("severity", finding.Level switch { FindingLevel.Error => "ERROR", FindingLevel.Warning => "WARNING", _ => "INFO" });
            json.WriteStartObject("code");
            json.WriteString("value", finding.RuleId);
            if (RuleNames.Page(finding.RuleId) is { } page)
            {
                json.WriteString("url", page);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static void WriteLocation(Utf8JsonWriter json, string name, CodeLocation location)
    {
        json.WriteStartObject(name);
        json.WriteString("path", location.Path);
        if (location.Line > 0)
        {
            json.WriteStartObject("range");
            json.WriteStartObject("start");
            json.WriteNumber("line", location.Line);
            json.WriteEndObject();
            json.WriteStartObject("end");
            json.WriteNumber("line", Math.Max(location.Line, location.EndLine));
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
