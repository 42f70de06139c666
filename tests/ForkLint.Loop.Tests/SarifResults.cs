using System.Text.Json;
using System.Text.RegularExpressions;

namespace ForkLint.WholeLoop;

/// <summary>The results of this product in a SARIF log, read by nothing of this product.</summary>
internal static partial class SarifResults
{
    /// <summary>Those of all runs, as they stand in the log.</summary>
    public static IEnumerable<JsonElement> Read(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(file));
        return
        [
            .. document.RootElement.GetProperty("runs").EnumerateArray()
                .SelectMany(run => run.GetProperty("results").EnumerateArray())
                .Where(result => RuleOf(result).StartsWith("FORK", StringComparison.Ordinal))
                .Select(result => result.Clone()),
        ];
    }

    /// <summary>Rule, level, place and message in one line; paths relative to a folder.</summary>
    public static string Describe(JsonElement result, string folder)
    {
        var place = result.GetProperty("locations")[0].GetProperty("physicalLocation");
        var uri = place.GetProperty("artifactLocation").GetProperty("uri").GetString()!;
        var path = uri.StartsWith("file:", StringComparison.Ordinal) ? Path.GetRelativePath(folder, new Uri(uri).LocalPath) : Uri.UnescapeDataString(uri);
        var region = place.GetProperty("region");
        return $"{path}:{region.GetProperty("startLine")}:{region.GetProperty("startColumn")} {result.GetProperty("level")} {RuleOf(result)} {MessageOf(result)}";
    }

    /// <summary>The message without what 'check' adds for code scanning: links to the related locations, and escapes of brackets that are no links.</summary>
    private static string MessageOf(JsonElement result) =>
        Links().Replace(result.GetProperty("message").GetProperty("text").GetString()!, "").Replace("\\[", "[", StringComparison.Ordinal).Replace("\\]", "]", StringComparison.Ordinal);

    [GeneratedRegex(@" \((\[[a-z ]+\]\([0-9]+\)(, )?)+\)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Links();

    private static string RuleOf(JsonElement result) => result.GetProperty("ruleId").GetString()!;
}
