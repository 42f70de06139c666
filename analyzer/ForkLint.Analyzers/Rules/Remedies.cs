using ForkLint.Analyzers.Sizing;
using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Rules;

/// <summary>What to do about a finding: only what the target framework can do.</summary>
internal sealed class Remedies
{
    private readonly bool _canDecommit;

    /// <summary>Looks up what the compilation can call.</summary>
    public Remedies(Compilation compilation)
    {
        // GCCollectionMode.Aggressive came with .NET 7.
        _canDecommit = compilation.GetTypeByMetadataName("System.GCCollectionMode") is { } modes && !modes.GetMembers("Aggressive").IsEmpty;
    }

    /// <summary>A short name of the remedy, for tools.</summary>
    public string KindOf(Verdict verdict) =>
        verdict.RuleId is RuleIdentifiers.UsedAfterFork or RuleIdentifiers.UsedAfterSharingSpawn ? "allocateAfter"
        : verdict.IsPooled ? "doNotPool"
        : verdict.RuleId == RuleIdentifiers.DroppedButStillCharged ? _canDecommit ? "collect" : "allocateAfter"
        : !verdict.Allocation.IsManaged ? "free"
        : verdict.Allocation.Allocation.Kind == AllocationKind.Pooled ? "doNotPool"
        : verdict.Duplicates && _canDecommit ? "extractAndCollect"
        : "extract";

    /// <summary>What it costs and what to do, as the end of a sentence.</summary>
    public string TextOf(Verdict verdict)
    {
        var cost = verdict.Duplicates
            ? verdict.Spawn.Spawn.Site.ChargesCommit ? "all of it is charged and duplicated again: " : "the fork takes the longer for it: "
            : "";
        var text = KindOf(verdict) switch
        {
            "allocateAfter" when !verdict.Allocation.IsManaged && verdict.Duplicates =>
                "allocate it after the child has started, or keep it out of the child with madvise(…, MADV_DONTFORK)",
            "allocateAfter" => "start the child first, or allocate what the code after it needs only then",
            "doNotPool" => "a pool keeps its arrays and no collection returns them: allocate an array of your own"
                + (_canDecommit ? ", use it in a method of its own, and call GC.Collect(2, GCCollectionMode.Aggressive, true, true) before" : " after the child has started"),
            "collect" => "dropping it gives nothing back, nor does GC.Collect(): call GC.Collect(2, GCCollectionMode.Aggressive, true, true) before",
            "free" => "free it before",
            "extractAndCollect" =>
                "allocate and use it in a method of its own that returns before, then call GC.Collect(2, GCCollectionMode.Aggressive, true, true)",
            _ => "allocate and use it in a method of its own that returns before",
        };
        return cost + text;
    }

    /// <summary>What to do about a field.</summary>
    public string TextOfField(bool duplicates, bool isNative) => isNative ? "free it before the spawn"
        : duplicates && _canDecommit ? "set it to null and call GC.Collect(2, GCCollectionMode.Aggressive, true, true) before the spawn"
        : "set it to null before the spawn, or load it after";
}
