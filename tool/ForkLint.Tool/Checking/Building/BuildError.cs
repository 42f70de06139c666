using System.Text.RegularExpressions;
using ForkLint.Tool.Checking.Sarif;

namespace ForkLint.Tool.Checking.Building;

/// <summary>One error that a build printed.</summary>
/// <param name="Code">Such as <c>CS0103</c>; empty when it has none.</param>
/// <param name="Project">The project's path; null when the line names none.</param>
/// <param name="Text">The line, without the project.</param>
internal sealed partial record BuildError(string Code, string? Project, string Text)
{
    /// <summary>Whether it is a finding of ForkLint that the project's configuration raised to an error.</summary>
    public bool IsFinding => RuleNames.IsOurs(Code);

    /// <summary>The errors in what MSBuild printed with <c>ErrorsOnly</c>, each once, in order.</summary>
    public static IReadOnlyList<BuildError> Parse(string output)
    {
        var errors = new List<BuildError>();
        foreach (var line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var (text, project) = SplitProject(line);
            var match = ErrorLine().Match(text);
            if (match.Success)
            {
                errors.Add(new BuildError(match.Groups["code"].Value, project, text));
            }
        }

        return [.. errors.Distinct()];
    }

    // "… [/src/App.csproj::TargetFramework=net8.0]": the project, and which of its builds it was. The path may hold brackets of its own.
    private static (string Text, string? Project) SplitProject(string line)
    {
        if (!line.EndsWith(']'))
        {
            return (line, null);
        }

        for (var start = line.LastIndexOf(" [", StringComparison.Ordinal); start > 0; start = line.LastIndexOf(" [", start - 1, StringComparison.Ordinal))
        {
            var path = line[(start + 2)..^1].Split("::")[0];
            if (Path.IsPathRooted(path))
            {
                return (line[..start].TrimEnd(), path);
            }
        }

        return (line, null);
    }

    // MSBuild's canonical form: origin, "error", a code and a text. The word is not translated.
    [GeneratedRegex(@"^(?:.*?:\s*)?(?:\w+\s+)?error(?:\s+(?<code>[A-Za-z]+[0-9]+))?\s*:", RegexOptions.CultureInvariant)]
    private static partial Regex ErrorLine();
}
