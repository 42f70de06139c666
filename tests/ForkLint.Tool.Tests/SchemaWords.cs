using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ForkLint.Linux;
using ForkLint.Tool.Report;

namespace ForkLint.Tool.Tests;

/// <summary>One property of a report that is one of a few words.</summary>
/// <param name="Path">Where it stands.</param>
/// <param name="Choice">Its type.</param>
/// <param name="Writable">The words that can be written there.</param>
/// <param name="InSchema">The words that the schema allows.</param>
internal sealed record SchemaWords(string Path, Type Choice, IReadOnlyList<string> Writable, IReadOnlyList<string> InSchema)
{
    // Room is limited by some of the rules by which a fork may fail, and by no other.
    private static readonly string[] SomeOnly = ["limitedBy", "decidedBy"];

    /// <summary>Whether a reader of the schema expects what can be written.</summary>
    public bool IsSame => Choice == typeof(AdmissionRule) && SomeOnly.Contains(Path[(Path.LastIndexOf('.') + 1)..])
        ? InSchema.Count > 0 && !InSchema.Except(Writable).Any()
        : Letters(Writable).SequenceEqual(Letters(InSchema));

    // One is written as the function is called: posix_spawn. How a word is written is the samples' to show.
    private static IEnumerable<string> Letters(IEnumerable<string> words) => words.Select(static word => word.Replace("_", "", StringComparison.Ordinal).ToUpperInvariant()).Order(StringComparer.Ordinal);

    /// <summary>Every such property of a report and of the records within it.</summary>
    /// <param name="report">The type of the report.</param>
    /// <param name="schema">The text of its schema.</param>
    public static IEnumerable<SchemaWords> Of(Type report, string schema)
    {
        var root = JsonDocument.Parse(schema).RootElement;
        return Of(report, root, root, "$");
    }

    private static IEnumerable<SchemaWords> Of(Type type, JsonElement node, JsonElement root, string path)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        var places = Alternatives(node, root).ToList();
        if (plain.IsEnum)
        {
            return places.Where(static place => place.TryGetProperty("enum", out _)).Select(place => new SchemaWords(
                path, plain, [.. Enum.GetNames(plain).Select(JsonNamingPolicy.CamelCase.ConvertName)], [.. place.GetProperty("enum").EnumerateArray().Where(static word => word.ValueKind == JsonValueKind.String).Select(static word => word.GetString()!)]));
        }

        var known = ReportJson.Default.GetTypeInfo(plain);
        return known?.Kind switch
        {
            JsonTypeInfoKind.Object => known.Properties.SelectMany(property => places.Where(place => place.TryGetProperty("properties", out var all) && all.TryGetProperty(property.Name, out _))
                .SelectMany(place => Of(property.PropertyType, place.GetProperty("properties").GetProperty(property.Name), root, $"{path}.{property.Name}"))),
            JsonTypeInfoKind.Enumerable when plain.IsGenericType => places.Where(static place => place.TryGetProperty("items", out _))
                .SelectMany(place => Of(plain.GenericTypeArguments[0], place.GetProperty("items"), root, path + "[]")),
            _ => [],
        };
    }

    /// <summary>The node itself, what it refers to, and each of what it may be.</summary>
    private static IEnumerable<JsonElement> Alternatives(JsonElement node, JsonElement root)
    {
        if (node.TryGetProperty("$ref", out var reference))
        {
            var target = reference.GetString()!.Split('/').Skip(1).Aggregate(root, static (at, name) => at.GetProperty(name));
            return Alternatives(target, root);
        }

        return node.TryGetProperty("anyOf", out var any) ? any.EnumerateArray().SelectMany(one => Alternatives(one, root)) : [node];
    }
}
