using ForkLint.Heap;
using ForkLint.Linux;

namespace ForkLint.Tool.Report;

/// <summary>Which of its costs decides where a saving stands: the one that is short here.</summary>
internal enum ShortCost
{
    /// <summary>None is: the larger of charge and resident memory decides.</summary>
    None,

    /// <summary>Memory in use: a memory limit is the nearest, or the machine has too little.</summary>
    Resident,

    /// <summary>Commit charge: the kernel refuses the fork, or counts every commitment strictly.</summary>
    CommitCharge,
}

/// <summary>The order of savings: what was never touched saves nothing where a limit on memory in use is near, however much charge it is.</summary>
internal static class SavingsOrder
{
    /// <summary>What is short for a process: the rule with the least room says it.</summary>
    public static ShortCost Of(ForkSituation situation)
    {
        var here = ForkAdmission.JudgeHere(situation);
        return here.DecidedBy switch
        {
            AdmissionRule.MemoryCgroup or AdmissionRule.MemoryHigh => ShortCost.Resident,
            AdmissionRule.Strict => ShortCost.CommitCharge,
            AdmissionRule.Heuristic => here.Succeeds == Answer.Yes ? ShortCost.None : ShortCost.CommitCharge,
            AdmissionRule.AvailableMemory => here.Succeeds == Answer.Yes ? ShortCost.None : ShortCost.Resident,
            _ => ShortCost.None,
        };
    }

    /// <summary>The savings in that order. What nothing is known to free comes behind them, and not to duplicate at all comes last.</summary>
    public static IReadOnlyList<Saving> Sort(IEnumerable<Saving> savings, ShortCost cost) =>
    [
        .. savings.OrderBy(static saving => saving.Kind switch
        {
            SavingKind.DoNotDuplicate => 2,
            SavingKind.Other => 1,
            _ => 0,
        })
        .ThenByDescending(saving => cost switch
        {
            ShortCost.Resident => saving.ChildResidentBytes,
            ShortCost.CommitCharge => saving.CommitChargeBytes,
            _ => saving.WeightBytes,
        })
        .ThenByDescending(static saving => saving.WeightBytes),
    ];
}
