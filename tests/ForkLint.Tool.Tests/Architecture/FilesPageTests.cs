using System.Text;
using System.Text.RegularExpressions;
using ForkLint.Tool.Tests;

namespace ForkLint.Architecture;

/// <summary>docs/files.md says of each file of the product what its type says of itself. FORKLINT_DRAW=1 writes it again.</summary>
public sealed partial class FilesPageTests
{
    private const string Mark = "<!-- drawn: files -->\n";

    [Fact]
    public void It_lists_every_file_with_the_first_sentence_of_its_summary() =>
        DrawnPage.AssertIsCurrent("files.md", static text => text[..(text.IndexOf(Mark, StringComparison.Ordinal) + Mark.Length)] + Tables());

    [Theory]
    [InlineData("/// <summary>Reads <c>a|b</c>. More.</summary>\ninternal static class Reader", "Reader", "Reads `a\\|b`.")]
    [InlineData("/// <summary>A part.</summary>\nenum Part\n{\n}\n\n/// <summary>\n/// Has <see cref=\"Part\"/>s, e.g. <see langword=\"null\"/>:\n/// a &lt; b.\n/// </summary>\n[Flags]\n[Names(\n    One = 1)]\npublic sealed class Whole", "Whole", "Has `Part`s, e.g. `null`: a < b.")]
    [InlineData("/// <summary>The first one.</summary>\npublic record struct One;\n\n/// <summary>Another.</summary>\npublic record struct Two;", "Three", "The first one.")]
    [InlineData("// A program. It ends.\nusing System;\n\nreturn 0;", "Program", "A program.")]
    [InlineData("return 0;", "Program", "")]
    public void The_sentence_is_that_of_the_type_with_the_name_of_the_file(string source, string name, string expected) =>
        Assert.Equal(expected, Sentence(source, name));

    private static string Tables()
    {
        var page = new StringBuilder();
        var folders = Projects().SelectMany(static project => Directory.EnumerateFiles(project, "*.cs", SearchOption.AllDirectories))
            .Select(static file => Path.GetRelativePath(Repository.Root, file))
            .Where(static file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
            .GroupBy(static file => Path.GetDirectoryName(file)!)
            .OrderBy(static folder => folder.Key, StringComparer.Ordinal);
        foreach (var folder in folders)
        {
            page.Append($"\n## {folder.Key}\n\n| file | what it is |\n|---|---|\n");
            foreach (var file in folder.Order(StringComparer.Ordinal))
            {
                var name = Path.GetFileName(file);
                page.Append($"| [`{name}`](../{file}) | {Sentence(File.ReadAllText(Path.Combine(Repository.Root, file)), Path.GetFileNameWithoutExtension(name))} |\n");
            }
        }

        return page.ToString();
    }

    private static IEnumerable<string> Projects() =>
        new[] { "analyzer", "tool" }.SelectMany(static half => Directory.EnumerateDirectories(Path.Combine(Repository.Root, half)));

    private static string Sentence(string source, string name)
    {
        var summaries = Summaries().Matches(source.ReplaceLineEndings("\n"));
        var summary = summaries.FirstOrDefault(match => match.Groups["type"].Value == name) ?? summaries.FirstOrDefault() ?? FirstComment().Match(source);
        var text = Comment().Replace(summary.Groups["text"].Value, " ");
        text = Reference().Replace(text, static match => $"`{match.Groups["name"].Value}`");
        text = text.Replace("<c>", "`", StringComparison.Ordinal).Replace("</c>", "`", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal);
        text = System.Net.WebUtility.HtmlDecode(Spaces().Replace(text, " ").Trim());
        return FirstSentence().Match(text).Value;
    }

    // The documentation of a type, then attributes and comments, then its declaration, which begins a line. Members are indented.
    [GeneratedRegex(@"^/// <summary>(?<text>(?:(?!</summary>)[\s\S])*)</summary>\n(?:(?!/// <summary>).*\n)*?(?:(?:public|internal|file|static|sealed|abstract|partial|readonly|ref|unsafe|class|record|struct|interface|enum) )+(?<type>\w+)", RegexOptions.Multiline)]
    private static partial Regex Summaries();

    // A file without a documented type says at its beginning what it is.
    [GeneratedRegex(@"\A// (?<text>.*)")]
    private static partial Regex FirstComment();

    [GeneratedRegex(@"\n\s*///")]
    private static partial Regex Comment();

    [GeneratedRegex(@"<(?:see (?:cref|langword)|paramref name)=""(?:[A-Za-z]:)?(?:[\w.]*\.)?(?<name>[\w{}]+)(?:\([^""]*\))?""\s*/>")]
    private static partial Regex Reference();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"^.*?(?:[.?](?=\s+[A-Z]|$)|$)")]
    private static partial Regex FirstSentence();
}
