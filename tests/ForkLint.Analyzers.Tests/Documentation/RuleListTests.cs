using System.Globalization;
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

    private const string Presets = "analyzer/ForkLint.Package/buildTransitive/config/ForkLint.";
    private const string Severity = @"dotnet_diagnostic\.(FORK\d+)\.severity = \w+";

    private static readonly List<DiagnosticDescriptor> Rules =
        [.. typeof(Descriptors).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => field.GetValue(null)).OfType<DiagnosticDescriptor>()];

    private static IEnumerable<string> Ids => Rules.Select(rule => rule.Id).Order(StringComparer.Ordinal);

    private const int LongestMessage = 90;

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

    /// <summary>A message has about 160 characters, and names, sizes and paths need the rest.</summary>
    [Fact]
    public void A_message_is_short() => Assert.All(Rules, rule => Assert.True(
        rule.MessageFormat.ToString(CultureInfo.InvariantCulture) is { Length: >= 3 and <= LongestMessage },
        $"the message of {rule.Id} in Descriptors.cs is longer than {LongestMessage} characters without its arguments, or empty: move what is not needed to the page of the rule"));

    [Theory]
    [InlineData("README.md", @"(?m)^\| \[(FORK\d+)\]")]
    [InlineData("docs/rules/README.md", @"(?m)^\| \[(FORK\d+)\]")]
    [InlineData("analyzer/ForkLint.Package/README.md", @"(?m)^\| \[(FORK\d+)\]")]
    [InlineData("tool/ForkLint.Tool/Findings/RelatedLocationRole.cs", @"\[""(FORK\d+)""\]")]
    public void A_list_names_every_rule(string file, string pattern) => AssertNamesEvery(file, Listed(File.ReadAllText(Repository + file), pattern), "add the rule there");

    /// <summary>What a rule's record decides of these lists is written with FORKLINT_DRAW=1, behind the last rule.</summary>
    [Theory]
    [InlineData("analyzer/ForkLint.Analyzers/AnalyzerReleases.Unshipped.md", @"(?m)^(FORK\d+) \|.*", "\n{0} | {1} | {2} | {3}")]
    [InlineData("tool/ForkLint.Tool/Checking/Injection/ForkLint.Check.AfterTargets.targets", @"(FORK\d+)(?=[;<])", ";{0}")]
    [InlineData(Presets + "all.globalconfig", Severity, "\ndotnet_diagnostic.{0}.severity = warning")]
    [InlineData(Presets + "fork.globalconfig", Severity, "\ndotnet_diagnostic.{0}.severity = warning")]
    [InlineData(Presets + "none.globalconfig", Severity, "\ndotnet_diagnostic.{0}.severity = none")]
    [InlineData(Presets + "strict.globalconfig", Severity, "\ndotnet_diagnostic.{0}.severity = {4}")]
    public void A_list_that_follows_from_the_records_names_every_rule(string file, string pattern, string entry)
    {
        // A release moves its rules from one of these files to the other.
        var released = file.Contains("Unshipped", StringComparison.Ordinal) ? Listed(File.ReadAllText(Repository + file.Replace("Unshipped", "Shipped", StringComparison.Ordinal)), pattern) : [];
        var text = File.ReadAllText(Repository + file);
        var missing = Rules.Where(rule => !Listed(text, pattern).Concat(released).Contains(rule.Id)).OrderBy(static rule => rule.Id, StringComparer.Ordinal).ToList();
        if (missing.Count > 0 && Environment.GetEnvironmentVariable("FORKLINT_DRAW") == "1" && Regex.Matches(text, pattern) is [.., var last])
        {
            text = text.Insert(last.Index + last.Length, string.Concat(missing.Select(rule => string.Format(CultureInfo.InvariantCulture, entry, rule.Id, rule.Category, rule.DefaultSeverity, rule.Title, rule.DefaultSeverity == DiagnosticSeverity.Warning ? "error" : "warning"))));
            File.WriteAllText(Repository + file, text);
        }

        AssertNamesEvery(file, [.. Listed(text, pattern), .. released], "add the rule there, or run this test with FORKLINT_DRAW=1");
    }

    private static List<string> Listed(string text, string pattern) => [.. Regex.Matches(text, pattern).Select(static match => match.Groups[1].Value)];

    private static void AssertNamesEvery(string file, List<string> listed, string remedy)
    {
        var lacking = Ids.Except(listed).ToList();
        Assert.True(lacking.Count == 0, $"{file} lacks {Some(lacking)}: {remedy}");
        var others = listed.Except(Ids).Concat(listed.GroupBy(static id => id).Where(static id => id.Count() > 1).Select(static id => id.Key)).ToList();
        Assert.True(others.Count == 0, $"{file} has {Some(others)}, which is unknown or there twice");
    }

    private static string Some(IEnumerable<string> ids) => string.Join(' ', ids.DefaultIfEmpty("none"));

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
            : Regex.Matches(File.ReadAllText($"{Repository}{Presets}{mode}.globalconfig"), @"diagnostic\.(FORK\d+)\.severity = (\w+)").Select(set => $"{set.Groups[1].Value} {set.Groups[2].Value}");
        Assert.True(does.Order(StringComparer.Ordinal).SequenceEqual(told.Order(StringComparer.Ordinal)), $"docs/rules/README.md, the row {mode} of ForkLintAnalysisMode: it lacks {Some(does.Except(told))}; what it has and is not so: {Some(told.Except(does))}");

        static string[] Cells(string line) => [.. line.Trim('|').Split('|').Select(cell => cell.Trim())];
    }
}
