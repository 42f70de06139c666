using System.Globalization;
using ForkLint.Verification;
using Microsoft.CodeAnalysis;

namespace ForkLint.Documentation;

/// <summary>A rule's page says what the rule does: its examples are compiled and linted here.</summary>
public sealed class RulePageTests
{
    private static readonly string[] Sections = ["What it costs", "Bad", "Good", "Configure", "When to suppress", "Not live"];

    private static readonly IReadOnlyList<DiagnosticDescriptor> Descriptors =
        [.. Lint.CSharp("").Analyzers.SelectMany(analyzer => analyzer.SupportedDiagnostics)];

    public static TheoryData<string> PageIds => [.. RulePage.All.Select(page => page.Id)];

    public static TheoryData<string, int> ExampleIds
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var page in RulePage.All)
            {
                for (var index = 0; index < page.Examples.Count(); index++)
                {
                    data.Add(page.Id, index);
                }
            }

            return data;
        }
    }

    [Fact]
    public void Every_rule_has_a_page_and_every_page_a_rule() => Assert.Equal(
        Descriptors.Select(descriptor => descriptor.Id).Distinct().Order(StringComparer.Ordinal),
        RulePage.All.Select(page => page.Id));

    [Fact]
    public void Every_help_link_leads_to_the_page() => Assert.All(Descriptors, descriptor =>
        Assert.Equal($"https://github.com/forklint/forklint/blob/main/docs/rules/{descriptor.Id}.md", descriptor.HelpLinkUri));

    [Theory]
    [MemberData(nameof(PageIds))]
    public void A_page_has_the_title_of_its_rule_and_every_section(string id)
    {
        var page = Page(id);
        var title = Descriptors.First(descriptor => descriptor.Id == id).Title.ToString(CultureInfo.InvariantCulture);
        Assert.StartsWith($"# {id}: ", page.Text, StringComparison.Ordinal);
        var (first, wanted) = (page.Text.Split('\n')[0], $"# {id}: {title[..1].ToLowerInvariant()}{title[1..]}");
        Assert.True(string.Equals(wanted, first, StringComparison.OrdinalIgnoreCase), $"docs/rules/{id}.md begins with '{first}'; the title of the rule in Descriptors.cs makes it '{wanted}'");
        Assert.Equal(Sections, page.Text.Split('\n').Where(line => line.StartsWith("## ", StringComparison.Ordinal)).Select(line => line[3..]));
    }

    [Theory]
    [MemberData(nameof(PageIds))]
    public void A_page_has_a_bad_and_a_good_example(string id)
    {
        Assert.Contains(Page(id).Examples, example => example.IsBad);
        Assert.Contains(Page(id).Examples, example => !example.IsBad);
    }

    [Theory]
    [MemberData(nameof(PageIds))]
    public void A_page_says_the_severity(string id)
    {
        var severity = Descriptors.First(descriptor => descriptor.Id == id).DefaultSeverity;
        Assert.Contains($"\nSeverity: {(severity == DiagnosticSeverity.Info ? "info" : "warning")}", Page(id).Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(ExampleIds))]
    public async Task An_example_is_reported_where_it_says_so_and_nowhere_else(string id, int index)
    {
        var example = Page(id).Examples.ElementAt(index);
        if (example.Language == "ini")
        {
            var configured = await Lint.CSharp("class C { }").EditorConfig(example.Code).Run();
            Assert.Equal(example.IsBad, configured.Diagnostics.Any(diagnostic => diagnostic.Id == id));
            return;
        }

        var test = Lint.CSharp(example.Code);
        foreach (var (name, value) in example.Properties)
        {
            test.BuildProperty(name, value);
        }

        var result = await test.Run();
        var reported = result.Diagnostics.Select(static diagnostic => (diagnostic.Location.GetLineSpan().StartLinePosition.Line, diagnostic.Id)).Order();
        Assert.True(example.Announced.SequenceEqual(reported), $"docs/rules/{id}.md, example {index + 1}: its comments name {Lines(example.Announced)}; reported was {Lines(reported)}");
        Assert.Equal(example.IsBad, result.Diagnostics.Any(diagnostic => diagnostic.Id == id));
    }

    private static string Lines(IEnumerable<(int Line, string Id)> findings) =>
        string.Join(", ", findings.Select(static finding => $"{finding.Id} on line {finding.Line + 1}").DefaultIfEmpty("nothing"));

    private static RulePage Page(string id) => RulePage.All.Single(page => page.Id == id);
}
