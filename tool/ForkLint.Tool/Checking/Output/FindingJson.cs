using System.Text.Json;
using ForkLint.Tool.Checking.Sarif;
using ForkLint.Tool.Findings;
using ForkLint.Tool.Text;

namespace ForkLint.Tool.Checking.Output;

/// <summary>Findings of <c>check</c> as JSON. The names are listed in <c>docs/commands/check.md</c>; more may be added, these stay.</summary>
internal static class FindingJson
{
    /// <summary>The document.</summary>
    public static string Render(CheckResult result) => JsonText.Document(json =>
    {
        json.WriteStartObject();
        json.WriteNumber("schemaVersion", 1);
        json.WriteString("checked", result.Root.Relative(result.Projects.BuildFile));
        WriteList(json, "targetFrameworks", result.Frameworks);
        json.WriteStartArray("findings");
        foreach (var finding in result.Findings)
        {
            WriteFinding(json, finding);
        }

        json.WriteEndArray();
        json.WriteStartArray("measuredWithoutFinding");
        foreach (var holder in result.Unflagged)
        {
            json.WriteStartObject();
            json.WriteString("holder", holder.Holder);
            json.WriteNumber("bytes", holder.Bytes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static void WriteFinding(Utf8JsonWriter json, Finding finding)
    {
        json.WriteStartObject();
        json.WriteString("rule", finding.RuleId);
        json.WriteString("helpUri", RuleNames.Page(finding.RuleId));
        json.WriteString("level", RuleNames.Name(finding.Level));
        json.WriteString("message", finding.Message);
        WriteLocation(json, finding.Location);
        json.WriteString("member", finding.Properties.Member);
        json.WriteString("holder", finding.Properties.Holder);
        json.WriteString("holderMember", finding.Properties.HolderMember);
        WriteNumber(json, "bytes", finding.Properties.Bytes);
        WriteNumber(json, "measuredBytes", finding.Properties.MeasuredBytes);
        WriteNumber(json, "childPeakBytes", finding.Properties.ChildPeakBytes);
        json.WriteString("childProgram", finding.Properties.ChildProgram);
        WriteList(json, "targetFrameworks", finding.TargetFrameworks);
        json.WriteBoolean("suppressed", finding.IsSuppressed);
        json.WriteString("fingerprint", finding.Fingerprint);
        json.WriteStartArray("related");
        for (var index = 0; index < finding.RelatedLocations.Count; index++)
        {
            json.WriteStartObject();
            json.WriteString("role", RelatedLocationRole.Of(finding, index));
            WriteLocation(json, finding.RelatedLocations[index]);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteLocation(Utf8JsonWriter json, CodeLocation? location)
    {
        json.WriteString("path", location?.Path);
        WriteNumber(json, "line", location is { Line: > 0 } ? location.Line : null);
        WriteNumber(json, "column", location is { Line: > 0 } ? location.Column : null);
        WriteNumber(json, "endLine", location is { Line: > 0 } ? location.EndLine : null);
        WriteNumber(json, "endColumn", location is { EndColumn: > 0 } ? location.EndColumn : null);
    }

    private static void WriteList(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
