using System.Globalization;
using System.Text.Json;
using ForkLint.Tool.Findings;
using ForkLint.Tool.Text;

namespace ForkLint.Tool.Checking.Sarif;

/// <summary>What a written log says beside its findings.</summary>
/// <param name="AutomationId">
/// Tells this analysis from others of the same commit (§3.17.3). GitHub takes what stands before the last slash as the category.
/// </param>
/// <param name="Rules">The rules that ran.</param>
/// <param name="ToolVersion">The version of this tool.</param>
/// <param name="Root">Where the sources are; null where they are not available.</param>
internal sealed record SarifHeader(string AutomationId, IEnumerable<RuleDescription> Rules, string ToolVersion, SourceRoot? Root = null);

/// <summary>
/// Writes SARIF 2.1.0 as GitHub code scanning accepts it: one run, relative URIs, ForkLint's and GitHub's fingerprints, links to related locations.
/// The same findings give the same bytes.
/// </summary>
internal static class SarifWriter
{
    /// <summary>The base that relative URIs hang on; GitHub knows it as the top of the repository.</summary>
    public const string UriBaseId = "%SRCROOT%";

    private const string InformationUri = "https://github.com/forklint/forklint";
    private const int FlushBytes = 1 << 16;

    /// <summary>Writes a log.</summary>
    public static void Write(Stream output, SarifHeader header, IEnumerable<Finding> findings) => JsonText.WriteTo(output, json => WriteLog(json, header, findings));

    private static void WriteLog(Utf8JsonWriter json, SarifHeader header, IEnumerable<Finding> findings)
    {
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
        var lines = header.Root is { } root ? new LineFingerprints(root) : null;
        foreach (var finding in findings)
        {
            WriteResult(json, finding, indices, lines?.Next(finding));
            if (json.BytesPending > FlushBytes)
            {
                json.Flush();
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteTool(Utf8JsonWriter json, SarifHeader header, RuleDescription[] rules)
    {
        json.WriteStartObject("tool");
        json.WriteStartObject("driver");
        json.WriteString("name", "ForkLint");
        json.WriteString("semanticVersion", header.ToolVersion);
        json.WriteString("informationUri", InformationUri);
        json.WriteStartArray("rules");
        foreach (var rule in rules)
        {
            json.WriteStartObject();
            json.WriteString("id", rule.Id);
            WriteText(json, "shortDescription", rule.Title);
            WriteText(json, "fullDescription", rule.Description);
            WriteHelp(json, rule);
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

    // Code scanning demands a help for every rule and shows its Markdown beside an alert.
    private static void WriteHelp(Utf8JsonWriter json, RuleDescription rule)
    {
        var text = rule.Description ?? rule.Title ?? rule.Id;
        json.WriteStartObject("help");
        json.WriteString("text", rule.HelpUri is null ? text : $"{text}\n\nMore: {rule.HelpUri}");
        var markdown = NeutralText.Markdown(text);
        json.WriteString("markdown", rule.HelpUri is null ? markdown : $"{markdown}\n\n[What {rule.Id} means and what to do]({rule.HelpUri})");
        json.WriteEndObject();
    }

    private static void WriteResult(Utf8JsonWriter json, Finding finding, Dictionary<string, int> ruleIndices, string? lineHash)
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

        WriteText(json, "message", SarifMessage.Write(finding));
        json.WriteStartArray("locations");
        if (finding.Location is { } location)
        {
            WriteLocation(json, location, id: null, message: null);
        }

        json.WriteEndArray();
        if (finding.RelatedLocations.Count > 0)
        {
            json.WriteStartArray("relatedLocations");
            for (var related = 0; related < finding.RelatedLocations.Count; related++)
            {
                WriteLocation(json, finding.RelatedLocations[related], related + 1, RelatedLocationRole.Describe(finding, related));
            }

            json.WriteEndArray();
        }

        if (finding.Fingerprint.Length > 0)
        {
            json.WriteStartObject("partialFingerprints");
            json.WriteString(Fingerprints.Name, finding.Fingerprint);
            if (lineHash is not null)
            {
                json.WriteString(LineHashes.Name, lineHash);
            }

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
            // Readers of the log expect a size as a number. Any other property stays text, even if it looks like a number.
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

    private static void WriteLocation(Utf8JsonWriter json, CodeLocation location, int? id, string? message)
    {
        json.WriteStartObject();
        if (id is { } number)
        {
            json.WriteNumber("id", number);
        }

        if (message is not null)
        {
            // What a viewer shows at the place.
            json.WriteStartObject("message");
            json.WriteString("text", message);
            json.WriteEndObject();
        }

        json.WriteStartObject("physicalLocation");
        json.WriteStartObject("artifactLocation");
        var path = string.Join('/', location.Path.Split('/').Select(Uri.EscapeDataString));
        if (Path.IsPathRooted(location.Path))
        {
            // Not through System.Uri, which takes "//x" for a host and fails on some.
            json.WriteString("uri", "file://" + path);
        }
        else
        {
            json.WriteString("uri", path);
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
