using System.Globalization;
using System.Text.Json.Nodes;

namespace ForkLint.Gate.Tests;

/// <summary>Makes logs shaped as the C# compiler writes them with <c>ErrorLog=…,version=2.1</c>.</summary>
internal sealed class CompilerLog
{
    private readonly JsonArray _results = [];
    private readonly JsonArray _rules =
    [
        new JsonObject
        {
            ["id"] = "FORK001",
            ["shortDescription"] = new JsonObject { ["text"] = "A large allocation is held across a fork and used after it" },
            ["fullDescription"] = new JsonObject { ["text"] = "A fork charges all memory the process holds." },
            ["helpUri"] = "https://example.org/FORK001.md",
            ["properties"] = new JsonObject { ["category"] = "Memory", ["tags"] = new JsonArray("CompilationEnd") },
        },
        new JsonObject { ["id"] = "FORK003", ["defaultConfiguration"] = new JsonObject { ["level"] = "note" } },
        new JsonObject { ["id"] = "CA1305" },
    ];

    /// <summary>Whether the analyzer took part in the build.</summary>
    public bool ListsOurRules { get; init; } = true;

    public CompilerLog Add(
        string rule,
        string file,
        int line,
        string message,
        string level = "warning",
        string? member = null,
        string? holder = null,
        string? suppression = null,
        (string File, int Line)? related = null)
    {
        var properties = new JsonObject();
        foreach (var (name, value) in new[] { ("member", member), ("holder", holder) })
        {
            if (value is not null)
            {
                properties[name] = value;
            }
        }

        var result = new JsonObject
        {
            ["ruleId"] = rule,
            ["ruleIndex"] = 0,
            ["level"] = level,
            ["message"] = new JsonObject { ["text"] = message },
            ["locations"] = new JsonArray(Location(file, line)),
            ["properties"] = new JsonObject { ["warningLevel"] = 1, ["customProperties"] = properties },
        };
        if (related is { } place)
        {
            result["relatedLocations"] = new JsonArray(Location(place.File, place.Line));
        }

        if (suppression is not null)
        {
            result["suppressions"] = new JsonArray(new JsonObject { ["kind"] = "inSource", ["justification"] = suppression });
        }

        _results.Add(result);
        return this;
    }

    public string WriteTo(TemporaryFolder folder, string name = "build.sarif") => folder.Write(name, ToString());

    public override string ToString() => new JsonObject
    {
        ["$schema"] = "http://json.schemastore.org/sarif-2.1.0",
        ["version"] = "2.1.0",
        ["runs"] = new JsonArray(new JsonObject
        {
            ["results"] = _results.DeepClone(),
            ["properties"] = new JsonObject { ["analyzerExecutionTime"] = "1.127" },
            ["tool"] = new JsonObject
            {
                ["driver"] = new JsonObject
                {
                    ["name"] = "Microsoft (R) Visual C# Compiler",
                    ["version"] = "5.9.0",
                    ["rules"] = ListsOurRules ? _rules.DeepClone() : new JsonArray(),
                },
            },
            ["columnKind"] = "utf16CodeUnits",
        }),
    }.ToJsonString(new System.Text.Json.JsonSerializerOptions { WriteIndented = true });

    private static JsonObject Location(string file, int line) => new()
    {
        ["physicalLocation"] = new JsonObject
        {
            ["artifactLocation"] = new JsonObject { ["uri"] = file.StartsWith('/') ? new Uri(file).AbsoluteUri : file },
            ["region"] = new JsonObject
            {
                ["startLine"] = line,
                ["startColumn"] = 9,
                ["endLine"] = line,
                ["endColumn"] = 9 + line.ToString(CultureInfo.InvariantCulture).Length,
            },
        },
    };
}
