using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ForkLint.Tool.Checking.Sarif;

/// <summary>What a written log says beside its findings.</summary>
/// <param name="AutomationId">
/// Tells this analysis from others of the same commit (§3.17.3). GitHub takes what stands before the last slash as the category.
/// </param>
/// <param name="Rules">The rules that ran.</param>
/// <param name="ToolVersion">The version of this tool.</param>
internal sealed record SarifHeader(string AutomationId, IEnumerable<RuleDescription> Rules, string ToolVersion);

/// <summary>
/// Writes SARIF 2.1.0 as GitHub code scanning takes it: one run, relative URIs, fingerprints, suppressions kept.
/// The same findings give the same bytes.
/// </summary>
internal static class SarifWriter
{
    /// <summary>The base that relative URIs hang on; GitHub knows it as the top of the repository.</summary>
    public const string UriBaseId = "%SRCROOT%";

    private const int FlushBytes = 1 << 16;

    private static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a log.</summary>
    public static void Write(Stream output, SarifHeader header, IEnumerable<Finding> findings)
    {
        using var json = new Utf8JsonWriter(output, Options);
        var rules = header.Rules.ToArray();
        json.WriteStartObject();
        json.WriteString("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
        json.WriteString("version", "2.1.0");
        json.WriteStartArray("runs");
        json.WriteStartObject();
        WriteTool(json, header, rules);
        json.WriteStartObject("automationDetails");
        json.WriteString("id", header.AutomationId);
        json.WriteEndObject();
        json.WriteStartObject("originalUriBaseIds");
        json.WriteStartObject(UriBaseId);
        json.WriteStartObject("description");
        json.WriteString("text", "The top of the source tree.");
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteString("columnKind", "utf16CodeUnits");
        json.WriteStartArray("results");
        var indices = rules.Select((rule, index) => (rule.Id, index)).ToDictionary(pair => pair.Id, pair => pair.index, StringComparer.Ordinal);
        foreach (var finding in findings)
        {
            WriteResult(json, finding, indices);
            if (json.BytesPending > FlushBytes)
            {
                json.Flush();
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        output.WriteByte((byte)'\n');
    }

    private static void WriteTool(Utf8JsonWriter json, SarifHeader header, RuleDescription[] rules)
    {
        json.WriteStartObject("tool");
        json.WriteStartObject("driver");
        json.WriteString("name", "ForkLint");
        json.WriteString("semanticVersion", header.ToolVersion);
        json.WriteStartArray("rules");
        foreach (var rule in rules)
        {
            json.WriteStartObject();
            json.WriteString("id", rule.Id);
            WriteText(json, "shortDescription", rule.Title);
            WriteText(json, "fullDescription", rule.Description);
            json.WriteStartObject("defaultConfiguration");
            json.WriteString("level", RuleNames.Name(rule.DefaultLevel));
            json.WriteEndObject();
            if (rule.HelpUri is not null)
            {
                json.WriteString("helpUri", rule.HelpUri);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteResult(Utf8JsonWriter json, Finding finding, Dictionary<string, int> ruleIndices)
    {
        json.WriteStartObject();
        json.WriteString("ruleId", finding.RuleId);
        if (ruleIndices.TryGetValue(finding.RuleId, out var index))
        {
            json.WriteNumber("ruleIndex", index);
        }

        json.WriteString("level", RuleNames.Name(finding.Level));
        if (RuleNames.Name(finding.BaselineState) is { } state)
        {
            json.WriteString("baselineState", state);
        }

        WriteText(json, "message", finding.Message);
        json.WriteStartArray("locations");
        if (finding.Location is { } location)
        {
            WriteLocation(json, location, id: null);
        }

        json.WriteEndArray();
        if (finding.RelatedLocations.Count > 0)
        {
            json.WriteStartArray("relatedLocations");
            for (var related = 0; related < finding.RelatedLocations.Count; related++)
            {
                WriteLocation(json, finding.RelatedLocations[related], related);
            }

            json.WriteEndArray();
        }

        if (finding.Fingerprint.Length > 0)
        {
            json.WriteStartObject("partialFingerprints");
            json.WriteString(Fingerprints.Name, finding.Fingerprint);
            json.WriteEndObject();
        }

        WriteSuppressions(json, finding.Suppressions);
        WriteProperties(json, finding);
        json.WriteEndObject();
    }

    private static void WriteSuppressions(Utf8JsonWriter json, IReadOnlyList<FindingSuppression> suppressions)
    {
        if (suppressions.Count == 0)
        {
            return;
        }

        json.WriteStartArray("suppressions");
        foreach (var suppression in suppressions)
        {
            json.WriteStartObject();
            json.WriteString("kind", suppression.Kind);
            if (suppression.Justification is not null)
            {
                json.WriteString("justification", suppression.Justification);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteProperties(Utf8JsonWriter json, Finding finding)
    {
        if (finding.TargetFrameworks.Count == 0 && finding.Properties.All.Count == 0)
        {
            return;
        }

        json.WriteStartObject("properties");
        if (finding.TargetFrameworks.Count > 0)
        {
            json.WriteStartArray("targetFrameworks");
            foreach (var framework in finding.TargetFrameworks)
            {
                json.WriteStringValue(framework);
            }

            json.WriteEndArray();
        }

        foreach (var (name, value) in finding.Properties.All)
        {
            // A size is a number for whoever reads the log; what looks like a number elsewhere stays the text it was.
            if (name.EndsWith(FindingProperties.BytesName, StringComparison.OrdinalIgnoreCase)
                && long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                json.WriteNumber(name, number);
            }
            else
            {
                json.WriteString(name, value);
            }
        }

        json.WriteEndObject();
    }

    private static void WriteLocation(Utf8JsonWriter json, CodeLocation location, int? id)
    {
        json.WriteStartObject();
        if (id is { } number)
        {
            json.WriteNumber("id", number);
        }

        json.WriteStartObject("physicalLocation");
        json.WriteStartObject("artifactLocation");
        if (Path.IsPathRooted(location.Path))
        {
            json.WriteString("uri", new Uri(location.Path).AbsoluteUri);
        }
        else
        {
            json.WriteString("uri", string.Join('/', location.Path.Split('/').Select(Uri.EscapeDataString)));
            json.WriteString("uriBaseId", UriBaseId);
        }

        json.WriteEndObject();
        if (location.Line > 0)
        {
            json.WriteStartObject("region");
            json.WriteNumber("startLine", location.Line);
            json.WriteNumber("startColumn", location.Column);
            json.WriteNumber("endLine", location.EndLine);
            if (location.EndColumn > 0)
            {
                json.WriteNumber("endColumn", location.EndColumn);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null)
        {
            json.WriteStartObject(name);
            json.WriteString("text", text);
            json.WriteEndObject();
        }
    }
}
