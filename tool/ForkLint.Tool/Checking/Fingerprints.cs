using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ForkLint.Tool.Findings;

namespace ForkLint.Tool.Checking;

/// <summary>
/// What makes two findings the same although lines moved: the rule, the member that contains it and the allocation it is about.
/// Never a line number, a size or a message, all of which change with unrelated edits. Where one member has
/// several such findings they are told apart by their order in the source.
/// </summary>
internal static class Fingerprints
{
    /// <summary>The name in <c>partialFingerprints</c>. It changes only when the same finding would get another value.</summary>
    public const string Name = "ruleMemberAllocation/v1";

    private const int HashBytes = 12;

    /// <summary>The same findings, merged over target frameworks, ordered by place and each with its fingerprint.</summary>
    public static List<Finding> Assign(IEnumerable<Finding> findings)
    {
        var merged = FindingMerge.Merge(findings);
        var occurrences = new Dictionary<string, int>(merged.Count, StringComparer.Ordinal);
        for (var index = 0; index < merged.Count; index++)
        {
            var identity = Identity(merged[index]);
            occurrences[identity] = occurrences.GetValueOrDefault(identity) + 1;
            merged[index] = merged[index] with { Fingerprint = Hash(identity, occurrences[identity]) };
        }

        return merged;
    }

    /// <summary>
    /// Rule, member and allocation as one text. A log that names no member (written by another version of the analyzer) falls
    /// back on the file, and one that names no holder on what the message puts in quotes first, or on the message without its
    /// figures.
    /// </summary>
    public static string Identity(Finding finding)
    {
        var member = finding.Properties.Member ?? finding.Location?.Path ?? "";
        var allocation = finding.Properties.HolderMember ?? finding.Properties.Holder ?? Quoted(finding.Message) ?? WithoutFigures(finding.Message);
        return $"{finding.RuleId}\n{member}\n{allocation}";
    }

    private static string Hash(string identity, int occurrence)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(identity), hash);
        return string.Create(CultureInfo.InvariantCulture, $"{Convert.ToHexString(hash[..HashBytes]).ToLowerInvariant()}:{occurrence}");
    }

    private static string? Quoted(string message)
    {
        var start = message.IndexOf('\'', StringComparison.Ordinal);
        var end = start < 0 ? -1 : message.IndexOf('\'', start + 1);
        return end < 0 ? null : message[(start + 1)..end];
    }

    private static string WithoutFigures(string message) =>
        string.Concat(message.Select(c => char.IsAsciiDigit(c) ? '#' : c)).Replace("##", "#", StringComparison.Ordinal);
}
