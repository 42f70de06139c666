using System.Buffers.Binary;

namespace ForkLint.Heap.Child;

/// <summary>
/// The build id of an ELF image: two files with the same one are the same build. It lies in a PT_NOTE segment
/// of type NT_GNU_BUILD_ID (System V gABI, chapter 5; GNU ld <c>--build-id</c>).
/// </summary>
internal static class BuildIdentifier
{
    private const int HeaderBytes = 64;
    private const int ProgramHeaderBytes = 56;
    private const uint NoteSegment = 4;
    private const uint GnuBuildId = 3;

    /// <summary>Reads an image through <paramref name="read"/> (offset in the image, buffer → bytes read); null if it has none.</summary>
    /// <param name="read">The image's bytes.</param>
    /// <param name="isLoaded">True for an image in memory, where a segment lies at its virtual address; false for a file.</param>
    public static string? Read(Func<ulong, byte[], int> read, bool isLoaded)
    {
        byte[] header = new byte[HeaderBytes];
        if (read(0, header) < HeaderBytes || BinaryPrimitives.ReadUInt32BigEndian(header) != 0x7F454C46 || header[4] != 2)
        {
            return null;
        }

        ulong table = BinaryPrimitives.ReadUInt64LittleEndian(header.AsSpan(32));
        int count = Math.Min((int)BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(56)), 64);
        byte[] programHeader = new byte[ProgramHeaderBytes];
        for (int i = 0; i < count; i++)
        {
            if (read(table + (ulong)(i * ProgramHeaderBytes), programHeader) < ProgramHeaderBytes)
            {
                return null;
            }

            if (BinaryPrimitives.ReadUInt32LittleEndian(programHeader) == NoteSegment)
            {
                ulong position = BinaryPrimitives.ReadUInt64LittleEndian(programHeader.AsSpan(isLoaded ? 16 : 8));
                ulong length = BinaryPrimitives.ReadUInt64LittleEndian(programHeader.AsSpan(32));
                byte[] notes = new byte[(int)Math.Min(length, 4096)];
                int got = read(position, notes);
                if (Find(notes.AsSpan(0, Math.Max(got, 0))) is { } found)
                {
                    return found;
                }
            }
        }

        return null;
    }

    /// <summary>The build id of a file, or null.</summary>
    public static string? OfFile(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            return Read(
                (offset, buffer) =>
                {
                    file.Position = (long)offset;
                    return file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
                },
                isLoaded: false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string? Find(ReadOnlySpan<byte> notes)
    {
        while (notes.Length >= 12)
        {
            uint nameLength = BinaryPrimitives.ReadUInt32LittleEndian(notes);
            uint valueLength = BinaryPrimitives.ReadUInt32LittleEndian(notes[4..]);
            uint type = BinaryPrimitives.ReadUInt32LittleEndian(notes[8..]);
            ulong valueAt = 12 + ((nameLength + 3UL) & ~3UL);
            ulong next = valueAt + ((valueLength + 3UL) & ~3UL);
            if (valueAt + valueLength > (ulong)notes.Length)
            {
                return null;
            }

            if (type == GnuBuildId && nameLength == 4 && notes.Slice(12, 3).SequenceEqual("GNU"u8))
            {
                return Convert.ToHexString(notes.Slice((int)valueAt, (int)valueLength));
            }

            notes = next >= (ulong)notes.Length ? default : notes[(int)next..];
        }

        return null;
    }
}
