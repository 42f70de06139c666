using System.Globalization;
using ForkLint.Heap.Native;

namespace ForkLint.Heap.Savings;

/// <summary>Anonymous memory that the program gave a name (prctl PR_SET_VMA_ANON_NAME, Linux 5.17).</summary>
internal static class NamedSavings
{
    public static IEnumerable<Saving> Find(SavingsContext context) =>
        context.Layout.Of(PieceOwner.Named).GroupBy(static piece => piece.Mapping.Path).Select(static group => SavingsContext.Whole(
            string.Create(CultureInfo.InvariantCulture, $"{group.Count()} anonymous mappings named {group.Key}"),
            SavingKind.Native,
            [.. group],
            "Unmap them before the fork if they are yours; the name says who mapped them. If they must stay and the child does not need them, madvise(…, MADV_DONTFORK) takes them out of the fork.") with
        { Holder = "native:" + group.Key });
}
