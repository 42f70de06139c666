using System.Text.Json;
using ForkLint.Tool.Findings;

namespace ForkLint.Tool.Checking.Sarif;

/// <summary>Reads one element of <c>results</c> (SARIF 2.1.0, §3.27). Texts that repeat are kept once.</summary>
/// <param name="json">Stands at the beginning of the result.</param>
/// <param name="root">What paths are made relative to.</param>
internal sealed class SarifResultReader(JsonPull json, SourceRoot root)
{
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _paths = new(StringComparer.Ordinal);

    /// <summary>What the compiler says of a crash of our analyzer; null until it was read.</summary>
    public string? AnalyzerFailure { get; private set; }

    /// <summary>The finding; null if it is another tool's, or one that a comparison lists as gone. All of it is consumed either way.</summary>
    public Finding? Read()
    {
        string? rule = null, level = null, message = null, state = null;
        List<CodeLocation> locations = [], related = [];
        List<FindingSuppression> suppressions = [];
        var properties = new List<KeyValuePair<string, string>>();
        IReadOnlyList<string> frameworks = [];
        var isOurs = false;
        while (json.NextProperty(out var name))
        {
            switch (name)
            {
                case "partialFingerprints" when json.TokenType == JsonTokenType.StartObject:
                    while (json.NextProperty(out var fingerprint))
                    {
                        isOurs |= fingerprint == Fingerprints.Name;
                        json.Skip();
                    }

                    break;
                case "ruleId":
                    rule = Keep(json.GetStringOrSkip());
                    break;
                case "rule" when json.TokenType == JsonTokenType.StartObject:
                    while (json.NextProperty(out var part))
                    {
                        var text = json.GetStringOrSkip();
                        rule ??= part == "id" ? Keep(text) : null;
                    }

                    break;
                case "level":
                    level = Keep(json.GetStringOrSkip());
                    break;
                case "baselineState":
                    state = Keep(json.GetStringOrSkip());
                    break;
                case "message":
                    message = Keep(ReadText());
                    break;
                case "locations":
                    locations = ReadLocations();
                    break;
                case "relatedLocations":
                    related = ReadLocations();
                    break;
                case "suppressions":
                    suppressions = ReadSuppressions();
                    break;
                case "properties":
                    frameworks = ReadProperties(properties, frameworks);
                    break;
                default:
                    json.Skip();
                    break;
            }
        }

        if (rule == "AD0001" && message?.Contains("ForkLint.", StringComparison.Ordinal) == true)
        {
            AnalyzerFailure ??= message;
        }

        if (rule is null || !RuleNames.IsOurs(rule) || state == "absent")
        {
            return null;
        }

        return new Finding
        {
            RuleId = rule,
            Level = RuleNames.ParseLevel(level),
            Message = message is null ? "" : isOurs ? SarifMessage.Read(message) : message,
            Location = locations.Count > 0 ? locations[0] : null,
            RelatedLocations = related,
            Suppressions = suppressions,
            TargetFrameworks = frameworks,
            Properties = properties.Count == 0 ? FindingProperties.Empty : new FindingProperties(properties.ToArray()),
        };
    }

    /// <summary>The <c>text</c> of a message object; a bare string is taken too.</summary>
    public string? ReadText()
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            return json.GetStringOrSkip();
        }

        string? result = null;
        while (json.NextProperty(out var name))
        {
            var text = json.GetStringOrSkip();
            result = name == "text" ? text : result;
        }

        return result;
    }

    private List<CodeLocation> ReadLocations()
    {
        var locations = new List<CodeLocation>(1);
        if (json.TokenType != JsonTokenType.StartArray)
        {
            json.Skip();
            return locations;
        }

        while (json.NextElement())
        {
            CodeLocation? location = null;
            if (json.TokenType != JsonTokenType.StartObject)
            {
                json.Skip();
                continue;
            }

            while (json.NextProperty(out var name))
            {
                if (name == "physicalLocation" && json.TokenType == JsonTokenType.StartObject)
                {
                    location = ReadPhysicalLocation();
                }
                else
                {
                    json.Skip();
                }
            }

            if (location is not null)
            {
                locations.Add(location);
            }
        }

        return locations;
    }

    private CodeLocation ReadPhysicalLocation()
    {
        var path = "";
        int line = 0, column = 0, endLine = 0, endColumn = 0;
        while (json.NextProperty(out var name))
        {
            if (json.TokenType != JsonTokenType.StartObject || name is not ("artifactLocation" or "region"))
            {
                json.Skip();
                continue;
            }

            while (json.NextProperty(out var part))
            {
                switch (part)
                {
                    case "uri":
                        path = ToPath(json.GetStringOrSkip());
                        break;
                    case "startLine":
                        line = json.GetNumberOrSkip();
                        break;
                    case "startColumn":
                        column = json.GetNumberOrSkip();
                        break;
                    case "endLine":
                        endLine = json.GetNumberOrSkip();
                        break;
                    case "endColumn":
                        endColumn = json.GetNumberOrSkip();
                        break;
                    default:
                        json.Skip();
                        break;
                }
            }
        }

        // What a region leaves out follows from what it says (§3.30): the end is on the first line, the column is 1.
        return new CodeLocation(path, line, line > 0 ? Math.Max(column, 1) : 0, Math.Max(endLine, line), endColumn);
    }

    private List<FindingSuppression> ReadSuppressions()
    {
        var suppressions = new List<FindingSuppression>(1);
        if (json.TokenType != JsonTokenType.StartArray)
        {
            json.Skip();
            return suppressions;
        }

        while (json.NextElement())
        {
            if (json.TokenType != JsonTokenType.StartObject)
            {
                json.Skip();
                continue;
            }

            string? kind = null, justification = null, status = null;
            while (json.NextProperty(out var name))
            {
                var text = json.GetStringOrSkip();
                kind = name == "kind" ? text : kind;
                justification = name == "justification" ? text : justification;
                status = name == "status" ? text : status;
            }

            // One that is rejected or still under review suppresses nothing (§3.35.3).
            if (status is null or "accepted")
            {
                suppressions.Add(new FindingSuppression(Keep(kind) ?? "external", Keep(justification)));
            }
        }

        return suppressions;
    }

    // The compiler nests what an analyzer adds in customProperties; check's own log writes it flat.
    private IReadOnlyList<string> ReadProperties(List<KeyValuePair<string, string>> properties, IReadOnlyList<string> frameworks)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return frameworks;
        }

        while (json.NextProperty(out var name))
        {
            if (name == "customProperties")
            {
                frameworks = ReadProperties(properties, frameworks);
            }
            else if (name == "targetFrameworks" && json.TokenType == JsonTokenType.StartArray)
            {
                var list = new List<string>();
                while (json.NextElement())
                {
                    if (Keep(json.GetStringOrSkip()) is { } framework)
                    {
                        list.Add(framework);
                    }
                }

                frameworks = list;
            }
            else if (name == "warningLevel" || json.TokenType is not (JsonTokenType.String or JsonTokenType.Number))
            {
                json.Skip();
            }
            else
            {
                properties.Add(new(Keep(name)!, Keep(json.GetText())!));
            }
        }

        return frameworks;
    }

    private string ToPath(string? uri)
    {
        if (uri is null)
        {
            return "";
        }

        if (!_paths.TryGetValue(uri, out var path))
        {
            path = root.ToPath(uri);
            _paths.Add(uri, path);
        }

        return path;
    }

    private string? Keep(string? text)
    {
        if (text is null)
        {
            return null;
        }

        if (_texts.TryGetValue(text, out var kept))
        {
            return kept;
        }

        _texts.Add(text, text);
        return text;
    }
}
