using System.Text.Json;

namespace ForkLint.Tool.Tests;

/// <summary>
/// Validates a document against the subset of JSON Schema 2020-12 that docs/*.schema.json use. A keyword it does not know
/// is an error, so that a schema can never say more than is checked.
/// </summary>
internal sealed class SchemaValidator
{
    private static readonly HashSet<string> Annotations = ["$schema", "$id", "$defs", "title", "description"];

    private readonly JsonElement _root;
    private readonly bool _refuseUndescribed;

    /// <param name="schema">The text of the schema.</param>
    /// <param name="refuseUndescribed">
    /// Whether a property that the schema does not describe is an error. The schema lets readers meet new properties; what
    /// this version writes must all be described.
    /// </param>
    public SchemaValidator(string schema, bool refuseUndescribed)
    {
        _root = JsonDocument.Parse(schema).RootElement;
        _refuseUndescribed = refuseUndescribed;
    }

    /// <summary>Every violation, as a path and a sentence; empty for a valid document.</summary>
    public IReadOnlyList<string> Validate(string document)
    {
        var errors = new List<string>();
        Check(_root, JsonDocument.Parse(document).RootElement, "$", errors);
        return errors;
    }

    private void Check(JsonElement schema, JsonElement value, string path, List<string> errors)
    {
        foreach (var keyword in schema.EnumerateObject())
        {
            var operand = keyword.Value;
            switch (keyword.Name)
            {
                case var name when Annotations.Contains(name):
                    break;
                case "$ref":
                    Check(Resolve(operand.GetString()!), value, path, errors);
                    break;
                case "anyOf":
                    CheckAnyOf(operand, value, path, errors);
                    break;
                case "type":
                    Require(Types(operand).Any(type => IsOfType(value, type)), $"{path}: {value.ValueKind} is not {operand}", errors);
                    break;
                case "const":
                    Require(JsonElement.DeepEquals(operand, value), $"{path}: {value} is not {operand}", errors);
                    break;
                case "enum":
                    Require(operand.EnumerateArray().Any(item => JsonElement.DeepEquals(item, value)), $"{path}: {value} is none of {operand}", errors);
                    break;
                case "minimum":
                    Require(value.ValueKind != JsonValueKind.Number || value.GetDouble() >= operand.GetDouble(), $"{path}: {value} is less than {operand}", errors);
                    break;
                case "required":
                    CheckRequired(operand, value, path, errors);
                    break;
                case "properties":
                    CheckProperties(operand, value, path, errors);
                    break;
                case "items":
                    CheckItems(operand, value, path, errors);
                    break;
                default:
                    errors.Add($"{path}: the schema uses '{keyword.Name}', which this validator does not check");
                    break;
            }
        }
    }

    private void CheckAnyOf(JsonElement alternatives, JsonElement value, string path, List<string> errors)
    {
        var all = new List<string>();
        foreach (var alternative in alternatives.EnumerateArray())
        {
            var found = new List<string>();
            Check(alternative, value, path, found);
            if (found.Count == 0)
            {
                return;
            }

            all.AddRange(found);
        }

        errors.AddRange(all);
    }

    private static void CheckRequired(JsonElement names, JsonElement value, string path, List<string> errors)
    {
        if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (var name in names.EnumerateArray())
            {
                Require(value.TryGetProperty(name.GetString()!, out _), $"{path}: '{name}' is absent", errors);
            }
        }
    }

    private void CheckProperties(JsonElement properties, JsonElement value, string path, List<string> errors)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var member in value.EnumerateObject())
        {
            if (properties.TryGetProperty(member.Name, out var schema))
            {
                Check(schema, member.Value, $"{path}.{member.Name}", errors);
            }
            else if (_refuseUndescribed)
            {
                errors.Add($"{path}: '{member.Name}' is not described");
            }
        }
    }

    private void CheckItems(JsonElement schema, JsonElement value, string path, List<string> errors)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            var index = 0;
            foreach (var item in value.EnumerateArray())
            {
                Check(schema, item, $"{path}[{index++}]", errors);
            }
        }
    }

    private JsonElement Resolve(string reference)
    {
        var element = _root;
        foreach (var part in reference.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            element = element.GetProperty(part);
        }

        return element;
    }

    private static IEnumerable<string> Types(JsonElement operand) =>
        operand.ValueKind == JsonValueKind.Array ? operand.EnumerateArray().Select(item => item.GetString()!) : [operand.GetString()!];

    private static bool IsOfType(JsonElement value, string type) => type switch
    {
        "null" => value.ValueKind == JsonValueKind.Null,
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        _ => throw new InvalidOperationException($"'{type}' is no JSON Schema type"),
    };

    private static void Require(bool holds, string message, List<string> errors)
    {
        if (!holds)
        {
            errors.Add(message);
        }
    }
}
