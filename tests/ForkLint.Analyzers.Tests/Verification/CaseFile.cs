using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp;

namespace ForkLint.Verification;

/// <summary>
/// A file of Cases/: C# as people write it, one cause a file. On a line with <c>// WANT FORK001</c> exactly these rules stand, on any other
/// line none; <c>// MAYBE FORK001</c> allows one. FORK007 counts only where it is wanted. <c>// SAYS "text"</c> and
/// <c>// SAYS NOT "text"</c> ask for a part of a message there. The methods take and return runtime types, so that either compiler can run them.
/// </summary>
internal static partial class CaseFile
{
    private const string Common = "N.cs";

    /// <summary>The names of the files.</summary>
    public static IEnumerable<string> Names => typeof(CaseFile).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith("Cases/", StringComparison.Ordinal)).Select(name => name["Cases/".Length..]).Where(name => name != Common)
        .Order(StringComparer.Ordinal);

    /// <summary>Lints a file. Returns what is not as its markers say.</summary>
    public static async Task<string[]> Check(string name)
    {
        var text = Read(name);
        var result = await Lint.CSharp(text).File(Common, Read(Common)).On(Framework.Net100).LanguageVersion(LanguageVersion.Preview).Run().ConfigureAwait(false);
        var found = result.Diagnostics.Where(diagnostic => diagnostic.Location.SourceTree?.FilePath == Lint.Root + Lint.MainFile)
            .ToLookup(diagnostic => diagnostic.Location.GetLineSpan().StartLinePosition.Line);
        var wrong = new List<string>();
        var lines = text.Split('\n');
        for (var line = 0; line < lines.Length; line++)
        {
            var wanted = Ids(Wanted(), lines[line]);
            var allowed = Ids(Allowed(), lines[line]);
            var here = found[line].Where(diagnostic => diagnostic.Id != "FORK007" || wanted.Contains("FORK007")).ToList();
            var ids = here.Select(diagnostic => diagnostic.Id).Order(StringComparer.Ordinal).ToList();
            var messages = here.ConvertAll(LintResult.MessageOf);
            if (!(wanted.SequenceEqual(ids) || (allowed.Count > 0 && (ids.Count == 0 || allowed.SequenceEqual(ids))))
                || Said().Matches(lines[line]).Any(part => messages.Exists(message => message.Contains(part.Groups["text"].Value, StringComparison.Ordinal)) == part.Groups["not"].Success))
            {
                wrong.Add($"{name}({line + 1}): {lines[line].Trim()}\n{string.Join("\n", here.Select(diagnostic => $"  {diagnostic.Id} {LintResult.MessageOf(diagnostic)}"))}");
            }
        }

        return [.. wrong];
    }

    private static List<string> Ids(Regex marker, string line) =>
        [.. marker.Matches(line).SelectMany(match => match.Groups["id"].Captures).Select(capture => capture.Value).Order(StringComparer.Ordinal)];

    private static string Read(string name)
    {
        using var reader = new StreamReader(typeof(CaseFile).Assembly.GetManifestResourceStream("Cases/" + name)!);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"// WANT(?:[ ,]+(?<id>FORK\d+))+")]
    private static partial Regex Wanted();

    [GeneratedRegex(@"// MAYBE(?:[ ,]+(?<id>FORK\d+))+")]
    private static partial Regex Allowed();

    [GeneratedRegex("// SAYS (?<not>NOT )?\"(?<text>[^\"]*)\"")]
    private static partial Regex Said();
}
