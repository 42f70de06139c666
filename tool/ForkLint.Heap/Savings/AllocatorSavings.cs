using System.Globalization;
using ForkLint.Heap.Native;

namespace ForkLint.Heap.Savings;

/// <summary>
/// Memory of an allocator other than glibc's: anonymous mappings without another owner, in a process that has loaded one. It is not known which of their bytes are in use.
/// </summary>
internal static class AllocatorSavings
{
    public static IEnumerable<Saving> Find(SavingsContext context)
    {
        if (context.Layout.Allocator is not { } allocator)
        {
            yield break;
        }

        HashSet<ulong> listed = [.. context.Layout.Large(context.Options.SmallestSavingBytes).Where(range => context.Owners?.Of(range) is not null).Select(static range => range.Start)];
        MemoryPiece[] pieces = [.. context.Layout.Pieces.Where(piece => piece.Owner is PieceOwner.Anonymous or PieceOwner.Break && !listed.Contains(piece.Mapping.Start))];
        yield return SavingsContext.Whole(
            string.Create(CultureInfo.InvariantCulture, $"memory that {allocator.Name} ({allocator.Library}) most likely manages: {pieces.Length} anonymous mappings"),
            SavingKind.Native,
            pieces,
            allocator.Advice) with
        { Confidence = Confidence.Possible, Holder = "native:" + allocator.Name };
    }
}
