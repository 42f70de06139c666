using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ForkLint.Linux;

/// <summary>
/// An ELF core file (core(5), elf(5)) of the kernel, of createdump or of this tool: its memory, its threads, and the mappings as far as they can be told from it.
/// It is untrusted: every number in it is checked before use.
/// </summary>
public sealed class CoreFile
{
    private const int HeaderBytes = 64;
    private const int SectionHeaderBytes = 64;
    private const int ProgramHeaderBytes = 56;
    private const int CoreType = 4; // ET_CORE
    private const int X64 = 62; // EM_X86_64
    private const int Arm64 = 183; // EM_AARCH64
    private const uint Load = 1; // PT_LOAD
    private const uint Note = 4; // PT_NOTE
    private const int ManyHeaders = 0xFFFF; // PN_XNUM: the number stands in the first section header

    /// <summary>Ten times as many as a process may have mappings by default (vm.max_map_count).</summary>
    private const long MostHeaders = 1 << 20;

    /// <summary>A thousand threads with their registers, the names of all files, and the mappings.</summary>
    private const long MostNoteBytes = 128 << 20;

    /// <summary>A mini dump begins at the page of the stack pointer, or the one below.</summary>
    private const ulong MostBelowStackPointer = 8192;

    private CoreFile(IReadOnlyList<CoreSegment> segments, CoreNoteReader notes)
    {
        Segments = segments;
        Files = notes.MappedFiles;
        Threads = notes.Threads;
        Pid = notes.Pid > 0 ? notes.Pid : Math.Max(1, Threads[0].Id);
        Name = notes.Name;
        CommandLine = notes.CommandLine;
        HasFigures = notes.Mappings is not null;
        Mappings = notes.Mappings ?? CoreMappings.Of(segments, Files, Threads, Pid);
    }

    /// <summary>The memory, ascending, none overlapping another.</summary>
    public IReadOnlyList<CoreSegment> Segments { get; }

    /// <summary>The mappings of files, ascending.</summary>
    public IReadOnlyList<CoreMappedFile> Files { get; }

    /// <summary>The threads.</summary>
    public IReadOnlyList<CoreFileThread> Threads { get; }

    /// <summary>The process, as it saw itself; the first thread where the file does not say.</summary>
    public int Pid { get; }

    /// <summary>The name of its command, at most 15 bytes; empty where the file does not say.</summary>
    public string Name { get; }

    /// <summary>The first 79 bytes of its command line, its arguments separated by blanks; empty where the file does not say.</summary>
    public string CommandLine { get; }

    /// <summary>
    /// The mappings, ascending. Where <see cref="HasFigures"/> is false they come from the segments: private writable memory counts as charged, and every other
    /// figure is 0, and means nothing.
    /// </summary>
    public IReadOnlyList<Mapping> Mappings { get; }

    /// <summary>Whether the file says what was charged, and how much anonymous memory was resident: it does where this tool wrote it.</summary>
    public bool HasFigures { get; }

    /// <summary>
    /// Whether it holds no more than threads and the used part of their stacks, as createdump's types mini and triage do: then nothing can be said of the process's memory.
    /// </summary>
    public bool IsMini => !HasFigures && Threads.Count > 1 && Threads.All(thread => Segments.Any(segment => segment.Start <= thread.StackPointer && thread.StackPointer - segment.Start <= MostBelowStackPointer && thread.StackPointer < segment.End));

    /// <summary>Reads headers and notes.</summary>
    /// <param name="file">The file: a regular one.</param>
    /// <returns>The core; or why it is none, one clause without the name of the file.</returns>
    public static Reading<CoreFile> Read(SafeFileHandle file)
    {
        ArgumentNullException.ThrowIfNull(file);
        try
        {
            return Read(file, RandomAccess.GetLength(file));
        }
        catch (Exception failure) when (failure is IOException or NotSupportedException or UnauthorizedAccessException)
        {
            return Fail($"it cannot be read: {failure.Message}");
        }
    }

    private static Reading<CoreFile> Read(SafeFileHandle file, long length)
    {
        var head = new byte[HeaderBytes];
        int read = RandomAccess.Read(file, head, 0);
        if (read > 2 && head[0] == 0x1F && head[1] == 0x8B)
        {
            return Fail("it is compressed: unpack it with gunzip first");
        }

        if (read < HeaderBytes || !head.AsSpan(0, 4).SequenceEqual("\u007fELF"u8) || BinaryPrimitives.ReadUInt16LittleEndian(head.AsSpan(16)) != CoreType)
        {
            return Fail("it is not a core dump (an ELF file of type CORE)");
        }

        int machine = BinaryPrimitives.ReadUInt16LittleEndian(head.AsSpan(18));
        var ours = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? Arm64 : X64;
        if (head[4] != 2 || head[5] != 1 || machine != ours)
        {
            return Fail("it is the dump of a process on another kind of processor");
        }

        if (BinaryPrimitives.ReadUInt16LittleEndian(head.AsSpan(54)) != ProgramHeaderBytes || Count(file, head) is not { } count || count > MostHeaders)
        {
            return Fail("its headers make no sense");
        }

        var table = new byte[count * ProgramHeaderBytes];
        var tableAt = BinaryPrimitives.ReadInt64LittleEndian(head.AsSpan(32));
        if (tableAt < 0 || tableAt > length - table.Length || RandomAccess.Read(file, table, tableAt) < table.Length)
        {
            return Fail("it was cut short: its headers are not complete");
        }

        return Read(file, length, table, machine == Arm64);
    }

    private static Reading<CoreFile> Read(SafeFileHandle file, long length, byte[] table, bool isArm64)
    {
        var segments = new List<CoreSegment>();
        var notes = new CoreNoteReader(isArm64);
        long noteBytes = 0;
        long end = 0;
        for (var at = 0; at < table.Length; at += ProgramHeaderBytes)
        {
            var header = table.AsSpan(at, ProgramHeaderBytes);
            var (type, flags) = (BinaryPrimitives.ReadUInt32LittleEndian(header), BinaryPrimitives.ReadUInt32LittleEndian(header[4..]));
            var (offset, start) = (BinaryPrimitives.ReadInt64LittleEndian(header[8..]), BinaryPrimitives.ReadUInt64LittleEndian(header[16..]));
            var (inFile, inMemory) = (BinaryPrimitives.ReadInt64LittleEndian(header[32..]), BinaryPrimitives.ReadInt64LittleEndian(header[40..]));
            if (type is not (Load or Note))
            {
                continue;
            }

            if (offset < 0 || inFile < 0 || offset > long.MaxValue - inFile || inMemory < 0 || (type == Load && (inFile > inMemory || start > ulong.MaxValue - (ulong)inMemory)))
            {
                return Fail("its headers make no sense");
            }

            end = Math.Max(end, inFile == 0 ? 0 : offset + inFile);
            if (type == Load && inMemory > 0)
            {
                segments.Add(new CoreSegment(start, start + (ulong)inMemory, offset, inFile, flags));
            }
            else if (type == Note && end <= length)
            {
                noteBytes += inFile;
                if (noteBytes > MostNoteBytes)
                {
                    return Fail("its notes are larger than those of any process");
                }

                var bytes = new byte[inFile];
                notes.Add(bytes.AsSpan(0, RandomAccess.Read(file, bytes, offset)));
            }
        }

        segments.Sort(static (one, other) => one.Start.CompareTo(other.Start));
        return end > length ? Fail($"it was cut short: it describes {ByteSize.Format(end)} and has {ByteSize.Format(length)}")
            : segments.Zip(segments.Skip(1)).Any(static pair => pair.First.End > pair.Second.Start) ? Fail("its headers contradict each other: they describe some memory twice")
            : segments.Count == 0 || notes.Threads.Count == 0 ? Fail("it is a core dump without memory or without threads")
            : Reading<CoreFile>.Ok(new CoreFile(segments, notes));
    }

    private static long? Count(SafeFileHandle file, byte[] head)
    {
        int count = BinaryPrimitives.ReadUInt16LittleEndian(head.AsSpan(56));
        if (count != ManyHeaders)
        {
            return count;
        }

        var section = new byte[SectionHeaderBytes];
        var at = BinaryPrimitives.ReadInt64LittleEndian(head.AsSpan(40));
        return at >= HeaderBytes && RandomAccess.Read(file, section, at) == section.Length ? BinaryPrimitives.ReadUInt32LittleEndian(section.AsSpan(44)) : null;
    }

    private static Reading<CoreFile> Fail(string why) => Reading<CoreFile>.Fail(ReadFailure.Malformed, why);
}
