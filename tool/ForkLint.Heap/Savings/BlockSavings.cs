using System.Globalization;
using ForkLint.Heap.Native;

namespace ForkLint.Heap.Savings;

/// <summary>Large blocks of malloc's, and large anonymous mappings.</summary>
internal static class BlockSavings
{
    public static IEnumerable<Saving> Find(SavingsContext context)
    {
        foreach (NativeRange range in context.Layout.Large(context.Options.SmallestSavingBytes))
        {
            NativeOwner? owner = context.Owners?.Of(range);
            if (owner is null && !range.IsMalloc && context.Layout.Allocator is not null)
            {
                // Most likely the allocator's: see AllocatorSavings.
                continue;
            }

            // A block of malloc's begins behind its header: that is the address the application knows.
            ulong address = range.IsMalloc ? range.Start + 16 : range.Start;
            string known = owner is null ? "" : $"; its address is in {owner.Display}, which may own it";
            yield return SavingsContext.Of(
                range.IsMalloc
                    ? string.Create(CultureInfo.InvariantCulture, $"one native block of {range.Bytes - Environment.SystemPageSize:N0} bytes or a little more (malloc, at 0x{address:x}){known}")
                    : string.Create(CultureInfo.InvariantCulture, $"an anonymous mapping of {range.Bytes:N0} bytes at 0x{address:x}{known}"),
                SavingKind.Native,
                range.Piece.ChargeBytes,
                range.Piece.CopiedBytes,
                (range.IsMalloc
                    ? context.Options.IsDotNet ? "Free it before the fork (NativeMemory.Free, Marshal.FreeHGlobal): it goes at once, no collection needed." : "Free it before the fork: a block of this size is a mapping of its own and goes at once."
                    : "Unmap it before the fork if it is yours.")
                    + " If it must stay and the child does not need it, madvise(…, MADV_DONTFORK) takes it out of the fork.") with
            {
                Confidence = range.IsMalloc ? Confidence.Exact : Confidence.Estimated,
                Holder = string.Create(CultureInfo.InvariantCulture, $"native:0x{address:x}"),
                PossibleOwner = owner?.Key,
            };
        }
    }
}
