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
    [InlineData("docs/rules/README.md", @"(?m)^\| \[(FORK\d+)\]")]
    [InlineData("analyzer/ForkLint.Package/README.md", @"(?m)^\| \[(FORK\d+)\]")]
    [InlineData("analyzer/ForkLint.Analyzers/AnalyzerReleases.Unshipped.md", @"(?m)^(FORK\d+) \|")]
    [InlineData("tool/ForkLint.Tool/Checking/Injection/ForkLint.Check.AfterTargets.targets", @"(FORK\d+)[;<]")]
    [InlineData("analyzer/ForkLint.Package/buildTransitive/config/ForkLint.all.globalconfig", @"diagnostic\.(FORK\d+)\.")]
    [InlineData("analyzer/ForkLint.Package/buildTransitive/config/ForkLint.fork.globalconfig", @"diagnostic\.(FORK\d+)\.")]
    [InlineData("analyzer/ForkLint.Package/buildTransitive/config/ForkLint.none.globalconfig", @"diagnostic\.(FORK\d+)\.")]
    [InlineData("analyzer/ForkLint.Package/buildTransitive/config/ForkLint.strict.globalconfig", @"diagnostic\.(FORK\d+)\.")]
    public void A_list_names_every_rule(string file, string pattern) => Assert.Equal(
        Ids, Regex.Matches(File.ReadAllText(Repository + file), pattern).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal));
}
