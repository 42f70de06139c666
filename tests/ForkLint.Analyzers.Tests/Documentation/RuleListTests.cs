using System.Reflection;
using System.Text.RegularExpressions;
using ForkLint.Analyzers;
using ForkLint.Analyzers.Rules;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ForkLint.Documentation;

/// <summary>A rule is written down once. Whatever lists the rules besides names each of them, and no other.</summary>
public sealed class RuleListTests
{
    private static readonly string Repository = typeof(RuleListTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "Repository").Value!;

    private static readonly List<DiagnosticDescriptor> Rules =
        [.. typeof(Descriptors).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => field.GetValue(null)).OfType<DiagnosticDescriptor>()];

    private static IEnumerable<string> Ids => Rules.Select(rule => rule.Id).Order(StringComparer.Ordinal);

    [Fact]
    public void Each_rule_has_an_identifier_of_its_own() => Assert.Equal(
        typeof(RuleIdentifiers).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!).Order(StringComparer.Ordinal), Ids);

    [Fact]
    public void Each_rule_is_reported_by_one_analyzer()
    {
        var supported = typeof(HeldAllocationAnalyzer).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(DiagnosticAnalyzer)))
            .Select(type => ((DiagnosticAnalyzer)Activator.CreateInstance(type)!).SupportedDiagnostics.Select(rule => rule.Id).Distinct()).SelectMany(ids => ids);
        Assert.Equal(Ids, supported.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_rule_at_the_end_of_the_compilation_differs_in_its_tag_alone() => Assert.All(Rules, live =>
    {
        var atEnd = live.AtEnd();
        Assert.Same(atEnd, live.AtEnd());
        Assert.Equal((live.Id, live.Title, live.MessageFormat, live.DefaultSeverity, live.HelpLinkUri), (atEnd.Id, atEnd.Title, atEnd.MessageFormat, atEnd.DefaultSeverity, atEnd.HelpLinkUri));
        Assert.Equal(live.CustomTags.Append(WellKnownDiagnosticTags.CompilationEnd), atEnd.CustomTags);
    });

    /// <summary>What is left of about 160 characters for names, sizes and paths.</summary>
    [Fact]
    public void A_message_is_short() => Assert.All(Rules, rule => Assert.InRange(rule.MessageFormat.ToString(System.Globalization.CultureInfo.InvariantCulture).Length, 3, 90));

    [Theory]
    [InlineData("README.md", @"(?m)^\| \[(FORK\d+)\]")]
    [InlineData("docs/rules/README.md", @"(?m)^\| \[(FORK\d+)\]")]
    [InlineData("analyzer/ForkLint.Package/README.md", @"(?m)^\| \[(FORK\d+)\]")]
    [InlineData("analyzer/ForkLint.Analyzers/AnalyzerReleases.Unshipped.md", @"(?m)^(FORK\d+) \|")]
    [InlineData("tool/ForkLint.Tool/Checking/Injection/ForkLint.Check.AfterTargets.targets", @"(FORK\d+)[;<]")]
    [InlineData("analyzer/ForkLint.Package/buildTransitive/config/ForkLint.all.globalconfig", @"diagnostic\.(FORK\d+)\.")]
    [InlineData("analyzer/ForkLint.Package/buildTransitive/config/ForkLint.fork.globalconfig", @"diagnostic\.(FORK\d+)\.")]
    [InlineData("analyzer/ForkLint.Package/buildTransitive/config/ForkLint.none.globalconfig", @"diagnostic\.(FORK\d+)\.")]
    [InlineData("analyzer/ForkLint.Package/buildTransitive/config/ForkLint.strict.globalconfig", @"diagnostic\.(FORK\d+)\.")]
    public void A_list_names_every_rule(string file, string pattern)
    {
        var listed = Regex.Matches(File.ReadAllText(Repository + file), pattern).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal).ToList();
        Assert.True(Ids.SequenceEqual(listed), $"{file} lists {string.Join(' ', listed)}: missing {string.Join(' ', Ids.Except(listed))}, unknown or twice {string.Join(' ', listed.Except(Ids))}");
    }

    [Theory]
    [InlineData("default")]
    [InlineData("all")]
    [InlineData("fork")]
    [InlineData("strict")]
    [InlineData("none")]
    public void The_table_of_modes_says_what_the_preset_does(string mode)
    {
        var table = Regex.Match(File.ReadAllText(Repository + "docs/rules/README.md"), @"(?m)^\| `ForkLintAnalysisMode` \|.*\n(\|.*\n)+").Value.TrimEnd().Split('\n').Select(Cells).ToList();
        var row = table.Single(cells => cells[0] == $"`{mode}`");
        var told = table[0].Skip(1).SelectMany((rules, column) => Regex.Matches(rules, @"\d{3}").Select(rule => $"FORK{rule.Value} {row[column + 1]}"));
        var does = mode == "default"
            ? Rules.Select(rule => $"{rule.Id} {rule.DefaultSeverity.ToString().ToLowerInvariant()}")
            : Regex.Matches(File.ReadAllText($"{Repository}analyzer/ForkLint.Package/buildTransitive/config/ForkLint.{mode}.globalconfig"), @"diagnostic\.(FORK\d+)\.severity = (\w+)").Select(set => $"{set.Groups[1].Value} {set.Groups[2].Value}");
        Assert.Equal(does.Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));

        static string[] Cells(string line) => [.. line.Trim('|').Split('|').Select(cell => cell.Trim())];
    }
}
