using System.Buffers.Binary;
using ForkLint.Linux;

namespace ForkLint.Dumps.Core;

/// <summary>
/// Writes an ELF core file (elf(5)): header, program headers, notes, memory. The places of all memory are known beforehand; what turns out to be
/// unreadable splits its range in two, for which there are spare program headers (PT_NULL). Pages of zeroes become holes of the file.
/// </summary>
internal sealed class CoreWriter
{
    private const int ElfHeaderBytes = 64;
    private const int SectionHeaderBytes = 64;
    private const int ProgramHeaderBytes = 56;
    private const int SpareHeaders = 256;
    private const int ManyHeaders = 0xFFFF; // PN_XNUM: the number stands in the first section header
    private const ushort CoreFile = 4;
    private const ushort X64 = 62;
    private const ushort Arm64 = 183;
    private const uint Load = 1;
    private const uint Note = 4;
    private const int ChunkBytes = 1 << 20;

    private static readonly int PageBytes = Environment.SystemPageSize;

    private readonly IDumpFile _file;
    private readonly CoreContents _contents;
    private readonly List<(CoreRegion Region, long Offset)> _pieces = [];
    private readonly byte[] _buffer = new byte[ChunkBytes];
    private readonly PageEntry[] _entries = new PageEntry[ChunkBytes / PageBytes];
    private readonly Action<long> _advanced;
    private readonly CancellationToken _cancellation;
    private int _splits;
    private long _done;

    private CoreWriter(IDumpFile file, CoreContents contents, Action<long> advanced, CancellationToken cancellation)
    {
        _file = file;
        _contents = contents;
        _advanced = advanced;
        _cancellation = cancellation;
    }

    /// <summary>Writes everything; the file has no name yet.</summary>
    /// <param name="file">The file.</param>
    /// <param name="contents">What is written.</param>
    /// <param name="advanced">Told how many bytes of memory are done, now and then.</param>
    /// <param name="cancellation">The user's interruption.</param>
    /// <returns>The length of the dump in bytes.</returns>
    /// <exception cref="DumpException">The disk is full, or the process is gone.</exception>
    public static long Write(IDumpFile file, CoreContents contents, Action<long> advanced, CancellationToken cancellation)
    {
        var writer = new CoreWriter(file, contents, advanced, cancellation);
        var (process, notes, regions, _) = contents;
        int headers = 1 + regions.Count + SpareHeaders;
        bool isMany = headers >= ManyHeaders;
        long headBytes = ElfHeaderBytes + (isMany ? SectionHeaderBytes : 0);
        long headersBytes = (long)headers * ProgramHeaderBytes;
        return file.IsSequential ? InOneGo() : AtTheirPlaces();

        // Where each range begins is known before, and how many there are only after.
        long InOneGo()
        {
            var (places, end) = Places([.. regions.OrderByDescending(static region => region.IsShared)], Aligned(headBytes));
            file.Write(Head(process, headers, end, isMany), 0);
            writer.Copy(places);
            long notesAt = end + headersBytes;
            file.Write(writer.Headers(headers, notesAt, notes.Length), end);
            file.Write(notes, notesAt);
            file.Complete(notesAt + notes.Length);
            return notesAt + notes.Length;
        }

        long AtTheirPlaces()
        {
            long notesAt = headBytes + headersBytes;
            var (places, end) = Places(regions, Aligned(notesAt + notes.Length));
            writer.Copy(places.OrderByDescending(static place => place.Region.IsShared));
            file.Complete(end);
            file.Write(notes, notesAt);
            file.Write(writer.Headers(headers, notesAt, notes.Length), headBytes);
            file.Write(Head(process, headers, headBytes, isMany), 0);
            return end;
        }
    }

    private static (List<(CoreRegion Region, long Offset)> Places, long End) Places(IReadOnlyList<CoreRegion> regions, long offset)
    {
        var places = new List<(CoreRegion Region, long Offset)>();
        foreach (var region in regions)
        {
            places.Add((region, offset));
            offset += region.SizeBytes;
        }

        return (places, offset);
    }

    private void Copy(IEnumerable<(CoreRegion Region, long Offset)> places)
    {
        foreach (var (region, place) in places)
        {
            Copy(region, place);
        }
    }

    private static long Aligned(long bytes) => (bytes + PageBytes - 1) / PageBytes * PageBytes;

    private static byte[] Head(CoreProcess process, int headers, long headersAt, bool isMany)
    {
        var head = new byte[ElfHeaderBytes + (isMany ? SectionHeaderBytes : 0)];
        "\u007fELF"u8.CopyTo(head);
        head[4] = 2; // 64 bits
        head[5] = 1; // little endian
        head[6] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(16), CoreFile);
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(18), process.IsArm64 ? Arm64 : X64);
        head[20] = 1;
        BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(32), headersAt);
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(52), ElfHeaderBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(54), ProgramHeaderBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(56), (ushort)Math.Min(headers, ManyHeaders));
        if (isMany)
        {
            BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(40), ElfHeaderBytes);
            BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(58), SectionHeaderBytes);
            BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(60), 1);
            BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(ElfHeaderBytes + 32), 1);
            BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(ElfHeaderBytes + 44), headers);
        }

        return head;
    }

    private byte[] Headers(int count, long notesAt, int notesBytes)
    {
        // Debuggers search for an address among headers in ascending order.
        _pieces.Sort(static (one, other) => one.Region.Start.CompareTo(other.Region.Start));
        var headers = new byte[count * ProgramHeaderBytes];
        new ProgramHeader(Note, notesAt, notesBytes) { Alignment = 4 }.WriteTo(headers);
        for (int index = 0; index < _pieces.Count; index++)
        {
            var (region, offset) = _pieces[index];
            new ProgramHeader(Load, offset, region.SizeBytes) { Flags = region.Flags, Address = region.Start, Alignment = PageBytes }.WriteTo(headers.AsSpan((index + 1) * ProgramHeaderBytes));
        }

        return headers;
    }

    private void Copy(CoreRegion region, long offset)
    {
        if (region.Contents is { } contents)
        {
            _file.Write(contents, offset);
            End(region, region.Start, region.End, offset);
            return;
        }

        ulong pieceStart = region.Start;
        ulong at = region.Start;
        while (at < region.End)
        {
            _cancellation.ThrowIfCancellationRequested();
            int wanted = (int)Math.Min(ChunkBytes, region.End - at);
            long place = offset + (long)(at - region.Start);
            int got = region.IsAnonymous && IsUntouched(at, wanted) ? wanted : CopyChunk(at, wanted, place);
            at += (ulong)got;
            Advance(got);
            if (got < wanted)
            {
                // The page at which reading stopped is left out, and the range goes on behind it.
                bool isSplit = _splits < SpareHeaders;
                if (isSplit)
                {
                    _splits++;
                    End(region, pieceStart, at, offset);
                    pieceStart = at + (ulong)PageBytes;
                }

                at += (ulong)PageBytes;
                Advance(PageBytes);
            }
        }

        End(region, pieceStart, region.End, offset);
    }

    private void End(CoreRegion region, ulong start, ulong end, long offset)
    {
        if (end > start)
        {
            _pieces.Add((region with { Start = start, End = end }, offset + (long)(start - region.Start)));
        }
    }

    private void Advance(int bytes)
    {
        _done += bytes;
        _advanced(_done);
    }

    /// <summary>Copies what is not zero; how many bytes could be read, in whole pages.</summary>
    private int CopyChunk(ulong address, int wanted, long place)
    {
        int got = _contents.Memory.Read(address, _buffer.AsSpan(0, wanted)) / PageBytes * PageBytes;
        for (int start = 0; start < got;)
        {
            int end = start;
            while (end < got && !IsZero(end))
            {
                end += PageBytes;
            }

            if (end > start)
            {
                _file.Write(_buffer.AsSpan(start, end - start), place + start);
            }

            start = end + PageBytes;
        }

        return got;
    }

    private bool IsZero(int at) => !_buffer.AsSpan(at, PageBytes).ContainsAnyExcept((byte)0);

    private bool IsUntouched(ulong address, int bytes)
    {
        var entries = _entries.AsSpan(0, bytes / PageBytes);
        if (_contents.Memory.Pages?.Read(address, entries) is not { IsOk: true } read || read.Value != entries.Length)
        {
            return false;
        }

        foreach (var entry in entries)
        {
            if (entry.IsPresent || entry.IsSwapped)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A program header (Elf64_Phdr): a range of the file, and where in memory it belongs.</summary>
    private readonly record struct ProgramHeader(uint Type, long Offset, long SizeBytes)
    {
        public uint Flags { get; init; }

        public ulong Address { get; init; }

        public long Alignment { get; init; }

        public void WriteTo(Span<byte> header)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(header, Type);
            BinaryPrimitives.WriteUInt32LittleEndian(header[4..], Flags);
            BinaryPrimitives.WriteInt64LittleEndian(header[8..], Offset);
            BinaryPrimitives.WriteUInt64LittleEndian(header[16..], Address);
            BinaryPrimitives.WriteInt64LittleEndian(header[32..], SizeBytes);
            BinaryPrimitives.WriteInt64LittleEndian(header[40..], Type == Load ? SizeBytes : 0);
            BinaryPrimitives.WriteInt64LittleEndian(header[48..], Alignment);
        }
    }
}
