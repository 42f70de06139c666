using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace ForkLint.Verification;

/// <summary>What a test's verification found wrong.</summary>
internal sealed class LintException(string message) : Exception(message);

/// <summary>What the analyzers reported about a test's code, and what was expected.</summary>
/// <param name="Compilation">The code.</param>
/// <param name="Texts">The marked files by path.</param>
/// <param name="Diagnostics">Everything a build reports.</param>
/// <param name="LiveDiagnostics">What the IDE reports while typing.</param>
internal sealed record LintResult(
    CSharpCompilation Compilation,
    IReadOnlyDictionary<string, Markup> Texts,
    ImmutableArray<Diagnostic> Diagnostics,
    ImmutableArray<Diagnostic> LiveDiagnostics)
{
    /// <summary>The message as a build prints it.</summary>
    public static string MessageOf(Diagnostic diagnostic) => diagnostic.GetMessage(CultureInfo.InvariantCulture);

    /// <summary>Whether the descriptor says that the IDE does not show this while typing.</summary>
    public static bool IsAtEnd(Diagnostic diagnostic) => diagnostic.Descriptor.CustomTags.Contains(WellKnownDiagnosticTags.CompilationEnd);

    /// <summary>Some diagnostic of the rule is so.</summary>
    public void Demand(string id, Func<Diagnostic, bool> isSo, string what)
    {
        if (!Diagnostics.Any(diagnostic => diagnostic.Id == id && isSo(diagnostic)))
        {
            throw new LintException($"No {id} has {what}.\n{Describe()}");
        }
    }

    /// <summary>There are diagnostics of the rule, and all are so.</summary>
    public void DemandAll(string id, Func<Diagnostic, bool> isSo, string what)
    {
        var ofRule = Diagnostics.Where(diagnostic => diagnostic.Id == id).ToList();
        if (ofRule.Count == 0 || !ofRule.All(isSo))
        {
            throw new LintException($"Not every {id} is {what} (or there is none).\n{Describe()}");
        }
    }

    /// <summary>No diagnostic is so.</summary>
    public void Forbid(Func<Diagnostic, bool> isSo, string what)
    {
        if (Diagnostics.Any(isSo))
        {
            throw new LintException($"Some diagnostic has {what}.\n{Describe()}");
        }
    }

    /// <summary>Compares with what was reported about the same program in other files: the same messages, wherever they stand.</summary>
    public void CompareMessages(LintResult other)
    {
        var mine = Messages(Diagnostics);
        var theirs = Messages(other.Diagnostics);
        if (!mine.SequenceEqual(theirs))
        {
            throw new LintException("With each member in a file of its own, the rules say something else.\nOnly there:\n"
                + string.Join("\n", mine.Except(theirs)) + "\nOnly in one file:\n" + string.Join("\n", theirs.Except(mine)) + "\n" + Describe());
        }

        static List<string> Messages(IEnumerable<Diagnostic> diagnostics) =>
            [.. diagnostics.Select(diagnostic => $"{diagnostic.Id} {MessageOf(diagnostic)}").Order(StringComparer.Ordinal)];
    }

    /// <summary>Compares with the markup: every expected diagnostic is there at its place, and no other.</summary>
    public void Compare(IEnumerable<(string Id, string Part)> withoutLocation)
    {
        var differences = new List<string>();
        var left = Diagnostics.ToList();
        foreach (var (path, markup) in Texts)
        {
            foreach (var expected in markup.Expected)
            {
                CompareOne(path, expected, left, differences);
            }
        }

        foreach (var (id, part) in withoutLocation)
        {
            var found = left.Find(diagnostic => diagnostic.Id == id && diagnostic.Location.Kind == LocationKind.None
                && MessageOf(diagnostic).Contains(part, StringComparison.Ordinal));
            if (found is null || !left.Remove(found))
            {
                differences.Add($"missing: {id} without a location, saying '{part}'");
            }
        }

        differences.AddRange(left.Select(diagnostic => "unexpected: " + Describe(diagnostic)));
        CompareLive(differences);
        if (differences.Count > 0)
        {
            throw new LintException($"{string.Join("\n", differences)}\n\n{Describe()}");
        }
    }

    private void CompareOne(string path, ExpectedSpan expected, List<Diagnostic> left, List<string> differences)
    {
        var here = left.Where(diagnostic => (expected.Id is null || diagnostic.Id == expected.Id)
            && PathOf(diagnostic.Location) == path && diagnostic.Location.SourceSpan == expected.Span).ToList();

        // Two diagnostics of one rule can share a place (two allocations held across one spawn): the additional locations tell them apart.
        var exact = expected.AdditionalLabels is { } labels
            ? here.Find(diagnostic => diagnostic.AdditionalLocations.Select(NameOf).SequenceEqual(labels))
            : here.FirstOrDefault();
        if ((exact ?? here.FirstOrDefault()) is not { } found)
        {
            differences.Add($"missing: {expected.Id ?? "any rule"} at {path}{LineOf(path, expected.Span)} '{Excerpt(Texts[path].Text, expected.Span)}'");
            return;
        }

        left.Remove(found);
        if (exact is null)
        {
            differences.Add($"additional locations of {Describe(found)}: expected ({string.Join(", ", expected.AdditionalLabels!.Value)}), "
                + $"found ({string.Join(", ", found.AdditionalLocations.Select(NameOf))})");
        }
    }

    /// <summary>A descriptor's CompilationEnd tag must tell the truth: the IDE hides what has it and expects the rest while typing.</summary>
    private void CompareLive(List<string> differences)
    {
        var live = LiveDiagnostics.Select(Describe).ToHashSet();
        foreach (var diagnostic in Diagnostics.Where(diagnostic => diagnostic.Location.IsInSource && IsAtEnd(diagnostic) == live.Contains(Describe(diagnostic))))
        {
            differences.Add((IsAtEnd(diagnostic) ? "tagged CompilationEnd, but shown live: " : "not shown live, but not tagged CompilationEnd: ") + Describe(diagnostic));
        }

        var all = Diagnostics.Select(Describe).ToHashSet();
        differences.AddRange(LiveDiagnostics.Select(Describe).Where(text => !all.Contains(text)).Select(text => "shown live, but not by a build: " + text));
    }

    private string NameOf(Location location)
    {
        foreach (var (path, markup) in Texts)
        {
            foreach (var (label, span) in markup.Labels)
            {
                if (PathOf(location) == path && span == location.SourceSpan)
                {
                    return label;
                }
            }
        }

        return Texts.TryGetValue(PathOf(location), out var text) ? $"'{Excerpt(text.Text, location.SourceSpan)}'" : location.ToString();
    }

    private string Describe()
    {
        var text = new StringBuilder("Reported:\n");
        foreach (var diagnostic in Diagnostics)
        {
            text.Append("  ").AppendLine(Describe(diagnostic));
            foreach (var additional in diagnostic.AdditionalLocations)
            {
                text.Append("      and ").AppendLine(NameOf(additional));
            }
        }

        foreach (var (path, markup) in Texts)
        {
            text.Append("\n// ").AppendLine(path).AppendLine(markup.Text);
        }

        return text.ToString();
    }

    private string Describe(Diagnostic diagnostic)
    {
        var path = PathOf(diagnostic.Location);
        var excerpt = Texts.TryGetValue(path, out var text) ? $" '{Excerpt(text.Text, diagnostic.Location.SourceSpan)}'" : "";
        return $"{diagnostic.Id} {diagnostic.Severity} at {path}{LineOf(path, diagnostic.Location.SourceSpan)}{excerpt}: {MessageOf(diagnostic)}";
    }

    private string LineOf(string path, TextSpan span) => Texts.TryGetValue(path, out var text) && span.End <= text.Text.Length
        ? $"({text.Text.AsSpan(0, span.Start).Count('\n') + 1})"
        : "";

    private static string PathOf(Location location) => location.GetLineSpan().Path ?? "";

    private static string Excerpt(string text, TextSpan span) => span.End > text.Length ? "?" : span.Length > 90
        ? text.Substring(span.Start, 87).ReplaceLineEndings(" ") + "…"
        : text.Substring(span.Start, span.Length).ReplaceLineEndings(" ");
}
