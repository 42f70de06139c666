using System.Text.RegularExpressions;
using ForkLint.Tool;

namespace ForkLint.Gate.Tests;

/// <summary>The pages about check and gate, and the guides: their links lead somewhere, their commands are understood.</summary>
public sealed partial class DocumentationTests
{
    public static TheoryData<string> Pages =>
    [
        "docs/commands/check.md", "docs/commands/gate.md", "docs/costs/README.md",
        .. Directory.GetFiles(Repository.PathOf("docs/guides"), "*.md").Select(file => Path.GetRelativePath(Repository.Root, file)),
    ];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Links_lead_to_files_that_exist(string page)
    {
        var folder = Path.GetDirectoryName(Repository.PathOf(page))!;
        foreach (Match link in Link().Matches(File.ReadAllText(Repository.PathOf(page))))
        {
            var target = link.Groups["target"].Value;
            Assert.True(target.StartsWith("https://", StringComparison.Ordinal) || File.Exists(Path.Combine(folder, target)), $"{page} links to {target}");
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Commands_of_the_tool_are_understood(string page)
    {
        foreach (Match command in ToolCommand().Matches(File.ReadAllText(Repository.PathOf(page))))
        {
            var arguments = command.Groups["arguments"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            Assert.Empty(Application.CreateRoot().Parse(arguments).Errors.Select(error => $"{page}: {command.Value}: {error.Message}"));
        }
    }

    [Fact]
    public void Every_message_that_is_explained_is_one_that_is_printed()
    {
        var sources = string.Concat(Directory.GetFiles(Repository.PathOf("tool"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText)).Replace("\\\"", "\"", StringComparison.Ordinal);
        var messages = ExplainedMessage().Matches(File.ReadAllText(Repository.PathOf("docs/guides/troubleshooting.md")));
        Assert.True(messages.Count > 20);
        foreach (Match message in messages)
        {
            Assert.Contains(message.Groups["text"].Value, sources, StringComparison.Ordinal);
        }
    }

    [GeneratedRegex(@"\]\((?<target>[^)#]+)(?:#[^)]*)?\)", RegexOptions.CultureInvariant)]
    private static partial Regex Link();

    // To the end of the line, to the explanation that stands two blanks behind it, or to what is the shell's.
    [GeneratedRegex(@"^(?:\$ |docker .*? |kubectl .*? -- )?dotnet-forklint (?<arguments>.+?)(?=  |\s*$| >>)", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex ToolCommand();

    [GeneratedRegex(@"^\| `(?<text>[^`]+)` \|", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex ExplainedMessage();
}
