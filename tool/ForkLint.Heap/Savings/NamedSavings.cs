using System.Globalization;
using ForkLint.Heap.Native;

namespace ForkLint.Heap.Savings;

/// <summary>Anonymous memory that whoever mapped it gave a name (prctl PR_SET_VMA_ANON_NAME, Linux 5.17).</summary>
internal static class NamedSavings
{
    public static IEnumerable<Saving> Find(SavingsContext context) =>
        context.Layout.Of(PieceOwner.Named).GroupBy(static piece => piece.Mapping.Path).Select(static group => new Saving
        {
            What = string.Create(CultureInfo.InvariantCulture, $"{group.Count()} anonymous mappings named {group.Key}"),
            Kind = SavingKind.Native,
            CommitChargeBytes = SavingsContext.Charge(group),
            ChildResidentBytes = SavingsContext.Resident(group),
            LatencySavedMicroseconds = null,
            ExposureBytes = 0,
            Action = "Unmap them before the fork if they are yours; the name says who mapped them. If they must stay and the child does not need them, madvise(…, MADV_DONTFORK) takes them out of the fork.",
            Confidence = Confidence.Estimated,
            Holder = "native:" + group.Key,
        });
}
