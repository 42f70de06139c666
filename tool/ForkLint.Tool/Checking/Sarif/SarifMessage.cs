using System.Globalization;
using System.Text.RegularExpressions;
using ForkLint.Tool.Findings;

namespace ForkLint.Tool.Checking.Sarif;

/// <summary>
/// A message in the tool's own log: the analyzer's text, followed by a link to each further place, because code scanning shows a
/// related location only where the message links to it. Brackets of the text itself are escaped (SARIF 2.1.0, §3.11.6).
/// </summary>
internal static partial class SarifMessage
{
    /// <summary>The text to write; the numbers in its links are those of the related locations, from 1.</summary>
    public static string Write(Finding finding)
    {
        var text = finding.Message.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("[", "\\[", StringComparison.Ordinal).Replace("]", "\\]", StringComparison.Ordinal);
        if (finding.RelatedLocations.Count == 0)
        {
            return text;
        }

        var links = finding.RelatedLocations.Select((_, index) => string.Create(CultureInfo.InvariantCulture, $"[{RelatedLocationRole.Describe(finding, index)}]({index + 1})"));
        return $"{text} ({string.Join(", ", links)})";
    }

    /// <summary>The message of which <see cref="Write"/> made a text.</summary>
    public static string Read(string text) => Escaped().Replace(Links().Replace(text, ""), "$1");

    [GeneratedRegex(@" \(\[[a-z ]+\]\([0-9]+\)(, \[[a-z ]+\]\([0-9]+\))*\)$", RegexOptions.CultureInvariant)]
    private static partial Regex Links();

    [GeneratedRegex(@"\\([\[\]\\])", RegexOptions.CultureInvariant)]
    private static partial Regex Escaped();
}
