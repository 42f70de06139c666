using System.Buffers.Binary;
using ForkLint.Linux;

namespace ForkLint.TrialFork.Tests.Ptrace;

/// <summary>The frames that bring a thread back, byte by byte where the kernel looks for them, and where on a stack they lie.</summary>
public class FrameTests
{
    private const ulong Address = 0x7ffc_0000_1000;
    private static readonly Gadgets Code = new(0x1111_0000, 0x2222_0000);

    [Fact]
    public void The_frame_of_x64_holds_every_register_where_sigreturn_takes_it_from()
    {
        var machine = new X64Machine();
        ulong[] registers = [.. Enumerable.Range(1, machine.RegisterCount).Select(static number => (ulong)number * 0x0101)];
        byte[] vectors = Vectors(832, features: 0b111, used: 0b11);
        byte[] frame = machine.Frame(Address, registers, 0xABCD, vectors, Code);

        Assert.Equal(Code.Restorer, Word(frame, 0));
        Assert.Equal(7UL, Word(frame, 8));

        // struct sigcontext: r8 to r15, di, si, bp, bx, dx, ax, cx, sp, ip, flags, the segments.
        int[] order = [9, 8, 7, 6, 3, 2, 1, 0, 14, 13, 4, 5, 12, 10, 11, 19, 16, 18];
        for (int index = 0; index < order.Length; index++)
        {
            Assert.Equal(registers[order[index]], Word(frame, 48 + (index * 8)));
        }

        Assert.Equal((registers[17] & 0xFFFF) | ((registers[20] & 0xFFFF) << 48), Word(frame, 48 + (18 * 8)));
        Assert.Equal(0xABCDUL, Word(frame, 48 + 256));

        // The state lies where the pointer says, aligned as XRSTOR needs it, between the two magic numbers.
        ulong at = Word(frame, 48 + (23 * 8));
        Assert.Equal(0UL, at % 64);
        var state = frame.AsSpan((int)(at - Address));
        Assert.Equal(0x46505853u, BinaryPrimitives.ReadUInt32LittleEndian(state[464..]));
        Assert.Equal(836u, BinaryPrimitives.ReadUInt32LittleEndian(state[468..]));
        Assert.Equal(0b111UL, BinaryPrimitives.ReadUInt64LittleEndian(state[472..]));
        Assert.Equal(832u, BinaryPrimitives.ReadUInt32LittleEndian(state[480..]));
        Assert.Equal(0x46505845u, BinaryPrimitives.ReadUInt32LittleEndian(state[832..]));
        Assert.True(frame.Length >= (int)(at - Address) + 836);
    }

    [Fact]
    public void Tiles_that_a_thread_does_not_use_are_left_out()
    {
        static (int Offset, int Size) Layout(int feature) => feature == 18 ? (2816, 8192) : (576, 256);
        byte[] all = Vectors(11008, features: (1 << 18) | 0b111, used: 0b111);
        byte[] trimmed = X64Machine.Trimmed(all, Layout);
        Assert.Equal(832, trimmed.Length);
        Assert.Equal(0b111UL, Word(trimmed, 464));
        byte[] inUse = Vectors(11008, features: (1 << 18) | 0b111, used: (1 << 18) | 0b111);
        Assert.Same(inUse, X64Machine.Trimmed(inUse, Layout));
    }

    [Fact]
    public void The_frame_of_arm64_holds_every_register_where_sigreturn_takes_it_from()
    {
        var machine = new Arm64Machine();
        ulong[] registers = [.. Enumerable.Range(1, machine.RegisterCount).Select(static number => (ulong)number * 0x0101)];
        byte[] vectors = [.. Enumerable.Range(0, 528).Select(static number => (byte)number)];
        byte[] frame = machine.Frame(Address, registers, 0xABCD, vectors, Code);
        Assert.Equal(0xABCDUL, Word(frame, 168));
        Assert.Equal(registers, Enumerable.Range(0, 34).Select(index => Word(frame, 312 + (index * 8))));
        Assert.Equal(0x46508001u, BinaryPrimitives.ReadUInt32LittleEndian(frame.AsSpan(592)));
        Assert.Equal(528u, BinaryPrimitives.ReadUInt32LittleEndian(frame.AsSpan(596)));
        Assert.Equal(vectors[512..520], frame[600..608]);
        Assert.Equal(vectors[..512], frame[608..1120]);
        Assert.Equal(0UL, Word(frame, 1120)); // the end of the list
    }

    [Fact]
    public void A_call_that_was_interrupted_is_made_again_and_one_that_failed_of_it_too()
    {
        var machine = new X64Machine();
        var call = new WaitingCall(232, [5, 1, 8, ulong.MaxValue, 0, 8], 0x7000);
        var registers = new ulong[27];
        (registers[10], registers[15], registers[16], registers[17]) = (unchecked((ulong)-4L), 232, 0x5002, 0x33);
        Assert.True(machine.IsInterrupted(registers, call));
        ulong[] back = machine.Back(registers, call);
        Assert.Equal((232UL, 0x5000UL, ulong.MaxValue), (back[10], back[16], back[15]));

        // What the kernel makes again by itself is left to it.
        registers[10] = unchecked((ulong)-512L);
        Assert.Same(registers, machine.Back(registers, call));
        Assert.Equal((232UL, 0x5000UL), (machine.Again(registers, call)[10], machine.Again(registers, call)[16]));

        // A result is no interruption, and neither is another call or a program of 32 bits.
        registers[10] = 1;
        Assert.False(machine.IsInterrupted(registers, call));
        (registers[10], registers[17]) = (unchecked((ulong)-512L), 0x23);
        Assert.False(machine.IsInterrupted(registers, call));
    }

    [Fact]
    public void The_code_is_found_in_a_stretch_of_it()
    {
        Assert.Equal((2, 6), new X64Machine().Find([0x90, 0x90, 0x0F, 0x05, 0xC3, 0x90, 0x48, 0xC7, 0xC0, 0x0F, 0, 0, 0, 0x0F, 0x05]));
        Assert.Equal((-1, 0), new X64Machine().Find([0xB8, 0x0F, 0, 0, 0, 0x0F, 0x05, 0x90]));
        Assert.Equal((4, 12), new Arm64Machine().Find([0, 0, 0, 0, 0x01, 0, 0, 0xD4, 0xC0, 0x03, 0x5F, 0xD6, 0x68, 0x11, 0x80, 0xD2, 0x01, 0, 0, 0xD4]));
    }

    [Theory]
    [InlineData("[stack]", 0, false, true)]
    [InlineData("", 0, true, true)]
    [InlineData("", 0, false, false)] // no guard: whose memory is it?
    [InlineData("[stack]", 240, false, false)] // too close to the end
    [InlineData("/memory/of/a/file", 0, true, false)]
    public void Frames_go_on_a_stack_with_room_only(string path, int downKilobytes, bool isGuarded, bool hasRoom)
    {
        const ulong start = 0x7000_0000;
        const ulong end = start + (256 << 10);
        MapRegion[] maps =
        [
            new() { Start = start - 4096, End = isGuarded ? start : start - 1024, Permissions = "---p", OffsetBytes = 0, Inode = 0, Path = "" },
            new() { Start = start, End = end, Permissions = "rw-p", OffsetBytes = 0, Inode = path.StartsWith('/') ? 7UL : 0, Path = path },
        ];
        Assert.Equal(hasRoom, StackPlace.HasRoom(maps, end - 4096 - ((ulong)downKilobytes << 10), 20 << 10));
    }

    private static byte[] Vectors(int bytes, ulong features, ulong used)
    {
        var vectors = new byte[bytes];
        BinaryPrimitives.WriteUInt64LittleEndian(vectors.AsSpan(464), features);
        BinaryPrimitives.WriteUInt64LittleEndian(vectors.AsSpan(512), used);
        return vectors;
    }

    private static ulong Word(byte[] bytes, int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));
}
