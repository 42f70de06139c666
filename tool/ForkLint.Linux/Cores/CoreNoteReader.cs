using System.Buffers.Binary;
using System.Text;

namespace ForkLint.Linux;

/// <summary>Reads the notes of a core file (core(5), elf(5); Linux include/uapi/linux/elfcore.h, fs/binfmt_elf.c). What makes no sense is left out.</summary>
internal sealed class CoreNoteReader
{
    private const int Registers = 1; // NT_PRSTATUS
    private const int ProcessInformation = 3; // NT_PRPSINFO
    private const int Files = 0x46494C45; // NT_FILE
    private const int HeaderBytes = 12;

    private const int ThreadIdAt = 32;
    private const int RegistersAt = 112;
    private const int ProcessIdAt = 24;
    private const int NameAt = 40;
    private const int NameBytes = 16;
    private const int CommandLineAt = 56;
    private const int CommandLineBytes = 80;

    private readonly int _stackPointerAt;
    private readonly List<(int Id, ulong StackPointer)> _threads = [];
    private IReadOnlyDictionary<int, string> _names = new Dictionary<int, string>();

    /// <param name="isArm64">Whether the process ran on arm64; else on x86-64. The place of the stack pointer follows from it (struct user_regs_struct, struct user_pt_regs).</param>
    public CoreNoteReader(bool isArm64) => _stackPointerAt = RegistersAt + ((isArm64 ? 31 : 19) * sizeof(ulong));

    /// <summary>The threads that were found.</summary>
    public IReadOnlyList<CoreFileThread> Threads => [.. _threads.Select(thread => new CoreFileThread(thread.Id, thread.StackPointer, _names.GetValueOrDefault(thread.Id)))];

    /// <summary>The mappings of files, ascending, none overlapping another.</summary>
    public IReadOnlyList<CoreMappedFile> MappedFiles { get; private set; } = [];

    /// <summary>The process; 0 where no note says.</summary>
    public int Pid { get; private set; }

    /// <summary>The name of its command; empty where no note says.</summary>
    public string Name { get; private set; } = "";

    /// <summary>The beginning of its command line; empty where no note says.</summary>
    public string CommandLine { get; private set; } = "";

    /// <summary>The mappings with their figures, where this tool wrote them into the file; null elsewhere.</summary>
    public IReadOnlyList<Mapping>? Mappings { get; private set; }

    /// <summary>Adds what stands in a segment of notes.</summary>
    public void Add(ReadOnlySpan<byte> notes)
    {
        while (notes.Length >= HeaderBytes)
        {
            var (nameLength, length) = (BinaryPrimitives.ReadUInt32LittleEndian(notes), BinaryPrimitives.ReadUInt32LittleEndian(notes[4..]));
            var type = BinaryPrimitives.ReadInt32LittleEndian(notes[8..]);
            var start = HeaderBytes + Padded(nameLength);
            if (start + length > notes.Length)
            {
                return;
            }

            var owner = notes.Slice(HeaderBytes, (int)nameLength).TrimEnd((byte)0);
            Add(owner, type, notes.Slice((int)start, (int)length));
            notes = notes[(int)Math.Min(start + Padded(length), notes.Length)..];
        }
    }

    private void Add(ReadOnlySpan<byte> owner, int type, ReadOnlySpan<byte> note)
    {
        if (owner.SequenceEqual(Encoding.ASCII.GetBytes(SmapsNote.Owner)))
        {
            if (type == SmapsNote.Mappings && SmapsParser.Parse(note).TryGet(out var mappings) && mappings.Count > 0)
            {
                Mappings = mappings;
            }
            else if (type == SmapsNote.Threads)
            {
                _names = SmapsNote.Names(note);
            }
        }
        else if (owner.SequenceEqual("CORE"u8))
        {
            AddOfSystem(type, note);
        }
    }

    private void AddOfSystem(int type, ReadOnlySpan<byte> note)
    {
        switch (type)
        {
            case Registers when note.Length >= _stackPointerAt + sizeof(ulong):
                _threads.Add((BinaryPrimitives.ReadInt32LittleEndian(note[ThreadIdAt..]), BinaryPrimitives.ReadUInt64LittleEndian(note[_stackPointerAt..])));
                break;
            case ProcessInformation when note.Length >= NameAt + NameBytes:
                Pid = BinaryPrimitives.ReadInt32LittleEndian(note[ProcessIdAt..]);
                Name = Text(note.Slice(NameAt, NameBytes));
                CommandLine = note.Length >= CommandLineAt + CommandLineBytes ? Text(note.Slice(CommandLineAt, CommandLineBytes)) : "";
                break;
            case Files:
                MappedFiles = ReadFiles(note);
                break;
            default:
                break;
        }
    }

    /// <summary>Count, page size, then start, end and offset in pages of each mapping, then the names.</summary>
    private static List<CoreMappedFile> ReadFiles(ReadOnlySpan<byte> note)
    {
        const int head = 2 * sizeof(ulong);
        const int entry = 3 * sizeof(ulong);
        var files = new List<CoreMappedFile>();
        if (note.Length < head)
        {
            return files;
        }

        var (count, page) = (BinaryPrimitives.ReadUInt64LittleEndian(note), BinaryPrimitives.ReadUInt64LittleEndian(note[sizeof(ulong)..]));
        if (count > (ulong)((note.Length - head) / entry) || page is 0 or > (1 << 30))
        {
            return files;
        }

        var names = note[(head + ((int)count * entry))..];
        ulong before = 0;
        for (var index = 0; index < (int)count; index++)
        {
            var at = note[(head + (index * entry))..];
            var (start, end, offset) = (BinaryPrimitives.ReadUInt64LittleEndian(at), BinaryPrimitives.ReadUInt64LittleEndian(at[sizeof(ulong)..]), BinaryPrimitives.ReadUInt64LittleEndian(at[(2 * sizeof(ulong))..]));
            if (names.IndexOf((byte)0) is not (>= 0 and var length))
            {
                break;
            }

            if (start >= before && end > start && offset < long.MaxValue / page)
            {
                files.Add(new CoreMappedFile(start, end, offset * page, Encoding.UTF8.GetString(names[..length])));
                before = end;
            }

            names = names[(length + 1)..];
        }

        return files;
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes[..(bytes.IndexOf((byte)0) is var end and >= 0 ? end : bytes.Length)]);

    private static long Padded(uint bytes) => (bytes + 3L) & ~3L;
}
