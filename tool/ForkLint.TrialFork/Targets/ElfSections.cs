using System.Buffers.Binary;
using System.Text;

namespace ForkLint.TrialFork;

/// <summary>The section names of a 64-bit little-endian ELF file (elf(5)).</summary>
internal static class ElfSections
{
    private const int HeaderBytes = 64;
    private const int LargestTableBytes = 1 << 20;

    /// <summary>
    /// Whether the file has a section of this name. The NativeAOT compiler puts compiled managed code into "__managedcode"
    /// (dotnet/runtime ILCompiler.Compiler ObjectNodeSection.cs); a stripped program keeps its section headers.
    /// </summary>
    /// <returns>False where the file cannot be read or is no such ELF file.</returns>
    public static bool HasSection(string path, string name)
    {
        try
        {
            using var file = File.OpenHandle(path);
            Span<byte> header = stackalloc byte[HeaderBytes];
            if (RandomAccess.Read(file, header, 0) != HeaderBytes || !header[..6].SequenceEqual((ReadOnlySpan<byte>)[0x7F, 0x45, 0x4C, 0x46, 2, 1]))
            {
                return false;
            }

            long tableOffset = BinaryPrimitives.ReadInt64LittleEndian(header[0x28..]);
            int entryBytes = BinaryPrimitives.ReadUInt16LittleEndian(header[0x3A..]);
            int entries = BinaryPrimitives.ReadUInt16LittleEndian(header[0x3C..]);
            int namesIndex = BinaryPrimitives.ReadUInt16LittleEndian(header[0x3E..]);
            if (tableOffset <= 0 || entryBytes < HeaderBytes || namesIndex >= entries)
            {
                return false;
            }

            Span<byte> entry = stackalloc byte[HeaderBytes];
            if (RandomAccess.Read(file, entry, tableOffset + ((long)namesIndex * entryBytes)) != HeaderBytes)
            {
                return false;
            }

            long namesOffset = BinaryPrimitives.ReadInt64LittleEndian(entry[0x18..]);
            long namesBytes = BinaryPrimitives.ReadInt64LittleEndian(entry[0x20..]);
            if (namesOffset <= 0 || namesBytes is <= 0 or > LargestTableBytes)
            {
                return false;
            }

            var names = new byte[namesBytes];
            int read = RandomAccess.Read(file, names, namesOffset);
            return names.AsSpan(0, Math.Max(read, 0)).IndexOf(Encoding.ASCII.GetBytes($"\0{name}\0")) >= 0;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
