using System.Globalization;
using ForkLint.Heap.Native;
using ForkLint.Linux;

namespace ForkLint.Heap.Savings;

/// <summary>The memory that a program has from its start on: static variables that start as zero, and what it grew behind them by brk.</summary>
internal static class ProgramSavings
{
    public static IEnumerable<Saving> Find(SavingsContext context)
    {
        foreach (IGrouping<string, MemoryPiece> program in context.Layout.Of(PieceOwner.ZeroData).GroupBy(piece => context.Layout.ProgramOf(piece)))
        {
            yield return Static($"zero-initialised data of {program.Key} (.bss)", [.. program], SavingKind.Native, "native:bss:" + program.Key);
        }

        MemoryPiece[] grown = [.. context.Layout.Of(PieceOwner.Break)];
        if (grown.Length > 0 && context.Layout.Allocator is null)
        {
            yield return SavingsContext.Whole(
                string.Create(CultureInfo.InvariantCulture, $"{SavingsContext.Charge(grown):N0} bytes that the program got by brk, and glibc's malloc does not manage"),
                SavingKind.Native,
                grown,
                "Free what is not needed with the program's own allocator. The kernel takes back only what is at the end (sbrk).") with
            { Holder = "native:brk" };
        }
    }

    /// <summary>Static variables of a program or library.</summary>
    /// <param name="name">What they are, and whose.</param>
    /// <param name="pieces">Where they lie.</param>
    /// <param name="kind">Whether the file has them.</param>
    /// <param name="holder">Their name for programs.</param>
    public static Saving Static(string name, MemoryPiece[] pieces, SavingKind kind, string holder) => SavingsContext.Whole(
        $"{name}: {ByteSize.Format(pieces.Sum(static piece => piece.Mapping.SizeBytes))} of static variables",
        kind,
        pieces,
        "It is part of the program and cannot be unmapped. Make its large static arrays smaller, or allocate them when they are needed. "
            + "madvise(…, MADV_DONTNEED) on whole pages whose contents are not needed any more takes them out of the child's resident set, and not off the charge.") with
    { Means = SavingMeans.Nothing, Holder = holder };
}
