using System.Text.RegularExpressions;

namespace ForkLint.Docs.Tests;

/// <summary>A command that a page prints.</summary>
/// <param name="Page">The page, relative to the repository.</param>
/// <param name="Command">The line as a shell takes it, without the explanation behind it.</param>
public sealed record PrintedCommand(string Page, string Command)
{
    public override string ToString() => $"{Page}: {Command}";
}

/// <summary>The pages that users read.</summary>
internal static partial class Pages
{
    /// <summary>All of them, relative to the repository.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "README.md", "analyzer/ForkLint.Package/README.md", "tool/ForkLint.Tool/README.md",
        .. new[] { "docs", "samples" }.SelectMany(folder => Directory.GetFiles(Path.Combine(Repository.Root, folder), "*.md", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(Repository.Root, file)).Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
    ];

    /// <summary>The pages for people who change ForkLint: what they print is run by hand, but they name files too.</summary>
    public static IReadOnlyList<string> ForContributors { get; } =
    [
        "CONTRIBUTING.md", "SECURITY.md", "docs/architecture.md",
        .. new[] { "tests", "bench", "deploy" }.SelectMany(folder => Directory.GetFiles(Path.Combine(Repository.Root, folder), "README.md", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(Repository.Root, file)).Where(file => !file.Contains("/bin/", StringComparison.Ordinal) && !file.Contains("/obj/", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
    ];

    /// <summary>The files and folders that a page names in code, from the top of the repository. What has a stand-in such as <c>NAME</c> or <c>nnn</c> is none.</summary>
    public static IEnumerable<string> Places(string page) => Place().Matches(Repository.Read(page)).Select(match => match.Groups["place"].Value);

    /// <summary>Every command in a block of code, in the order of the pages.</summary>
    public static IEnumerable<PrintedCommand> Commands() =>
        All.SelectMany(page => ShellLines(Repository.Read(page)).Select(line => CommandLine().Match(line)).Where(match => match.Success).Select(match => new PrintedCommand(page, match.Groups["command"].Value)));

    /// <summary>The links of a page, without their anchors.</summary>
    public static IEnumerable<string> Links(string page) => Link().Matches(Repository.Read(page)).Select(match => match.Groups["target"].Value);

    /// <summary>The lines of the blocks that are in no other language.</summary>
    private static IEnumerable<string> ShellLines(string text)
    {
        string? block = null;
        foreach (var line in text.Split('\n'))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                block = block is null ? line : null;
            }
            else if (block == "```")
            {
                yield return line;
            }
        }
    }

    // To the end of the line, or to the explanation that stands three blanks behind it.
    [GeneratedRegex(@"^(?:\$ )?(?<command>(?:dotnet|dotnet-forklint|docker|kubectl|sudo|(?:docs|built|bench|samples)/[a-z/A-Z]+)(?: .*?)?)(?=   |\s*$)", RegexOptions.CultureInvariant)]
    private static partial Regex CommandLine();

    [GeneratedRegex(@"`(?<place>(?:analyzer|tool|tests|docs|samples|bench|deploy|\.ci)/(?![^`]*(?:NAME|nnn))[\w./-]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Place();

    [GeneratedRegex(@"\]\((?<target>[^)#]+)(?:#[^)]*)?\)", RegexOptions.CultureInvariant)]
    private static partial Regex Link();
}
