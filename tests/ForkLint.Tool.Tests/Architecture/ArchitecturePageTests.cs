using System.Text;
using System.Text.RegularExpressions;

namespace ForkLint.Architecture;

/// <summary>The pictures of docs/architecture.md are those of the compiled code. FORKLINT_DRAW=1 draws them again.</summary>
public sealed partial class ArchitecturePageTests
{
    [Fact]
    public void Its_pictures_are_drawn_from_the_code() => DrawnPage.AssertIsCurrent("architecture.md", static text =>
        Drawn("folders").Replace(Drawn("projects").Replace(text, static match => match.Groups["mark"].Value + ProjectPicture()), static match => match.Groups["mark"].Value + FolderPictures()));

    private static string ProjectPicture()
    {
        var arrows = FolderTests.Assemblies.SelectMany(from => from.Value.GetReferencedAssemblies().Select(to => to.Name!).Where(FolderTests.Assemblies.ContainsKey).Select(to => (From: from.Key, To: to))).ToHashSet();
        return Picture(arrows.Where(arrow => !arrows.Any(other => other.From == arrow.From && other.To != arrow.To && arrows.Contains((other.To, arrow.To))))
            .Select(arrow => (Short(arrow.From), Short(arrow.To))).Order());
    }

    private static string FolderPictures()
    {
        var pictures = new StringBuilder();
        foreach (var (name, assembly) in FolderTests.Assemblies.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            pictures.Append($"\n`{Short(name)}`\n\n{Picture(FolderTree.Arrows(assembly, FolderTests.Folder(name)))}");
        }

        return pictures.ToString();
    }

    private static string Picture(IEnumerable<(string From, string To)> arrows) =>
        $"```mermaid\nflowchart LR\n{string.Concat(arrows.Select(arrow => $"  {arrow.From} --> {arrow.To}\n"))}```\n";

    private static string Short(string project) => project["ForkLint.".Length..];

    private static Regex Drawn(string what) => what == "projects" ? DrawnProjects() : DrawnFolders();

    [GeneratedRegex("(?<mark><!-- drawn: projects -->\n)```mermaid\n.*?```\n", RegexOptions.Singleline)]
    private static partial Regex DrawnProjects();

    [GeneratedRegex("(?<mark><!-- drawn: folders -->\n).*?(?=\n## )", RegexOptions.Singleline)]
    private static partial Regex DrawnFolders();
}
