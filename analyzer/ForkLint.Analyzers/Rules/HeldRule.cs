using System.Collections.Immutable;
using ForkLint.Analyzers.Flow;
using ForkLint.Analyzers.Sizing;
using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Rules;

/// <summary>What is known of one allocation in one method.</summary>
/// <param name="Allocation">The allocation.</param>
/// <param name="IsSizeUnknown">Whether its size is not known: the result of an unbounded read.</param>
/// <param name="Held">The spawns that it is held across, in source order.</param>
/// <param name="Dropped">The spawns that it was dropped before, in source order.</param>
internal sealed record HeldSituation(AllocationObject Allocation, bool IsSizeUnknown, List<SpawnEvent> Held, List<SpawnEvent> Dropped)
{
    /// <summary>Those that it is held across and that duplicate it.</summary>
    public List<SpawnEvent> Duplicating { get; } = Held.FindAll(static spawn => spawn.Spawn.Site.Kind == SpawnKind.Duplicates);

    /// <summary>Whether it is used after a spawn.</summary>
    public bool IsUsedAfter(SpawnEvent spawn) => spawn.UsedAfter.Contains(Allocation);
}

/// <summary>A rule about memory that a method holds across a spawn: what it says, when it applies, and what to do then.</summary>
/// <param name="Descriptor">Identifier, title, message, severity and help.</param>
/// <param name="At">The spawns that it speaks of; none where it does not apply.</param>
/// <param name="Remedy">What to do, by a short name; told whether the framework can give memory back at once.</param>
internal sealed record HeldRule(DiagnosticDescriptor Descriptor, Func<HeldSituation, List<SpawnEvent>> At, Func<Verdict, bool, string> Remedy)
{
    /// <summary>The rules. The first that applies to an allocation is reported.</summary>
    public static ImmutableArray<HeldRule> All { get; } = ImmutableArray.Create(
        new HeldRule(Descriptors.UnboundedReadHeldAcrossFork, static held => held.IsSizeUnknown ? held.Duplicating : [], Release) { IsFinal = true },
        new HeldRule(Descriptors.UsedAfterFork, static held => held.Duplicating.Exists(held.IsUsedAfter) ? held.Duplicating : [], static (_, _) => "allocateAfter") { IsFinal = true },
        new HeldRule(Descriptors.HeldAcrossFork, static held => held.Duplicating, Release) { IsFinal = true },
        new HeldRule(Descriptors.UsedAfterSharingSpawn, static held => held.Held.Exists(held.IsUsedAfter) ? held.Held : [], static (_, _) => "allocateAfter"),
        new HeldRule(Descriptors.HeldWhileWaiting, static held => held.Held.FindAll(spawn => spawn.HeldWhileWaiting.Contains(held.Allocation)), Release),
        new HeldRule(
            Descriptors.DroppedButStillCharged,
            static held => held.IsSizeUnknown ? [] : held.Dropped.FindAll(static spawn => spawn.Spawn.Site.Kind == SpawnKind.Duplicates),
            static (verdict, canDecommit) => verdict.IsPooled ? "doNotPool" : canDecommit ? "collect" : "allocateAfter"));

    /// <summary>The identifier.</summary>
    public string Id => Descriptor.Id;

    /// <summary>Whether no other rule can apply instead, even if a method that was not followed does more.</summary>
    public bool IsFinal { get; init; }

    private static string Release(Verdict verdict, bool canDecommit) =>
        verdict.IsPooled ? "doNotPool"
        : !verdict.Allocation.IsManaged ? "free"
        : verdict.Allocation.Allocation.Kind == AllocationKind.Pooled ? "doNotPool"
        : verdict.Duplicates && canDecommit ? "extractAndCollect"
        : "extract";
}
