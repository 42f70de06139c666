using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace ForkLint.Linux.Tests;

/// <summary>Core files: what is read of a good one, and that no other is believed.</summary>
public sealed class CoreFileTests : IDisposable
{
    private const int Load = 1;
    private const int Note = 4;
    private const int RegistersBytes = 336;
    private static readonly ushort Machine = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? (ushort)183 : (ushort)62;

    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Mappings_come_from_segments_and_files()
    {
        var core = Read(Core(
            Files((0x10000, 0x13000, 0, "/srv/app"), (0x40000, 0x48000, 0, "/usr/lib/libone.so"), (0x50000, 0x52000, 0, "/srv/data"), (0x60000, 0x64000, 0, "/memfd:doublemapper (deleted)")),
            Threads((7, 0x90800), (9, 0x98800)),
            (0x10000, 0x1000, 5), (0x12000, 0x1000, 6), (0x13000, 0x1000, 6), (0x20000, 0x4000, 6), (0x41000, 0x1000, 5), (0x46000, 0x2000, 6), (0x50000, 0x2000, 6), (0x60000, 0x4000, 6), (0x90000, 0x1000, 6), (0x98000, 0x1000, 6), (0xA0000, 0x10000, 0)));

        Assert.Equal(
            [
                "10000-11000 r-xp /srv/app", "11000-12000 r--p /srv/app", "12000-13000 rw-p /srv/app", "13000-14000 rw-p ", "20000-24000 rw-p [heap]",
                "40000-41000 r--p /usr/lib/libone.so", "41000-42000 r-xp /usr/lib/libone.so", "42000-46000 r--p /usr/lib/libone.so", "46000-48000 rw-p /usr/lib/libone.so",
                "50000-52000 rw-s /srv/data", "60000-64000 rw-s /memfd:doublemapper (deleted)", "90000-91000 rw-p [stack]", "98000-99000 rw-p ", "a0000-b0000 ---p ",
            ],
            core.Mappings.Select(static mapping => string.Create(CultureInfo.InvariantCulture, $"{mapping.Start:x}-{mapping.End:x} {mapping.Permissions} {mapping.Path}")));
        Assert.Equal(0x1000 + 0x1000 + 0x4000 + 0x2000 + 0x1000 + 0x1000, CommitCharge.PredictBytes(core.Mappings));
        Assert.Equal((7, false), (core.Pid, core.HasFigures));
        Assert.Equal([7, 9], core.Threads.Select(static thread => thread.Id));
        Assert.Equal(0x98800UL, core.Threads[1].StackPointer);
    }

    [Fact]
    public void Our_own_notes_say_what_was_charged()
    {
        const string smaps = "10000-12000 rw-p 00000000 00:00 0 \nSize: 8 kB\nRss: 8 kB\nAnonymous: 4 kB\nSwap: 0 kB\nVmFlags: rd wr mr mw me nr \n";
        byte[] text = ShortSmaps.Of(Encoding.UTF8.GetBytes(smaps));
        Assert.Equal("10000-12000 rw-p 00000000 00:00 0 \nAnonymous: 4 kB\nVmFlags: rd wr mr mw me nr \n", Encoding.UTF8.GetString(text));

        var core = Read(Core([.. NoteOf(SmapsNote.Owner, SmapsNote.Mappings, text), .. NoteOf(SmapsNote.Owner, SmapsNote.Threads, "7 main loop\nnothing\n"u8)], Threads((7, 0x10800)), (0x10000, 0x2000, 6)));
        Assert.True(core.HasFigures);
        Assert.Equal((4096L, 0L), (core.Mappings[0].AnonymousBytes, CommitCharge.PredictBytes(core.Mappings)));
        Assert.Equal("main loop", core.Threads[0].Name);
    }

    [Theory]
    [InlineData("nothing", "not a core dump")]
    [InlineData("text", "not a core dump")]
    [InlineData("program", "not a core dump")]
    [InlineData("32", "another kind of processor")]
    [InlineData("machine", "another kind of processor")]
    [InlineData("table", "cut short")]
    [InlineData("cut", "cut short")]
    [InlineData("many", "make no sense")]
    [InlineData("overlap", "describe some memory twice")]
    [InlineData("overflow", "make no sense")]
    [InlineData("negative", "make no sense")]
    [InlineData("backwards", "make no sense")]
    [InlineData("no threads", "without memory or without threads")]
    [InlineData("no memory", "without memory or without threads")]
    public void What_is_no_whole_core_is_refused_with_a_reason(string kind, string reason)
    {
        byte[] good = Core([], Threads((7, 0x90800)), (0x10000, 0x1000, 6), (0x90000, 0x1000, 6));
        int loads = 64 + 56;
        switch (kind)
        {
            case "nothing": good = []; break;
            case "text": good = "a dump, I swear"u8.ToArray(); break;
            case "program": good[16] = 2; break;
            case "32": good[4] = 1; break;
            case "machine": good[18] ^= 1; break;
            case "table": BinaryPrimitives.WriteInt64LittleEndian(good.AsSpan(32), long.MaxValue - 8); break;
            case "cut": good = good[..^1]; break;
            case "many":
                BinaryPrimitives.WriteUInt16LittleEndian(good.AsSpan(56), 0xFFFF);
                BinaryPrimitives.WriteInt64LittleEndian(good.AsSpan(40), 0x40);
                BinaryPrimitives.WriteUInt32LittleEndian(good.AsSpan(0x40 + 44), uint.MaxValue);
                break;
            case "overlap": BinaryPrimitives.WriteInt64LittleEndian(good.AsSpan(loads + 40), 0x100000); break;
            case "overflow": BinaryPrimitives.WriteUInt64LittleEndian(good.AsSpan(loads + 16), ulong.MaxValue - 10); break;
            case "negative": BinaryPrimitives.WriteInt64LittleEndian(good.AsSpan(loads + 32), -1); break;
            case "backwards": BinaryPrimitives.WriteInt64LittleEndian(good.AsSpan(loads + 32), 0x2000); break;
            case "no threads": good = Core([], [], (0x10000, 0x1000, 6)); break;
            default: good = Core([], Threads((7, 0x90800))); break;
        }

        File.WriteAllBytes(_path, good);
        using var file = File.OpenHandle(_path);
        var reading = CoreFile.Read(file);
        Assert.False(reading.IsOk);
        Assert.Contains(reason, reading.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_is_changed_in_a_core_it_is_read_or_refused()
    {
        byte[] good = Core(
            [.. Files((0x10000, 0x13000, 0, "/srv/app"), (0x40000, 0x48000, 0, "/usr/lib/libone.so")), .. NoteOf(SmapsNote.Owner, SmapsNote.Threads, "7 main\n"u8)],
            Threads((7, 0x90800)),
            (0x10000, 0x1000, 5), (0x12000, 0x1000, 6), (0x90000, 0x1000, 6));
        int interesting = good.Length - (3 * 0x1000);
        var random = new Random(1);
        for (int round = 0; round < 3_000; round++)
        {
            byte[] changed = (byte[])good.Clone();
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                int at = random.Next(interesting);
                changed[at] = random.Next(3) switch { 0 => 0xFF, 1 => 0, _ => (byte)random.Next(256) };
            }

            File.WriteAllBytes(_path, changed);
            using var file = File.OpenHandle(_path);
            if (CoreFile.Read(file).TryGet(out var core))
            {
                Assert.True(core.Mappings.Zip(core.Mappings.Skip(1)).All(static pair => pair.First.End <= pair.Second.Start && pair.First.Start < pair.First.End));
            }
        }
    }

    private CoreFile Read(byte[] bytes)
    {
        File.WriteAllBytes(_path, bytes);
        using var file = File.OpenHandle(_path);
        var reading = CoreFile.Read(file);
        Assert.True(reading.IsOk, reading.Detail);
        return reading.Value;
    }

    private static byte[] Core(byte[] notes, byte[] threads, params (ulong Start, int Bytes, int Flags)[] segments)
    {
        byte[] all = [.. threads, .. notes];
        int headers = segments.Length + 1;
        long notesAt = 64 + (56 * headers);
        long offset = (notesAt + all.Length + 0xFFF) & ~0xFFF;
        using var file = new MemoryStream();
        byte[] head = new byte[64];
        "\u007fELF"u8.CopyTo(head);
        (head[4], head[5], head[6], head[20]) = (2, 1, 1, 1);
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(16), 4);
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(18), Machine);
        BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(32), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(54), 56);
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(56), (ushort)headers);
        file.Write(head);
        file.Write(Header(Note, notesAt, 0, all.Length, 0, 0));
        foreach (var (start, bytes, flags) in segments)
        {
            bool isWritten = flags != 0;
            file.Write(Header(Load, offset, start, isWritten ? bytes : 0, bytes, flags));
            offset += isWritten ? bytes : 0;
        }

        file.Write(all);
        file.SetLength(offset);
        return file.ToArray();
    }

    private static byte[] Header(int type, long offset, ulong start, long inFile, long inMemory, int flags)
    {
        byte[] header = new byte[56];
        BinaryPrimitives.WriteInt32LittleEndian(header, type);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4), flags);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(8), offset);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(16), start);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(32), inFile);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(40), inMemory);
        return header;
    }

    private static byte[] NoteOf(string owner, int type, ReadOnlySpan<byte> description)
    {
        byte[] name = [.. Encoding.ASCII.GetBytes(owner), 0];
        byte[] note = new byte[12 + ((name.Length + 3) & ~3) + ((description.Length + 3) & ~3)];
        BinaryPrimitives.WriteInt32LittleEndian(note, name.Length);
        BinaryPrimitives.WriteInt32LittleEndian(note.AsSpan(4), description.Length);
        BinaryPrimitives.WriteInt32LittleEndian(note.AsSpan(8), type);
        name.CopyTo(note, 12);
        description.CopyTo(note.AsSpan(12 + ((name.Length + 3) & ~3)));
        return note;
    }

    private static byte[] Threads(params (int Id, ulong StackPointer)[] threads)
    {
        int at = 112 + ((RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 31 : 19) * 8);
        List<byte> notes = [];
        foreach (var (id, pointer) in threads)
        {
            byte[] status = new byte[RegistersBytes + 64];
            BinaryPrimitives.WriteInt32LittleEndian(status.AsSpan(32), id);
            BinaryPrimitives.WriteUInt64LittleEndian(status.AsSpan(at), pointer);
            notes.AddRange(NoteOf("CORE", 1, status));
        }

        return [.. notes];
    }

    private static byte[] Files(params (ulong Start, ulong End, ulong Page, string Path)[] files)
    {
        using var note = new MemoryStream();
        foreach (ulong word in new ulong[] { (ulong)files.Length, 4096 }.Concat(files.SelectMany(static file => new[] { file.Start, file.End, file.Page })))
        {
            note.Write(BitConverter.GetBytes(word));
        }

        note.Write(Encoding.UTF8.GetBytes(string.Concat(files.Select(static file => file.Path + "\0"))));
        return NoteOf("CORE", 0x46494C45, note.ToArray());
    }
}
