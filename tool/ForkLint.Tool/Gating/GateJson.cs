using System.Text.Json;
using ForkLint.Tool.Checking.Sarif;
using ForkLint.Tool.Text;

namespace ForkLint.Tool.Gating;

/// <summary>The gate's decision as JSON. The names are listed in <c>docs/commands/gate.md</c>; more may be added, these stay.</summary>
internal static class GateJson
{
    /// <summary>The document.</summary>
    public static string Render(GateResult result) => JsonText.Document(json =>
    {
        json.WriteStartObject();
        json.WriteNumber("schemaVersion", 1);
        json.WriteBoolean("passed", !result.Failed);
        json.WriteString("reason", result.Reason);
        WriteCounts(json, result);
        WriteFindings(json, result);
        WriteCosts(json, result);
        json.WriteStartArray("budgets");
        foreach (var budget in result.Budgets)
        {
            json.WriteStartObject();
            json.WriteString("name", budget.Name);
            json.WriteString("process", budget.Process);
            json.WriteNumber("actualBytes", budget.ActualBytes);
            json.WriteNumber("limitBytes", budget.LimitBytes);
            json.WriteBoolean("exceeded", budget.IsExceeded);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static void WriteCounts(Utf8JsonWriter json, GateResult result)
    {
        json.WriteStartObject("counts");
        json.WriteNumber("new", result.Findings.New.Count);
        json.WriteNumber("fixed", result.Findings.Fixed.Count);
        json.WriteNumber("unchanged", result.Findings.Unchanged.Count);
        json.WriteNumber("moved", result.Findings.Moved.Count);
        json.WriteNumber("suppressed", result.Findings.Suppressed.Count);
        json.WriteEndObject();
    }

    private static void WriteFindings(Utf8JsonWriter json, GateResult result)
    {
        json.WriteStartArray("findings");
        foreach (var finding in result.Findings.WithStates())
        {
            json.WriteStartObject();
            json.WriteString("state", finding.IsSuppressed ? "suppressed" : RuleNames.Name(finding.BaselineState));
            json.WriteString("rule", finding.RuleId);
            json.WriteString("helpUri", RuleNames.Page(finding.RuleId));
            json.WriteString("level", RuleNames.Name(finding.Level));
            json.WriteString("path", finding.Location?.Path);
            if (finding.Location is { Line: > 0 } location)
            {
                json.WriteNumber("line", location.Line);
                json.WriteNumber("column", location.Column);
            }
            else
            {
                json.WriteNull("line");
                json.WriteNull("column");
            }

            json.WriteString("member", finding.Properties.Member);
            json.WriteString("message", finding.Message);
            json.WriteString("fingerprint", finding.Fingerprint);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteCosts(Utf8JsonWriter json, GateResult result)
    {
        json.WriteStartArray("costs");
        foreach (var (before, after) in result.Costs)
        {
            json.WriteStartObject();
            json.WriteString("process", after.Process);
            if (before is null)
            {
                json.WriteNull("before");
            }
            else
            {
                json.WritePropertyName("before");
                before.WriteTo(json);
            }

            json.WritePropertyName("now");
            after.WriteTo(json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
