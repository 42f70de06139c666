using System.Reflection;
using ForkLint.Verification;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ForkLint.Robustness;

/// <summary>The texts that are mutated: every C# source that a test of this project lints, and the files of Corpus/.</summary>
internal static class CorpusTexts
{
    /// <summary>The file with every construct up to C# 14. It compiles with the newest compiler.</summary>
    public static string CSharp14 { get; } = Resource("Corpus/CSharp14.txt");

    /// <summary>All texts, always in the same order.</summary>
    public static IReadOnlyList<string> All { get; } = [CSharp14, .. Assembly.GetExecutingAssembly().GetManifestResourceNames()
        .Where(name => name.StartsWith("Tests/", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal)
        .SelectMany(name => RawStrings(Resource(name)))];

    // A test's sources are its raw strings; those that are not C# do no harm here.
    private static IEnumerable<string> RawStrings(string testSource) => CSharpSyntaxTree.ParseText(testSource).GetRoot()
        .DescendantNodes()
        .OfType<LiteralExpressionSyntax>()
        .Where(literal => literal.Token.IsKind(SyntaxKind.MultiLineRawStringLiteralToken))
        .Select(literal => WithoutMarkup(literal.Token.ValueText));

    private static string WithoutMarkup(string marked)
    {
        try
        {
            return Markup.Parse(marked).Text;
        }
        catch (FormatException)
        {
            return marked;
        }
    }

    private static string Resource(string name)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The test assembly has no resource {name}."));
        return reader.ReadToEnd();
    }
}
