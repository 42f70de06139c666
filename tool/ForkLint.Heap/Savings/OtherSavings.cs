using System.Globalization;
using ForkLint.Linux;

namespace ForkLint.Heap.Savings;

/// <summary>What no other entry explains: with it the list adds up to the charge and to what a child has resident.</summary>
internal static class OtherSavings
{
    /// <summary>The entry.</summary>
    /// <param name="context">The memory.</param>
    /// <param name="charge">The charge that is left.</param>
    /// <param name="resident">The resident memory that is left.</param>
    public static Saving Of(SavingsContext context, long charge, long resident)
    {
        string heap = context.Managed is null && SavingsContext.Charge(GcFreeSavings.Heap(context.Layout)) is > 0 and long bytes
            ? string.Create(CultureInfo.InvariantCulture, $"; {ByteSize.Format(bytes)} of it look like the collector's heap, whose objects were not read")
            : "";
        return SavingsContext.Of(
            "everything else: what the runtime and the C library need, what is kept, and what is too small to be listed" + heap,
            SavingKind.Other,
            charge,
            resident,
            "ForkLint knows no way to free it. It is listed so that the entries add up to the charge of a fork.") with
        { Means = SavingMeans.Nothing };
    }
}
