using System.Text;
using ForkLint.Spawns.Tracing;
using ForkLint.Spawns.Watching;

namespace ForkLint.Spawns.Tests;

/// <summary>What the kernel writes, byte by byte, and what is made of it.</summary>
public sealed class KernelBytesTests
{
    private const ulong Pointer = 0x7ffc_0000_1000;

    [Fact]
    public void ArgumentsAreReadFromTheStackOfANewProgram()
    {
        Assert.Equal(["-i", "a b", ""], InitialStack.Arguments(Pointer, Stack(100, "ffmpeg", "-i", "a b", "")));
        Assert.Equal([], InitialStack.Arguments(Pointer, Stack(0, "true")));
        Assert.Equal([], InitialStack.Arguments(Pointer, Stack(0)));
    }

    [Fact]
    public void ArgumentsBeyondTheCopyAreNotKnown()
    {
        var stack = Stack(5000, "ffmpeg", "-i", "long name");
        for (var length = 0; length < stack.Length; length++)
        {
            Assert.Null(InitialStack.Arguments(Pointer, stack.AsSpan(0, length)));
        }

        Assert.Null(InitialStack.Arguments(Pointer, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]));
        Assert.Null(InitialStack.Arguments(Pointer + (1 << 20), Stack(0, "ffmpeg", "-i")));
    }

    [Fact]
    public void ASampleIsTakenApartAndOneThatEndsEarlyIsNone()
    {
        byte[] body =
        [
            .. Words(77), .. BitConverter.GetBytes(5), .. BitConverter.GetBytes(6), .. Words(123),
            .. Words(3, ulong.MaxValue - 511, 0x10, 0x20),
            .. BitConverter.GetBytes(4), 1, 2, 3, 4,
            .. Words(2, Pointer), .. Words(16), .. new byte[16], .. Words(10),
        ];
        Assert.Equal(77UL, PerfSample.IdentifierOf(body));
        Assert.True(PerfSample.TryParse(body, SampleParts.CallChain | SampleParts.Stack, out var sample));
        Assert.Equal((5, 6, 123L, Pointer, 10), (sample.Pid, sample.Thread, sample.TimeNanoseconds, sample.StackPointer, sample.Stack.Length));
        Assert.Equal([1, 2, 3, 4], sample.Raw.ToArray());
        Assert.Equal([0x10UL, 0x20UL], new CallChains().Of(sample.CallChain));
        Assert.False(PerfSample.TryParse(body.AsSpan(0, 40), SampleParts.CallChain, out _));
        Assert.False(PerfSample.TryParse(body.AsSpan(0, 20), SampleParts.None, out _));
        Assert.Null(PerfSample.IdentifierOf(body.AsSpan(0, 20)));

        // A program of 32 bits, and a copy that got nowhere.
        Assert.True(PerfSample.TryParse([.. body.AsSpan(0, 64), .. Words(1, Pointer, 0)], SampleParts.CallChain | SampleParts.Stack, out var other));
        Assert.Equal((0UL, 0), (other.StackPointer, other.Stack.Length));
        Assert.True(PerfSample.TryParse(body.AsSpan(0, 64), SampleParts.CallChain | SampleParts.Stack, out var without));
        Assert.True(without.Stack.IsEmpty);
    }

    [Fact]
    public void TheSameChainIsTheSameList()
    {
        var chains = new CallChains();
        var first = chains.Of([0x10, 0x20]);
        Assert.Same(first, chains.Of([ulong.MaxValue - 511, 0x10, 0x20]));
        Assert.NotSame(first, chains.Of([0x10, 0x21]));
        Assert.Equal(PerfEvents.MostFrames, chains.Of([.. Enumerable.Range(1, 1000).Select(static address => (ulong)address)]).Count);
    }

    [Fact]
    public void ProgramsWakeTheWatcherWhileFewStart()
    {
        var rate = new AlarmRate();
        var now = 0L;
        for (var second = 0; second < 5; second++, now += 1_000_000_000)
        {
            Assert.False(rate.Add(9, now));
        }

        Assert.True(rate.IsOn);
        Assert.True(rate.Add(21, now));
        Assert.False(rate.IsOn);

        // Not before a whole window was quiet.
        Assert.False(rate.Add(0, now + 1_000_000));
        Assert.False(rate.Add(30, now + 200_000_000));
        Assert.False(rate.Add(9, now + 300_000_000));
        Assert.True(rate.Add(0, now + 400_000_000));
        Assert.True(rate.IsOn);
    }

    private static byte[] Words(params ulong[] words) => [.. words.SelectMany(BitConverter.GetBytes)];

    // The count, a pointer to each, a null; the environment; a gap; the texts.
    private static byte[] Stack(int gap, params string[] arguments)
    {
        var head = (arguments.Length + 4) * 8;
        var pointers = new List<ulong> { (ulong)arguments.Length };
        var texts = new List<byte>();
        foreach (var argument in arguments)
        {
            pointers.Add(Pointer + (ulong)(head + gap + texts.Count));
            texts.AddRange([.. Encoding.UTF8.GetBytes(argument), 0]);
        }

        return [.. Words([.. pointers, 0, Pointer, 0]), .. new byte[gap], .. texts];
    }
}
