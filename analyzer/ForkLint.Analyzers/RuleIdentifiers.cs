namespace ForkLint.Analyzers;

/// <summary>The identifier of every rule, and where its page is.</summary>
internal static class RuleIdentifiers
{
    /// <summary>An option or an additional file cannot be read.</summary>
    public const string UnreadableConfiguration = "FORK000";

    /// <summary>A large allocation is used after a duplicating spawn it is held across.</summary>
    public const string UsedAfterFork = "FORK001";

    /// <summary>A large allocation is still held across a duplicating spawn, and not used after it.</summary>
    public const string HeldAcrossFork = "FORK002";

    /// <summary>A large allocation is used after a sharing spawn.</summary>
    public const string UsedAfterSharingSpawn = "FORK003";

    /// <summary>A large allocation is held while the method waits for the child, and not used after.</summary>
    public const string HeldWhileWaiting = "FORK004";

    /// <summary>A field holds a large allocation while its process spawns.</summary>
    public const string FieldHeldAcrossSpawn = "FORK005";

    /// <summary>A large allocation was dropped before a fork, but nothing gives its memory back.</summary>
    public const string DroppedButStillCharged = "FORK006";

    /// <summary>Managed code calls <c>fork</c> or a similar function.</summary>
    public const string ForkFromManagedCode = "FORK007";

    /// <summary>The result of an unbounded read is held across a duplicating spawn.</summary>
    public const string UnboundedReadHeldAcrossFork = "FORK008";

    /// <summary>The address of the rule's page, which is its file in <c>docs/rules</c>.</summary>
    public static string HelpLink(string identifier) =>
        "https://github.com/forklint/forklint/blob/main/docs/rules/" + identifier + ".md";
}
