using ForkLint.Tool.Findings;

namespace ForkLint.Tool.Checking.Sarif;

/// <summary>Which rules are ours, and the words SARIF has for levels and states.</summary>
internal static class RuleNames
{
    /// <summary>What every rule's id begins with.</summary>
    public const string Prefix = "FORK";

    private const int DigitCount = 3;

    /// <summary>Whether an id is that of a ForkLint rule: FORK and three digits.</summary>
    public static bool IsOurs(string id) =>
        id.Length == Prefix.Length + DigitCount
        && id.StartsWith(Prefix, StringComparison.Ordinal)
        && id.AsSpan(Prefix.Length).IndexOfAnyExceptInRange('0', '9') < 0;

    /// <summary>The page of one of our rules; null for any other id. A log's own help links are not followed: a log may come from anyone.</summary>
    public static string? Page(string id) => IsOurs(id) ? $"https://github.com/forklint/forklint/blob/main/docs/rules/{id}.md" : null;

    /// <summary>A level as SARIF writes it. What is not known counts as a warning, SARIF's own default (§3.27.10).</summary>
    public static FindingLevel ParseLevel(string? level) => level switch
    {
        "none" => FindingLevel.None,
        "note" => FindingLevel.Note,
        "error" => FindingLevel.Error,
        _ => FindingLevel.Warning,
    };

    /// <summary>SARIF's word for a level.</summary>
    public static string Name(FindingLevel level) => level switch
    {
        FindingLevel.None => "none",
        FindingLevel.Note => "note",
        FindingLevel.Error => "error",
        _ => "warning",
    };

    /// <summary>SARIF's word for a state; null where nothing was compared.</summary>
    public static string? Name(BaselineState state) => state switch
    {
        BaselineState.New => "new",
        BaselineState.Unchanged => "unchanged",
        BaselineState.Absent => "absent",
        _ => null,
    };
}
