using System.Buffers.Binary;
using ForkLint.Heap.Child;
using ForkLint.Linux;

namespace ForkLint.Heap.Native;

/// <summary>
/// Where the static variables of a program or library lie that start as zero (<c>.bss</c>): the part of a loaded segment that its file does not have
/// (System V gABI, chapter 5: p_memsz greater than p_filesz). The kernel shows it as an anonymous mapping behind the file's, or as a part of the one behind it.
/// </summary>
/// <param name="Start">The first page that has nothing of the file.</param>
/// <param name="End">Behind the last one.</param>
/// <param name="Path">The program or library.</param>
internal sealed record ProgramData(ulong Start, ulong End, string Path)
{
    private const int HeaderBytes = 64;
    private const int ProgramHeaderBytes = 56;
    private const int MostProgramHeaders = 64;
    private const uint LoadedSegment = 1;
    private const uint WritableFlag = 2;
    private const ushort FixedProgram = 2; // ET_EXEC: its addresses are where it is

    /// <summary>The ranges of all that is loaded, ascending.</summary>
    /// <param name="memory">The memory: the headers are loaded with what they describe.</param>
    /// <param name="mappings">The mappings, ascending.</param>
    public static IReadOnlyList<ProgramData> Find(ChildMemory memory, IReadOnlyList<Mapping> mappings) =>
        [.. mappings.Where(static mapping => mapping is { IsFile: true, IsPrivate: true, OffsetBytes: 0 }).SelectMany(mapping => Of(memory, mappings, mapping)).OrderBy(static data => data.Start)];

    private static List<ProgramData> Of(ChildMemory memory, IReadOnlyList<Mapping> mappings, Mapping first)
    {
        List<ProgramData> found = [];
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (memory.Read(first.Start, header) < HeaderBytes || !header[..4].SequenceEqual("\u007fELF"u8) || header[4] != 2)
        {
            return found;
        }

        ulong table = BinaryPrimitives.ReadUInt64LittleEndian(header[32..]);
        byte[] headers = new byte[Math.Min((int)BinaryPrimitives.ReadUInt16LittleEndian(header[56..]), MostProgramHeaders) * ProgramHeaderBytes];
        if (table > (ulong)first.SizeBytes || memory.Read(first.Start + table, headers) < headers.Length)
        {
            return found;
        }

        ulong page = (ulong)Environment.SystemPageSize;
        ulong? bias = BinaryPrimitives.ReadUInt16LittleEndian(header[16..]) == FixedProgram ? 0 : null;
        for (int at = 0; at < headers.Length; at += ProgramHeaderBytes)
        {
            ReadOnlySpan<byte> entry = headers.AsSpan(at, ProgramHeaderBytes);
            if (BinaryPrimitives.ReadUInt32LittleEndian(entry) != LoadedSegment)
            {
                continue;
            }

            ulong offset = BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]);
            ulong address = BinaryPrimitives.ReadUInt64LittleEndian(entry[16..]);
            ulong inFile = BinaryPrimitives.ReadUInt64LittleEndian(entry[32..]);
            ulong inMemory = BinaryPrimitives.ReadUInt64LittleEndian(entry[40..]);
            bias ??= first.Start - (address & ~(page - 1));
            ulong start = (bias.Value + address + inFile + page - 1) & ~(page - 1);
            ulong end = (bias.Value + address + inMemory + page - 1) & ~(page - 1);
            if ((BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]) & WritableFlag) != 0 && inMemory > inFile && end > start
                && IsLoaded(mappings, first.Path, bias.Value + address, offset, inFile))
            {
                found.Add(new ProgramData(start, end, first.Path));
            }
        }

        return found;
    }

    /// <summary>
    /// Whether the segment is where it says: a file that is only mapped to be read has the same header, and behind it lies something else. Of a segment
    /// of which the file has nothing, the program beside it must be there.
    /// </summary>
    private static bool IsLoaded(IReadOnlyList<Mapping> mappings, string path, ulong address, ulong offset, ulong inFile) => inFile == 0
        ? mappings.Any(mapping => mapping.Path == path && mapping.Permissions[2] == 'x')
        : mappings.Any(mapping => mapping.Path == path && mapping.IsPrivate && mapping.Permissions[1] == 'w'
            && address + inFile > mapping.Start && address + inFile - 1 < mapping.End
            && mapping.OffsetBytes + (address + inFile - 1 - mapping.Start) == offset + inFile - 1);
}
