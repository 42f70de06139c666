using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.Text;

namespace ForkLint.Verification;

/// <summary>What one <c>{|…:…|}</c> in a test's text asks for.</summary>
/// <param name="Id">The rule, or <see langword="null"/> for <c>[|…|]</c>, which any one rule satisfies.</param>
/// <param name="Span">Where the diagnostic must stand, in the text without markup.</param>
/// <param name="AdditionalLabels">The labels of the additional locations in order, or <see langword="null"/> where they are not checked.</param>
internal sealed record ExpectedSpan(string? Id, TextSpan Span, ImmutableArray<string>? AdditionalLabels);

/// <summary>
/// A text with its markup taken out.
/// <list type="bullet">
/// <item><c>[|code|]</c>: one diagnostic of any rule stands exactly here;</item>
/// <item><c>{|FORK001:code|}</c>: a diagnostic of this rule stands exactly here;</item>
/// <item><c>{|FORK001+FORK007:code|}</c>: both stand here;</item>
/// <item><c>{|#big:code|}</c>: nothing is expected, but the place is called <c>big</c>;</item>
/// <item><c>{|FORK001(big,second):code|}</c>: and its additional locations are exactly these places, in this order (<c>()</c>: none).</item>
/// </list>
/// Markup may be nested. A label is known to all files of a test.
/// </summary>
internal sealed partial record Markup(string Text, ImmutableArray<ExpectedSpan> Expected, ImmutableDictionary<string, TextSpan> Labels)
{
    /// <summary>Takes the markup out of a text; throws where it is not balanced.</summary>
    public static Markup Parse(string marked)
    {
        var text = new StringBuilder(marked.Length);
        var open = new Stack<(string Head, int Start)>();
        var expected = ImmutableArray.CreateBuilder<ExpectedSpan>();
        var labels = ImmutableDictionary.CreateBuilder<string, TextSpan>();

        for (var position = 0; position < marked.Length;)
        {
            var match = Token().Match(marked, position);
            if (!match.Success)
            {
                text.Append(marked[position++]);
                continue;
            }

            position += match.Length;
            if (match.Groups["head"].Success)
            {
                open.Push((match.Groups["head"].Value, text.Length));
            }
            else if (match.Value == "[|")
            {
                open.Push(("", text.Length));
            }
            else
            {
                if (open.Count == 0)
                {
                    throw new FormatException($"'{match.Value}' closes nothing in: {marked}");
                }

                var (head, start) = open.Pop();
                Read(head, TextSpan.FromBounds(start, text.Length), expected, labels);
            }
        }

        if (open.Count > 0)
        {
            throw new FormatException($"'{open.Peek().Head}' is never closed in: {marked}");
        }

        return new Markup(text.ToString(), expected.ToImmutable(), labels.ToImmutable());
    }

    private static void Read(string head, TextSpan span, ImmutableArray<ExpectedSpan>.Builder expected, ImmutableDictionary<string, TextSpan>.Builder labels)
    {
        if (head.Length == 0)
        {
            expected.Add(new ExpectedSpan(null, span, null));
            return;
        }

        foreach (var part in head.Split('+'))
        {
            if (part.StartsWith('#'))
            {
                labels.Add(part[1..], span);
                continue;
            }

            var parenthesis = part.IndexOf('(', StringComparison.Ordinal);
            ImmutableArray<string>? additional = parenthesis < 0
                ? null
                : [.. part[(parenthesis + 1)..].TrimEnd(')').Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
            expected.Add(new ExpectedSpan(parenthesis < 0 ? part : part[..parenthesis], span, additional));
        }
    }

    [GeneratedRegex(@"\G(?:\{\|(?<head>[\w#(),+ ]+):|\[\||\|\}|\|\])")]
    private static partial Regex Token();
}
