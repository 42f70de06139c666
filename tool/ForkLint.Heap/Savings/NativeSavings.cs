namespace ForkLint.Heap.Savings;

/// <summary>What is charged or resident and is no managed object: one class for each kind of it. To add one, add its class here.</summary>
internal static class NativeSavings
{
    internal static readonly Func<SavingsContext, IEnumerable<Saving>>[] Kinds =
    [
        GcFreeSavings.Find,
        StackSavings.Find,
        MallocSavings.Find,
        BlockSavings.Find,
        AllocatorSavings.Find,
        ProgramSavings.Find,
        NamedSavings.Find,
        FileSavings.Find,
    ];

    /// <summary>
    /// All savings: the managed ones first, which get no more than the collector's memory has, then the native ones. What is left is an entry of its own, so that the list
    /// adds up to the charge and to what a child has resident.
    /// </summary>
    public static IReadOnlyList<Saving> All(SavingsContext context)
    {
        SavingsLedger all = new(context.Layout.ChargeBytes, context.Layout.CopiedBytes);
        List<Saving> savings = [];
        if (context.Managed is { } managed)
        {
            SavingsLedger heap = new(
                SavingsContext.Charge(GcFreeSavings.Heap(context.Layout)),
                SavingsContext.Resident(GcFreeSavings.Heap(context.Layout)));
            savings.AddRange(managed.Savings.Select(saving => all.Take(heap.Take(saving))));
        }

        savings.AddRange(Kinds.SelectMany(kind => kind(context)).Select(saving => all.Take(context.With(saving))));
        Saving[] listed = [.. savings.Where(saving => saving.WeightBytes >= context.Options.SmallestSavingBytes).OrderByDescending(saving => saving.WeightBytes)];

        // What is too small to be listed is part of the rest.
        Saving[] unlisted = [.. savings.Where(saving => saving.WeightBytes < context.Options.SmallestSavingBytes)];
        Saving rest = OtherSavings.Of(context, all.ChargeBytes + unlisted.Sum(saving => saving.CommitChargeBytes), all.ResidentBytes + unlisted.Sum(saving => saving.ChildResidentBytes));
        return rest.WeightBytes >= context.Options.SmallestSavingBytes ? [.. listed, context.With(rest)] : listed;
    }
}
