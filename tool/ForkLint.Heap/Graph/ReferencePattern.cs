namespace ForkLint.Heap.Graph;

/// <summary>How the references of a type's objects are found.</summary>
internal enum ReferenceKind
{
    /// <summary>There are none.</summary>
    None,

    /// <summary>At the same few places in every object.</summary>
    Fields,

    /// <summary>By the collector's own description: arrays, and whatever else is not simple.</summary>
    Described,
}

/// <summary>Where a type's objects hold references, in the form that is read fastest.</summary>
/// <param name="Kind">How they are found.</param>
/// <param name="Words">For <see cref="ReferenceKind.Fields"/>, the places, in words of 8 bytes from the object's start.</param>
/// <param name="ExtentBytes">How many bytes of the object must have been read for them.</param>
internal readonly record struct ReferencePattern(ReferenceKind Kind, ushort[] Words, int ExtentBytes)
{
    /// <summary>Objects with more are few, and read like arrays.</summary>
    private const int MostFields = 512;

    public static ReferencePattern Of(GcLayout layout)
    {
        if (!layout.HasReferences && !layout.IsCollectible)
        {
            return new ReferencePattern(ReferenceKind.None, [], 0);
        }

        List<ushort> words = [];
        foreach (PointerSeries series in layout.Series)
        {
            for (long offset = series.Offset; offset < series.Offset + series.Length + layout.BaseBytes && words.Count <= MostFields; offset += 8)
            {
                words.Add((ushort)Math.Min(offset / 8, ushort.MaxValue));
            }
        }

        bool isSimple = layout is { ElementBytes: 0, IsCollectible: false, Elements.Length: 0 } && words.Count is > 0 and <= MostFields && words[^1] < ushort.MaxValue;
        return isSimple
            ? new ReferencePattern(ReferenceKind.Fields, [.. words], (words[^1] + 1) * 8)
            : new ReferencePattern(ReferenceKind.Described, [], 0);
    }
}
