using ForkLint.Linux.Text;

namespace ForkLint.Linux;

/// <summary>
/// Parses <c>/proc/PID/smaps</c> (Linux fs/proc/task_mmu.c, show_smap). A .NET process has thousands of mappings with about 25 lines
/// each, so this walks the bytes once and allocates little more than the mappings.
/// </summary>
public static class SmapsParser
{
    /// <summary>
    /// The mappings in address order. Lines that are not known are skipped, figures that an older kernel does not print are 0;
    /// a mapping without VmFlags (kernels before 3.8) is <see cref="ReadFailure.NotAvailable"/>, because its charge cannot be known.
    /// </summary>
    /// <param name="text">The whole file.</param>
    public static Reading<IReadOnlyList<Mapping>> Parse(ReadOnlySpan<byte> text)
    {
        var mappings = new List<Mapping>(text.Length / 700);
        var strings = new MapsParser.StringCache();
        MapsParser.Header header = default;
        Figures figures = default;
        var open = false;
        var number = 0;
        while (Utf8Text.NextLine(ref text, out var line))
        {
            number++;
            if (line.IsEmpty)
            {
                return Malformed(number, line);
            }

            // A header starts with a hexadecimal digit in lower case, every other line with a capital letter.
            if (line[0] is >= (byte)'A' and <= (byte)'Z')
            {
                if (!open || !figures.TryAdd(line))
                {
                    return Malformed(number, line);
                }

                continue;
            }

            if (open)
            {
                if (!figures.HasFlags)
                {
                    return NoFlags(header);
                }

                mappings.Add(figures.ToMapping(header));
            }

            if (!MapsParser.TryParseHeader(line, ref strings, out header))
            {
                return Malformed(number, line);
            }

            figures = default;
            open = true;
        }

        if (open)
        {
            if (!figures.HasFlags)
            {
                return NoFlags(header);
            }

            mappings.Add(figures.ToMapping(header));
        }

        return Reading<IReadOnlyList<Mapping>>.Ok(mappings);
    }

    private static Reading<IReadOnlyList<Mapping>> Malformed(int number, ReadOnlySpan<byte> line) =>
        Reading<IReadOnlyList<Mapping>>.Fail(ReadFailure.Malformed, $"line {number} is not understood: {Utf8Text.Excerpt(line)}");

    private static Reading<IReadOnlyList<Mapping>> NoFlags(MapsParser.Header header) =>
        Reading<IReadOnlyList<Mapping>>.Fail(ReadFailure.NotAvailable, $"the mapping at {header.Start:x} has no VmFlags, so what a fork charges cannot be known");

    private struct Figures
    {
        private long _resident;
        private long _proportional;
        private long _privateClean;
        private long _privateDirty;
        private long _sharedClean;
        private long _sharedDirty;
        private long _anonymous;
        private long _anonymousHugePages;
        private long _swap;
        private long _kernelPageSize;
        private VmFlags _flags;

        public bool HasFlags { get; private set; }

        public bool TryAdd(ReadOnlySpan<byte> line)
        {
            if (!Utf8Text.TrySplitKey(line, out var key, out var value))
            {
                return false;
            }

            if (key.SequenceEqual("VmFlags"u8))
            {
                _flags = VmFlagsParser.Parse(value);
                HasFlags = true;
                return true;
            }

            // The length narrows the candidates to one or two comparisons.
            return key.Length switch
            {
                3 when key.SequenceEqual("Rss"u8) => Utf8Text.TryParseKilobytes(value, out _resident),
                3 when key.SequenceEqual("Pss"u8) => Utf8Text.TryParseKilobytes(value, out _proportional),
                4 when key.SequenceEqual("Swap"u8) => Utf8Text.TryParseKilobytes(value, out _swap),
                9 when key.SequenceEqual("Anonymous"u8) => Utf8Text.TryParseKilobytes(value, out _anonymous),
                12 when key.SequenceEqual("Shared_Clean"u8) => Utf8Text.TryParseKilobytes(value, out _sharedClean),
                12 when key.SequenceEqual("Shared_Dirty"u8) => Utf8Text.TryParseKilobytes(value, out _sharedDirty),
                13 when key.SequenceEqual("Private_Clean"u8) => Utf8Text.TryParseKilobytes(value, out _privateClean),
                13 when key.SequenceEqual("Private_Dirty"u8) => Utf8Text.TryParseKilobytes(value, out _privateDirty),
                13 when key.SequenceEqual("AnonHugePages"u8) => Utf8Text.TryParseKilobytes(value, out _anonymousHugePages),
                14 when key.SequenceEqual("KernelPageSize"u8) => Utf8Text.TryParseKilobytes(value, out _kernelPageSize),
                _ => true,
            };
        }

        public readonly Mapping ToMapping(MapsParser.Header header) => new()
        {
            Start = header.Start,
            End = header.End,
            Permissions = header.Permissions,
            OffsetBytes = header.Offset,
            Inode = header.Inode,
            Path = header.Path,
            ResidentBytes = _resident,
            ProportionalBytes = _proportional,
            PrivateCleanBytes = _privateClean,
            PrivateDirtyBytes = _privateDirty,
            SharedCleanBytes = _sharedClean,
            SharedDirtyBytes = _sharedDirty,
            AnonymousBytes = _anonymous,
            AnonymousHugePageBytes = _anonymousHugePages,
            SwapBytes = _swap,
            KernelPageSizeBytes = _kernelPageSize,
            Flags = _flags,
        };
    }
}
