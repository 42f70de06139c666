using Microsoft.Extensions.FileSystemGlobbing;
using Microsoft.Extensions.FileSystemGlobbing.Abstractions;

namespace ForkLint.Tool.Findings;

/// <summary>File names in which <c>*</c> and <c>**</c> stand for others, as steps of a workflow write them where no shell reads them.</summary>
internal static class InputPatterns
{
    /// <summary>The files that are meant, each once, in order. What is not a pattern, or is the name of a file as it stands, is kept as it is.</summary>
    /// <exception cref="UnreadableInputException">A pattern matches nothing.</exception>
    public static IReadOnlyList<string> Expand(IEnumerable<string> names) => [.. names.SelectMany(Expand).Distinct(StringComparer.Ordinal)];

    private static IEnumerable<string> Expand(string name)
    {
        if (!name.Contains('*', StringComparison.Ordinal) || File.Exists(name))
        {
            return [name];
        }

        // What is before the first pattern is a folder, and '..' may be in it, which a pattern may not hold.
        var parts = name.Split('/');
        var fixedParts = parts.TakeWhile(part => !part.Contains('*', StringComparison.Ordinal)).ToArray();
        var folder = fixedParts is [""] ? "/" : string.Join('/', fixedParts);
        var root = new DirectoryInfo(folder.Length == 0 ? "." : folder);
        var matcher = new Matcher(StringComparison.Ordinal);
        matcher.AddInclude(string.Join('/', parts.Skip(fixedParts.Length)));
        string[] found = root.Exists ? [.. matcher.Execute(new DirectoryInfoWrapper(root)).Files.Select(match => Path.Combine(folder, match.Path)).Order(StringComparer.Ordinal)] : [];
        return found.Length > 0 ? found : throw new UnreadableInputException($"no file matches {name}", "check the pattern, and the folder in which the command runs");
    }
}
