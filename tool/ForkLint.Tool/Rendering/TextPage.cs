using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using ForkLint.Tool.Text;

namespace ForkLint.Tool.Rendering;

/// <summary>
/// A text that is being written. It takes interpolated strings alone: what stands in the source is trusted, and what is put into a
/// hole is made harmless for the kind of output. A name cannot get onto a page in any other way.
/// </summary>
/// <param name="kind">What reads it.</param>
/// <param name="style">How emphasis is shown.</param>
internal sealed class TextPage(OutputKind kind, TextStyle style)
{
    private readonly StringBuilder _text = new();

    /// <summary>How many characters are on the page.</summary>
    public int Length => _text.Length;

    /// <summary>Adds text. A hole takes a string, a figure, or a string with its emphasis.</summary>
    public TextPage Append([InterpolatedStringHandlerArgument("")] Handler text)
    {
        // The handler has written to the page already.
        _ = text;
        return this;
    }

    /// <summary>Adds a line of source code, character for character, so that what is below it lines up.</summary>
    public TextPage AppendSource(string line)
    {
        _text.Append(NeutralText.SourceLine(line));
        return this;
    }

    /// <summary>Adds a link in Markdown.</summary>
    /// <param name="text">Text from outside.</param>
    /// <param name="uri">An address that the tool itself chose, written as it is.</param>
    public TextPage AppendLink(string text, string uri)
    {
        _text.Append('[').Append(Neutral(text)).Append("](").Append(uri).Append(')');
        return this;
    }

    /// <summary>Adds the rows of a table, whose cells the table itself makes harmless.</summary>
    public TextPage Append(TextTable table)
    {
        table.AppendTo(_text, style);
        return this;
    }

    /// <summary>What was written.</summary>
    public override string ToString() => _text.ToString();

    /// <summary>What the compiler turns an interpolated string for a page into.</summary>
    [InterpolatedStringHandler]
    internal readonly ref struct Handler
    {
        private readonly TextPage _page;

        /// <summary>Called by the compiler.</summary>
        public Handler(int literalLength, int formattedCount, TextPage page)
        {
            _ = (literalLength, formattedCount);
            _page = page;
        }

        private StringBuilder Text => _page._text;

        /// <summary>Text of the source.</summary>
        public void AppendLiteral(string literal) => Text.Append(literal);

        /// <summary>Text from outside.</summary>
        public void AppendFormatted(string? value) => Text.Append(_page.Neutral(value));

        /// <summary>Text from outside, emphasised.</summary>
        public void AppendFormatted((string Text, Emphasis Emphasis) value) => Text.Append(_page.Emphasise(_page.Neutral(value.Text), value.Emphasis));

        /// <summary>A figure.</summary>
        public void AppendFormatted(long value, string? format = null) => Text.Append(value.ToString(format, CultureInfo.InvariantCulture));
    }

    // Markdown has one emphasis: it is for what fails.
    private string Emphasise(string text, Emphasis emphasis) => kind switch
    {
        OutputKind.Markdown => emphasis == Emphasis.Bad ? $"**{text}**" : text,
        OutputKind.Html => emphasis == Emphasis.None ? text : $"<span class=\"{emphasis.ToString().ToLowerInvariant()}\">{text}</span>",
        _ => style.Apply(text, emphasis),
    };

    private string Neutral(string? value) => value is null ? "" : NeutralText.For(kind, value);
}
