using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using ForkLint.Linux;

namespace ForkLint.Dumps.Core;

/// <summary>
/// The notes of a core file (core(5), elf(5); Linux include/uapi/linux/elfcore.h, include/linux/elfcore-compat.h): who the process is, what it
/// maps from files, and the registers of its threads.
/// </summary>
internal static class CoreNotes
{
    private const int Registers = 1; // NT_PRSTATUS
    private const int FloatingRegisters = 2; // NT_PRFPREG
    private const int ProcessInformation = 3; // NT_PRPSINFO
    private const int AuxiliaryVector = 6; // NT_AUXV
    private const int MappedFiles = 0x46494C45; // NT_FILE

    private const int ProcessInformationBytes = 136;
    private const int NameBytes = 16;
    private const int CommandLineBytes = 80;
    private const int RegistersAt = 112;
    private const string SystemOwner = "CORE";

    /// <summary>All notes, one after the other.</summary>
    /// <param name="process">The process.</param>
    /// <param name="maps">Its mappings.</param>
    public static byte[] Write(CoreProcess process, IReadOnlyList<MapRegion> maps)
    {
        using var notes = new MemoryStream();
        Append(notes, SystemOwner, ProcessInformation, Information(process));
        Append(notes, SystemOwner, AuxiliaryVector, process.AuxiliaryVector.Span);
        Append(notes, SystemOwner, MappedFiles, Files(maps));
        foreach (var thread in process.Threads)
        {
            Append(notes, SystemOwner, Registers, Status(process, thread));
            if (!thread.Floating.IsEmpty)
            {
                Append(notes, SystemOwner, FloatingRegisters, thread.Floating.Span);
            }
        }

        if (!process.MappingsText.IsEmpty)
        {
            // For 'measure --from', which needs to know what was charged and what was in memory.
            Append(notes, SmapsNote.Owner, SmapsNote.Mappings, process.MappingsText.Span);
            Append(notes, SmapsNote.Owner, SmapsNote.Threads, Names(process.Threads));
        }

        return notes.ToArray();
    }

    private static void Append(MemoryStream notes, string owner, int type, ReadOnlySpan<byte> description)
    {
        Span<byte> header = stackalloc byte[12];
        BinaryPrimitives.WriteInt32LittleEndian(header, owner.Length + 1);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], description.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], type);
        notes.Write(header);
        notes.Write(Encoding.ASCII.GetBytes(owner));
        notes.WriteByte(0);
        Pad(notes);
        notes.Write(description);
        Pad(notes);
    }

    private static void Pad(MemoryStream notes)
    {
        while (notes.Length % 4 != 0)
        {
            notes.WriteByte(0);
        }
    }

    private static byte[] Names(IReadOnlyList<CoreThread> threads) =>
        Encoding.UTF8.GetBytes(string.Concat(threads.Where(static thread => thread.Name.Length > 0).Select(static thread => string.Create(CultureInfo.InvariantCulture, $"{thread.Id} {thread.Name}\n"))));

    /// <summary>struct elf_prpsinfo of a 64-bit process.</summary>
    private static byte[] Information(CoreProcess process)
    {
        var bytes = new byte[ProcessInformationBytes];
        bytes[1] = (byte)'R';
        Number(bytes, 16, (int)process.UserId);
        Number(bytes, 20, (int)process.GroupId);
        Number(bytes, 24, process.Pid);
        Number(bytes, 28, process.ParentPid);
        Number(bytes, 32, process.Pid);
        Text(process.Name, bytes.AsSpan(40, NameBytes));
        Text(process.CommandLine, bytes.AsSpan(56, CommandLineBytes));
        return bytes;
    }

    /// <summary>struct elf_prstatus: its length depends on the number of registers.</summary>
    private static byte[] Status(CoreProcess process, CoreThread thread)
    {
        var bytes = new byte[RegistersAt + thread.General.Length + 8];
        Number(bytes, 32, thread.Id);
        Number(bytes, 36, process.ParentPid);
        Number(bytes, 40, process.Pid);
        thread.General.Span.CopyTo(bytes.AsSpan(RegistersAt));
        Number(bytes, RegistersAt + thread.General.Length, thread.Floating.IsEmpty ? 0 : 1);
        return bytes;
    }

    /// <summary>Count, page size, then start, end and offset in pages of each mapping, then the names.</summary>
    private static byte[] Files(IReadOnlyList<MapRegion> maps)
    {
        var files = maps.Where(static map => map.IsFile).ToList();
        using var bytes = new MemoryStream();
        Span<byte> word = stackalloc byte[sizeof(ulong)];
        void Add(ulong value, Span<byte> word)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(word, value);
            bytes.Write(word);
        }

        ulong page = (ulong)Environment.SystemPageSize;
        Add((ulong)files.Count, word);
        Add(page, word);
        foreach (var file in files)
        {
            Add(file.Start, word);
            Add(file.End, word);
            Add(file.OffsetBytes / page, word);
        }

        foreach (var file in files)
        {
            bytes.Write(Encoding.UTF8.GetBytes(file.Path));
            bytes.WriteByte(0);
        }

        return bytes.ToArray();
    }

    private static void Number(byte[] bytes, int at, int value) => BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), value);

    private static void Text(string text, Span<byte> target)
    {
        byte[] encoded = Encoding.UTF8.GetBytes(text);
        encoded.AsSpan(0, Math.Min(encoded.Length, target.Length - 1)).CopyTo(target);
    }
}
