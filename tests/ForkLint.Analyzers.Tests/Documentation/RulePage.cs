using System.Reflection;
using System.Text.RegularExpressions;

namespace ForkLint.Documentation;

/// <summary>An example of a rule's page: the fenced block below a <c>bad</c> or <c>good</c> comment.</summary>
/// <param name="IsBad">Whether the rule must be reported.</param>
/// <param name="Properties">The project's properties that the comment names: <c>RuntimeIdentifier=linux-musl-x64</c>.</param>
/// <param name="Language"><c>csharp</c> or <c>ini</c>.</param>
/// <param name="Code">The block.</param>
internal sealed record RuleExample(bool IsBad, IReadOnlyDictionary<string, string> Properties, string Language, string Code)
{
    /// <summary>The findings that the code itself announces, by 0-based line: a comment at the end of the line names the rule.</summary>
    public IEnumerable<(int Line, string Id)> Announced =>
        from line in Code.Split('\n').Select((text, number) => (text, number))
        let match = Regex.Match(line.text, @"// (FORK\d{3})$")
        where match.Success
        select (line.number, match.Groups[1].Value);
}

/// <summary>A page of docs/rules.</summary>
internal sealed partial record RulePage(string Id, string Text)
{
    /// <summary>Every page of a rule.</summary>
    public static IReadOnlyList<RulePage> All { get; } =
    [
        .. Assembly.GetExecutingAssembly().GetManifestResourceNames()
            .Where(name => name.StartsWith("Docs/FORK", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name => new RulePage(Path.GetFileNameWithoutExtension(name), Read(name))),
    ];

    /// <summary>The page's examples.</summary>
    public IEnumerable<RuleExample> Examples => ExampleBlock().Matches(Text).Select(match => new RuleExample(
        match.Groups["kind"].Value == "bad",
        match.Groups["properties"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('='))
            .Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0], pair => pair[1]),
        match.Groups["language"].Value,
        match.Groups["code"].Value));

    private static string Read(string resource)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    [GeneratedRegex(@"^<!-- (?<kind>bad|good)(:(?<properties>[^\n]*?))? -->\n```(?<language>\w+)\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex ExampleBlock();
}
