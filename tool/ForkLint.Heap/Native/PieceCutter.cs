using ForkLint.Linux;

namespace ForkLint.Heap.Native;

/// <summary>Cuts mappings into pieces of one owner each, and counts page by page what is resident in each part.</summary>
internal static class PieceCutter
{
    /// <summary>The pieces of all mappings, ascending.</summary>
    /// <param name="openPages">Opens the page map; null from it where there is none.</param>
    /// <param name="mappings">The mappings, ascending.</param>
    /// <param name="owned">Whose what is.</param>
    public static IReadOnlyList<MemoryPiece> Cut(Func<PageMap?> openPages, IReadOnlyList<Mapping> mappings, OwnedRanges owned)
    {
        using PageMap? pages = openPages();
        List<MemoryPiece> pieces = [];
        foreach (Mapping mapping in mappings)
        {
            List<(ulong Start, ulong End, PieceOwner? Owner)> parts = mapping.IsFile || !mapping.IsPrivate
                ? [(mapping.Start, mapping.End, null)]
                : [.. owned.Cut(mapping.Start, mapping.End)];
            pieces.AddRange(parts.Count == 1
                ? [new MemoryPiece(mapping, parts[0].Owner ?? OwnerOf(mapping))]
                : Parts(mapping, parts, pages));
        }

        return pieces;
    }

    private static PieceOwner OwnerOf(Mapping mapping) => mapping.Path switch
    {
        { Length: 0 } => PieceOwner.Anonymous,
        "[heap]" => PieceOwner.Break,
        _ when mapping.Path.StartsWith("[anon:", StringComparison.Ordinal) => PieceOwner.Named,
        _ when mapping.IsFile => PieceOwner.File,
        _ => PieceOwner.Kernel,
    };

    private static IEnumerable<MemoryPiece> Parts(Mapping mapping, List<(ulong Start, ulong End, PieceOwner? Owner)> parts, PageMap? pages)
    {
        long[] resident = [.. parts.Select(part => Resident(mapping, part.Start, part.End, pages))];

        // The page map counts the zero page too, and was read later: together the parts have what the mapping has, to the byte.
        long all = resident.Sum();
        long counted = 0;
        long given = 0;
        for (int i = 0; i < parts.Count; i++)
        {
            counted += resident[i];
            long upTo = i == parts.Count - 1 ? mapping.AnonymousBytes : all == 0 ? 0 : (long)((Int128)mapping.AnonymousBytes * counted / all);
            long bytes = upTo - given;
            given = upTo;
            yield return new MemoryPiece(
                mapping with
                {
                    Start = parts[i].Start,
                    End = parts[i].End,
                    ResidentBytes = bytes,
                    AnonymousBytes = bytes,
                    AnonymousHugePageBytes = Math.Min(bytes, mapping.AnonymousHugePageBytes),
                },
                parts[i].Owner ?? OwnerOf(mapping));
        }
    }

    private static long Resident(Mapping mapping, ulong start, ulong end, PageMap? pages) =>
        pages?.Count(start, end) is { IsOk: true } count
            ? count.Value.Present * Environment.SystemPageSize
            : (long)((double)mapping.AnonymousBytes * (end - start) / mapping.SizeBytes);
}
