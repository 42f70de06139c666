using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ForkLint.Robustness;

/// <summary>
/// Makes code as it looks while it is being typed, merged or broken: always the same for the same seed.
/// </summary>
internal sealed class Mutator(int seed, IReadOnlyList<string> corpus)
{
    private static readonly string[] Fragments =
    [
        "{", "}", "(", ")", "[", "]", "<", ">", ";", ",", ".", "?", "?.", "?[", "??=", "=>", "=", "==", "..", "^", "&", "*", "!", "@", "$\"", "\"\"\"", "'",
        "if", "else", "while (true)", "for (;;)", "foreach (var x in x)", "do", "switch (0)", "case 1:", "default:", "goto x;", "x:", "break;", "continue;",
        "return", "throw", "try {", "catch {", "finally {", "using (", "using var x =", "await", "yield return", "lock (x)", "fixed (", "unsafe", "checked",
        "new", "new()", "new byte[1 << 30]", "new[] {", "stackalloc byte[9]", "default", "null", "this", "base", "ref", "out", "in", "is", "as", "with {", "not",
        "static", "async", "partial", "extern", "record", "struct", "class", "interface", "enum", "delegate", "event", "namespace", "extension(", "field", "var",
        "Process.Start(\"a\")", "GC.Collect(2, GCCollectionMode.Aggressive)", "=> x", "() =>", "#if X", "#endif", "#pragma warning disable", "/*", "//", "\0", "\uFEFF",
    ];

    private readonly Random _random = new(seed);

    /// <summary>The next broken text: one to four changes to one text of the corpus.</summary>
    public string Next()
    {
        var text = Pick(corpus);
        for (var change = _random.Next(1, 5); change > 0; change--)
        {
            text = Change(text);
        }

        return text;
    }

    private string Change(string text)
    {
        var tokens = CSharpSyntaxTree.ParseText(text).GetRoot().DescendantTokens().ToList();
        if (tokens.Count < 4)
        {
            return text + Pick(Fragments);
        }

        var one = tokens[_random.Next(tokens.Count)];
        var two = tokens[_random.Next(tokens.Count)];
        var (first, last) = one.SpanStart <= two.SpanStart ? (one, two) : (two, one);
        switch (_random.Next(10))
        {
            case 0: // typed this far
                return text[..one.Span.End];
            case 1: // the beginning is missing
                return text[one.SpanStart..];
            case 2: // one token is missing
                return text.Remove(one.SpanStart, one.Span.Length);
            case 3: // a few are
                var end = tokens[Math.Min(tokens.IndexOf(one) + _random.Next(2, 12), tokens.Count - 1)].SpanStart;
                return text.Remove(one.SpanStart, end - one.SpanStart);
            case 4: // something is typed in between
                return text.Insert(one.Span.End, " " + Pick(Fragments) + " ");
            case 5: // one stands where the other stood
                return text.Remove(one.SpanStart, one.Span.Length).Insert(one.SpanStart, two.Text);
            case 6: // two are swapped
                return Swap(text, first, last);
            case 7: // a part stands there twice
                var part = text[first.SpanStart..Math.Min(last.Span.End, first.SpanStart + 400)];
                return text.Insert(last.Span.End, part);
            case 8: // a merge gone wrong
                var other = Pick(corpus);
                return text[..one.Span.End] + other[_random.Next(other.Length)..];
            default: // nested as deep as a generator would
                return Nest(text, one);
        }
    }

    private static string Swap(string text, SyntaxToken first, SyntaxToken last) => first.Span.End > last.SpanStart ? text :
        text[..first.SpanStart] + last.Text + text[first.Span.End..last.SpanStart] + first.Text + text[last.Span.End..];

    private string Nest(string text, SyntaxToken at)
    {
        var (open, close) = _random.Next(4) switch { 0 => ("(", ")"), 1 => ("{", "}"), 2 => ("if (x) {", "}"), _ => ("() => ", "") };
        var depth = _random.Next(2, 30);
        var nested = new StringBuilder();
        for (var level = 0; level < depth; level++)
        {
            nested.Append(open);
        }

        nested.Append(at.Text);
        for (var level = 0; level < depth; level++)
        {
            nested.Append(close);
        }

        return text.Remove(at.SpanStart, at.Span.Length).Insert(at.SpanStart, nested.ToString());
    }

    private T Pick<T>(IReadOnlyList<T> from) => from[_random.Next(from.Count)];
}
