using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace ForkLint.Tests.Shared;

/// <summary>Names as an attacker would choose them, and what no output may hold afterwards.</summary>
internal static class HostileText
{
    /// <summary>Each with the outputs that act upon it.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "\e[31mred\e[0m",                                     // a terminal: colours
        "\e]0;title\a\e]52;c;ZXZpbA==\a",                     // a terminal: its title, the clipboard
        "\e[2J\e[1;1H",                                       // a terminal: the screen is cleared
        "\u009b31mC1\u009d0;x\u009c",                         // a terminal: the same in C1
        "one\ntwo",                                           // a second line
        "one\r\ntwo\vthree\ffour",
        "x\u2028y\u2029z\u0085w",                             // line breaks of Unicode
        "safe\r\e[Koverwritten",                              // a line is overwritten
        "back\b\b\b\bspace\u007f",
        "nul\0byte\tand tab",
        "\u202Eevil\u202C \u2066isolate\u2069 \u200Emark\u061C", // bidirectional controls
        "zero\u200Bwidth\u2060\uFEFF\u00AD\U000E0041",        // invisible characters and tags
        "::error file=app.cs,line=1::forged",                 // GitHub: a command
        "\n::error file=app.cs,line=1::forged",
        "  ::add-mask::x",
        "##[error]forged ###[group]",                         // GitHub and Azure: the older form
        "##vso[task.setvariable variable=PATH]/evil",         // Azure
        "##teamcity[buildProblem description='x']",
        "a|b|c",                                              // Markdown: cells
        "@team please and @someone",                          // Markdown: mentions
        "`code` *bold* _em_ ~~gone~~ [x](http://evil.example) ![i](http://evil.example/i.png)",
        "<script>alert(1)</script><img src=x onerror=alert(1)>&amp;<!-- -->",
        "</script><script>alert(1)</script>", "</style></title></textarea>-->]]><svg onload=alert(1)>", // HTML: the ends of what a page holds
        "\" onmouseover=\"alert(1)\" x='", "&lt;b&gt;&#x3c;img src=x onerror=alert(1)&#x3e;", "<!--<script>",
        "see #1 and GH-1 and https://evil.example and www.evil.example",
        "- [ ] item", "1. item", "=====", "# heading", "> quote", "$x$ \\| \\\\",
        "F:App.Cache.Table; 1\nF:App.Other; 999999999",       // the measured file: lines of its own
        "; 5", "# comment", "// comment", "F:A;B",
        "%0A::error::x %25 %3A",                              // escapes of an output's own
        "lone \ud800 surrogate \udc00",
        "\ud83d\ude00 and accents e\u0301 stay",
        new string('n', 20_000),
        string.Concat(Enumerable.Repeat("\e[31m", 4_000)),
        "",
        " ",
        ":",
    ];

    /// <summary>Asserts that text for a terminal or a log holds nothing that is acted upon.</summary>
    /// <param name="text">The whole output.</param>
    /// <param name="mayHaveTabs">Source code is shown with its tabs.</param>
    public static void AssertHarmlessOnTerminal(string text, bool mayHaveTabs = false)
    {
        AssertVisible(text, mayHaveTabs);
        Assert.DoesNotContain("##[", text, StringComparison.Ordinal);
        Assert.DoesNotContain("##vso[", text, StringComparison.Ordinal);
        Assert.DoesNotContain("##teamcity[", text, StringComparison.Ordinal);
        Assert.DoesNotContain(text.Split('\n'), line => line.TrimStart().StartsWith("::", StringComparison.Ordinal));
        Assert.True(text.Length < 80_000, $"{text.Length} characters were written");
    }

    /// <summary>Asserts that every character of a text is one that can be seen, or the end of a line.</summary>
    /// <param name="text">The whole output, in any format.</param>
    /// <param name="mayHaveTabs">Source code is shown with its tabs.</param>
    public static void AssertVisible(string text, bool mayHaveTabs = false)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value != '\n' && !(mayHaveTabs && rune.Value == '\t'))
            {
                Assert.False(
                    Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator,
                    $"U+{rune.Value:X4} reached the output: {Excerpt(text)}");
            }
        }
    }

    /// <summary>Asserts that Markdown holds no markup but the writer's own.</summary>
    public static void AssertHarmlessInMarkdown(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            // The zero-width space is the writer's own: it takes a name out of a mention.
            Assert.False(
                rune.Value is not ('\n' or 0x200B) && Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator,
                $"U+{rune.Value:X4} reached the output: {Excerpt(text)}");
        }

        // The link to a rule's page is the writer's own as well.
        text = Regex.Replace(text, @"\[(FORK[0-9]{3})\]\(https://github\.com/forklint/forklint/blob/main/docs/rules/\1\.md\)", "$1");
        Assert.DoesNotMatch("<(?!/?(details|summary)>)", text);
        Assert.DoesNotMatch("@[A-Za-z]", text);
        Assert.DoesNotMatch("https?://", text);
        Assert.DoesNotMatch(@"(?<!\\)[\[\]]", text);
        Assert.DoesNotMatch("#[0-9]", text);
        Assert.True(text.Length < 80_000, $"{text.Length} characters were written");
    }

    /// <summary>
    /// Asserts that a page holds no markup but its own: the elements and attributes that it has with a harmless name, and no character that is acted upon.
    /// </summary>
    /// <param name="page">The page.</param>
    /// <param name="harmless">The same page with a harmless name in place of the hostile one.</param>
    public static void AssertHarmlessInHtml(string page, string harmless)
    {
        foreach (var rune in page.EnumerateRunes())
        {
            Assert.False(
                rune.Value != '\n' && Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator,
                $"U+{rune.Value:X4} reached the output");
        }

        Assert.Equal(Markup(harmless), Markup(page));
    }

    /// <summary>Each tag with the names of its attributes, as the parser of HTML sees them outside of scripts and styles.</summary>
    private static IEnumerable<string> Markup(string page) => Regex.Matches(page, """(?<raw><(?<name>script|style)\b[^>]*>.*?</\k<name>)|<!--|</?[a-zA-Z][^\s/>]*(\s+[^\s=>"]+(="[^"]*")?)*\s*/?>|<""", RegexOptions.Singleline)
        .Select(static tag => tag.Groups["raw"].Success ? "<" + tag.Groups["name"].Value : Regex.Replace(tag.Value, "=\"[^\"]*\"", ""));

    private static string Excerpt(string text) => string.Concat(text.Take(300).Select(c => char.IsControl(c) ? $"<{(int)c:X2}>" : c.ToString()));
}
