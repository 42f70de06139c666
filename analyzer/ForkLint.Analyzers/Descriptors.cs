using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers;

/// <summary>
/// Every rule, once: title, message, severity, help. One that is live in the IDE for what one body decides, and comes at the end of the compilation for the rest, has two
/// descriptors of one identifier: the second is derived (<see cref="AtEnd"/>) and differs in the <c>CompilationEnd</c> tag only.
/// When a rule about held memory applies, and what to do then, stands in <c>HeldRule</c>.
/// </summary>
internal static class Descriptors
{
    private const string Memory = "Memory";
    private const string Reliability = "Reliability";
    private const string Configuration = "Configuration";

    /// <summary>{0} what is wrong, with the key or the text that cannot be read.</summary>
    public static readonly DiagnosticDescriptor UnreadableConfiguration = new(
        RuleIdentifiers.UnreadableConfiguration,
        "ForkLint's configuration cannot be read",
        "{0}",
        Configuration,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A forklint option or a line of a ForkLint additional file cannot be read, and is not applied.",
        helpLinkUri: RuleIdentifiers.HelpLink(RuleIdentifiers.UnreadableConfiguration));

    /// <summary>{0} holder, {1} size, {2} spawn with its path, {3} what to do.</summary>
    public static readonly DiagnosticDescriptor UsedAfterFork = new(
        RuleIdentifiers.UsedAfterFork,
        "A large allocation is held across a fork and used after it",
        "'{0}' ({1}) is held across {2} and used afterwards: {3}",
        Memory,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A fork charges and duplicates all memory the process holds. This allocation is needed after it.",
        helpLinkUri: RuleIdentifiers.HelpLink(RuleIdentifiers.UsedAfterFork));

    /// <summary>{0} holder, {1} size, {2} spawn with its path, {3} what to do.</summary>
    public static readonly DiagnosticDescriptor HeldAcrossFork = new(
        RuleIdentifiers.HeldAcrossFork,
        "A large allocation is held across a fork and not used after it",
        "'{0}' ({1}) may be held across {2} but its memory is not used afterwards: {3}",
        Memory,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A fork charges and duplicates all memory the process holds. This allocation could be freed first.",
        helpLinkUri: RuleIdentifiers.HelpLink(RuleIdentifiers.HeldAcrossFork));

    /// <summary>{0} holder, {1} size, {2} spawn with its path, {3} what to do, {4} the child, with its peak where it was traced.</summary>
    public static readonly DiagnosticDescriptor UsedAfterSharingSpawn = new(
        RuleIdentifiers.UsedAfterSharingSpawn,
        "A large allocation stays resident beside the child",
        "'{0}' ({1}) is used after {2} and stays resident beside {4}: {3}",
        Memory,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        description: "The child starts without a copy of the parent's memory, but in a container both must fit under one limit while it runs.",
        helpLinkUri: RuleIdentifiers.HelpLink(RuleIdentifiers.UsedAfterSharingSpawn));

    /// <summary>{0} holder, {1} size, {2} spawn with its path, {3} what to do, {5} the child and its peak where it was traced.</summary>
    public static readonly DiagnosticDescriptor HeldWhileWaiting = new(
        RuleIdentifiers.HeldWhileWaiting,
        "A large allocation is held while waiting for the child",
        "'{0}' ({1}) may be held{5} while this method waits for {2} but is not used afterwards: {3}",
        Memory,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "The allocation stays resident for as long as the child runs, although nothing needs it any more.",
        helpLinkUri: RuleIdentifiers.HelpLink(RuleIdentifiers.HeldWhileWaiting));

    /// <summary>{0} field, {1} size, {2} spawn with its path, {3} what it costs and what to do, {4} the child and its peak where it was traced.</summary>
    public static readonly DiagnosticDescriptor FieldHeldAcrossSpawn = new(
        RuleIdentifiers.FieldHeldAcrossSpawn,
        "A field holds a large allocation while the process spawns",
        "'{0}' ({1}) holds its memory across {2}{4}: {3}",
        Memory,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "What a field keeps alive is charged, duplicated or resident beside the child at every spawn of the process.",
        helpLinkUri: RuleIdentifiers.HelpLink(RuleIdentifiers.FieldHeldAcrossSpawn));

    /// <summary>{0} holder, {1} size, {2} spawn with its path, {3} why nothing came back and what gives it back.</summary>
    public static readonly DiagnosticDescriptor DroppedButStillCharged = new(
        RuleIdentifiers.DroppedButStillCharged,
        "A large allocation was dropped before a fork but its memory not given back",
        "'{0}' ({1}) was dropped before {2} but its memory is still charged: {3}",
        Memory,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        description: "The garbage collector keeps the memory of dropped objects committed until a collection decommits it, and a fork charges committed memory.",
        helpLinkUri: RuleIdentifiers.HelpLink(RuleIdentifiers.DroppedButStillCharged));

    /// <summary>{0} the whole sentence: the function, why it is dangerous, and what managed code runs in the child.</summary>
    public static readonly DiagnosticDescriptor ForkFromManagedCode = new(
        RuleIdentifiers.ForkFromManagedCode,
        "fork is called from managed code",
        "{0}",
        Reliability,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Only the calling thread survives in a forked child, so the garbage collector there can block forever; and since .NET 7 JIT memory is shared between parent and child (W^X), so managed code in the child can crash the parent.",
        helpLinkUri: RuleIdentifiers.HelpLink(RuleIdentifiers.ForkFromManagedCode));

    /// <summary>{0} holder, {1} the read, {2} spawn with its path, {3} what to do.</summary>
    public static readonly DiagnosticDescriptor UnboundedReadHeldAcrossFork = new(
        RuleIdentifiers.UnboundedReadHeldAcrossFork,
        "The result of an unbounded read is held across a fork",
        "'{0}' holds everything that {1} read across {2}, whatever its size: {3}",
        Memory,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        description: "The read returns as much as there is to read, and a fork charges and duplicates all of it.",
        helpLinkUri: RuleIdentifiers.HelpLink(RuleIdentifiers.UnboundedReadHeldAcrossFork));

    private static readonly ConcurrentDictionary<DiagnosticDescriptor, DiagnosticDescriptor> KnownAtEnd = new();

    /// <summary>The descriptors of a rule that one body may decide and that otherwise comes at the end of the compilation.</summary>
    public static IEnumerable<DiagnosticDescriptor> Both(DiagnosticDescriptor rule) => [rule, rule.AtEnd()];

    /// <summary>The same rule with the tag that tells the IDE not to expect it while typing: always the same descriptor for one rule.</summary>
    public static DiagnosticDescriptor AtEnd(this DiagnosticDescriptor live) => KnownAtEnd.GetOrAdd(live, AtCompilationEnd);

    private static DiagnosticDescriptor AtCompilationEnd(DiagnosticDescriptor live) => new(
        live.Id,
        live.Title,
        live.MessageFormat,
        live.Category,
        live.DefaultSeverity,
        live.IsEnabledByDefault,
        live.Description,
        live.HelpLinkUri,
        [.. live.CustomTags.ToImmutableArray(), WellKnownDiagnosticTags.CompilationEnd]);
}
