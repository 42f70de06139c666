using System.Buffers.Binary;
using ForkLint.Linux;

namespace ForkLint.Dumps.Core;

/// <summary>
/// What a dump without code keeps of the modules, so that a debugger can name and unwind without their files: of managed assemblies all, since
/// metadata and code are interleaved in them; of native libraries the headers, notes, symbols and unwind tables.
/// </summary>
/// <param name="memory">The process.</param>
internal sealed class ModuleParts(FrozenMemory memory)
{
    private const int HeaderBytes = 4096;
    private const int ProgramHeaderBytes = 56;
    private const int ProgramHeadersAt = 64;
    private const int MostProgramHeaders = 64;
    private const uint Dynamic = 2;
    private const uint Note = 4;
    private const uint UnwindTable = 0x6474E550; // PT_GNU_EH_FRAME

    /// <summary>The first segment of a library has its symbols, and often the unwind tables. Larger ones are data, such as ICU's.</summary>
    private const long FirstSegmentBytes = 4 << 20;

    /// <summary>The ranges of one module.</summary>
    /// <param name="mappings">Its mappings, ascending.</param>
    public IEnumerable<(ulong Start, ulong End)> Of(IReadOnlyList<MapRegion> mappings)
    {
        var first = mappings[0];
        byte[] header = new byte[HeaderBytes];
        int length = first.OffsetBytes == 0 && first.Permissions[0] == 'r' ? memory.Read(first.Start, header) : 0;
        if (header is [(byte)'M', (byte)'Z', ..] || Path.GetExtension(first.Path) is ".dll" or ".exe")
        {
            return mappings.Select(static map => (map.Start, map.End));
        }

        return length == HeaderBytes && header.AsSpan().StartsWith("\u007fELF"u8) ? OfLibrary(mappings, header) : [];
    }

    private static IEnumerable<(ulong Start, ulong End)> OfLibrary(IReadOnlyList<MapRegion> mappings, byte[] header)
    {
        var first = mappings[0];
        yield return (first.Start, first.SizeBytes <= FirstSegmentBytes && first.Permissions[2] != 'x' ? first.End : first.Start + HeaderBytes);
        int count = Math.Min((int)BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(56)), MostProgramHeaders);
        for (int index = 0; index < count; index++)
        {
            var entry = header.AsSpan(ProgramHeadersAt + (index * ProgramHeaderBytes), ProgramHeaderBytes);
            uint type = BinaryPrimitives.ReadUInt32LittleEndian(entry);
            ulong start = first.Start + BinaryPrimitives.ReadUInt64LittleEndian(entry[16..]);
            ulong size = BinaryPrimitives.ReadUInt64LittleEndian(entry[40..]);
            var holding = mappings.FirstOrDefault(map => map.Start <= start && start < map.End);
            if (type is not (Dynamic or Note or UnwindTable) || size == 0 || holding is null)
            {
                continue;
            }

            // Behind the search table of PT_GNU_EH_FRAME lie the tables themselves, which only section headers would delimit; linkers put them last.
            yield return type == UnwindTable
                ? (start, Math.Min(holding.End, start + (ulong)FirstSegmentBytes))
                : (start, Math.Min(holding.End, start + size));
        }
    }
}
