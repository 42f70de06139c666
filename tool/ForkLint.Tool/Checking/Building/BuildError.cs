using System.Text.RegularExpressions;
using ForkLint.Tool.Checking.Sarif;

namespace ForkLint.Tool.Checking.Building;

/// <summary>One error that a build printed.</summary>
/// <param name="Code">Such as <c>CS0103</c>; empty when it has none.</param>
/// <param name="Project">The project's path; null when the line names none.</param>
/// <param name="Text">The line, without the project.</param>
internal sealed partial record BuildError(string Code, string? Project, string Text)
{
    /// <summary>Whether it is a finding of ours that the project's configuration raised to an error.</summary>
    public bool IsFinding => RuleNames.IsOurs(Code);

    /// <summary>The errors in what MSBuild printed with <c>ErrorsOnly</c>, each once, in order.</summary>
    public static IReadOnlyList<BuildError> Parse(string output)
    {
        var errors = new List<BuildError>();
        foreach (var line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var match = ErrorLine().Match(line);
            if (match.Success)
            {
                // "App.csproj::TargetFramework=net8.0": which of its builds it was.
                var project = match.Groups["project"].Success ? match.Groups["project"].Value.Split("::")[0] : null;
                errors.Add(new BuildError(match.Groups["code"].Value, project, match.Groups["text"].Value));
            }
        }

        return [.. errors.Distinct()];
    }

    // MSBuild's canonical form: origin, "error", a code, a text, and the project in brackets. The word is not translated.
    [GeneratedRegex(@"^(?<text>(?:.*?:\s*)?(?:\w+\s+)?error(?:\s+(?<code>[A-Za-z]+[0-9]+))?\s*:.*?)(?:\s+\[(?<project>[^\[\]]+)\])?$", RegexOptions.CultureInvariant)]
    private static partial Regex ErrorLine();
}
