using System.Text;
using ForkLint.Linux.Text;

namespace ForkLint.Tool.Text;

/// <summary>What reads an output, and so decides what in a text has a meaning there.</summary>
internal enum OutputKind
{
    /// <summary>A terminal or the log of a build: escape sequences, line breaks and the commands that build servers take from a log.</summary>
    Terminal,

    /// <summary>Markdown as GitHub and GitLab render it, HTML and mentions included.</summary>
    Markdown,

    /// <summary>An HTML page: the text of an element, or the value of an attribute in quotes.</summary>
    Html,
}

/// <summary>
/// The one home of what makes text from outside harmless, by the kind of output it goes to. Names of processes, types and files,
/// messages of a log and texts of the agent are all chosen by others. JSON needs nothing of this: its writer escapes.
/// </summary>
/// <remarks>
/// What build servers take from a log: GitHub a line that begins with <c>::</c> and a <c>##[</c> anywhere (actions/runner,
/// ActionCommand.cs), Azure Pipelines a <c>##vso[</c> anywhere (azure-pipelines-agent, Command.cs), TeamCity <c>##teamcity[</c>.
/// </remarks>
internal static class NeutralText
{
    private const int MaximumMarkdownLength = 400;

    // Not visible, and no part of a name: what it stands in is no longer a mention, a link or a reference.
    private const char Break = '\u200B';

    /// <summary>A text for one kind of output, on one line.</summary>
    public static string For(OutputKind kind, string text) => kind switch
    {
        OutputKind.Markdown => Markdown(text),
        OutputKind.Html => Html(text),
        _ => Terminal(text),
    };

    /// <summary>A text for a terminal or a log. Doing it twice changes nothing more.</summary>
    public static string Terminal(string text)
    {
        var harmless = text.Contains("##", StringComparison.Ordinal) ? text.Replace("##", "#\\u0023", StringComparison.Ordinal) : text;
        var first = harmless.AsSpan().TrimStart();
        if (first.StartsWith(":"))
        {
            harmless = string.Concat(harmless.AsSpan(0, harmless.Length - first.Length), "\\u003a", first[1..]);
        }

        return VisibleText.Of(harmless);
    }

    /// <summary>
    /// A line of source code for a terminal, as long as it was: what is unsafe becomes a blank. Tabs stay, so that a line below it
    /// lines up whatever a tab's width is.
    /// </summary>
    public static string SourceLine(string line)
    {
        var visible = new StringBuilder(line.Length);
        foreach (var rune in line.EnumerateRunes())
        {
            var beginsCommand = rune.Value == '#' && visible.Length > 0 && visible[^1] == '#';
            _ = beginsCommand || (rune.Value != '\t' && VisibleText.IsUnsafe(rune))
                ? visible.Append(' ', rune.Utf16SequenceLength)
                : visible.Append(rune.ToString());
        }

        return visible.ToString();
    }

    /// <summary>A text for Markdown: shown as it is, without markup, HTML, mentions or links.</summary>
    public static string Markdown(string text)
    {
        var visible = VisibleText.Of(text, MaximumMarkdownLength).Trim();
        var escaped = new StringBuilder(visible.Length + 16);
        var isListSoFar = true;
        for (var index = 0; index < visible.Length; index++)
        {
            var character = visible[index];
            var next = index + 1 < visible.Length ? visible[index + 1] : ' ';

            // "1. x", "- x", "+ x" and "===" are markup at the beginning of a line only.
            var isLeading = isListSoFar && ((index == 0 && character is '-' or '+' or '=' && (next == ' ' || next == character)) || (index > 0 && character is '.' or ')' && next == ' '));
            isListSoFar &= char.IsAsciiDigit(character);
            switch (character)
            {
                case '<':
                    escaped.Append("&lt;");
                    break;
                case '>':
                    escaped.Append("&gt;");
                    break;
                case '&':
                    escaped.Append("&amp;");
                    break;
                case '@':
                    escaped.Append('@').Append(Break);
                    break;
                case '#' when char.IsAsciiDigit(next):
                    escaped.Append("\\#").Append(Break);
                    break;
                case ':' when next == '/':
                    escaped.Append(':').Append(Break);
                    break;
                case '.' when EndsWith(visible, index, "www"):
                    escaped.Append(Break).Append('.');
                    break;
                case '|' or '*' or '_' or '`' or '[' or ']' or '~' or '#' or '$' or '\\':
                case var _ when isLeading:
                    escaped.Append('\\').Append(character);
                    break;
                default:
                    escaped.Append(character);
                    break;
            }
        }

        return escaped.ToString();
    }

    /// <summary>
    /// A text for an HTML page: shown as it is, neither a tag nor a reference to a character, and nothing in it turns the direction of what stands beside it.
    /// Both quotes are escaped, so that it can also be the value of an attribute.
    /// </summary>
    public static string Html(string text) => VisibleText.Of(text)
        .Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal)
        .Replace("\"", "&quot;", StringComparison.Ordinal).Replace("'", "&#39;", StringComparison.Ordinal);

    /// <summary>The message of a GitHub workflow command (actions/toolkit, packages/core/src/command.ts, escapeData).</summary>
    public static string GitHubMessage(string text)
    {
        // A line break is part of a message there, and is written as an escape anyway.
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        return string.Join("%0A", lines.Select(line => VisibleText.Of(line).Replace("%", "%25", StringComparison.Ordinal)));
    }

    /// <summary>The value of a property of a GitHub workflow command (the same file, escapeProperty).</summary>
    public static string GitHubProperty(string text) =>
        VisibleText.Of(text).Replace("%", "%25", StringComparison.Ordinal).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);

    /// <summary>The message of a logging command of Azure Pipelines (azure-pipelines-task-lib, node/taskcommand.ts, escapedata).</summary>
    public static string AzureMessage(string text)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        return string.Join("%0A", lines.Select(line => VisibleText.Of(line).Replace("%", "%AZP25", StringComparison.Ordinal)));
    }

    /// <summary>The value of a property of a logging command (the same file, escape).</summary>
    public static string AzureProperty(string text) =>
        VisibleText.Of(text).Replace("%", "%AZP25", StringComparison.Ordinal).Replace("]", "%5D", StringComparison.Ordinal).Replace(";", "%3B", StringComparison.Ordinal);

    private static bool EndsWith(string text, int end, string what) =>
        end >= what.Length && text.AsSpan(end - what.Length, what.Length).Equals(what, StringComparison.OrdinalIgnoreCase);
}
