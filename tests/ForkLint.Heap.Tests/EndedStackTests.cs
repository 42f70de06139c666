using System.Runtime.InteropServices;
using ForkLint.Heap.Child;
using ForkLint.Heap.Native;
using ForkLint.Linux;

namespace ForkLint.Heap.Tests;

/// <summary>The stack of a thread that has ended is recognised by its control block, wherever its mapping ends.</summary>
public sealed unsafe partial class EndedStackTests
{
    private const int StackBytes = 1 << 20;
    private const int GuardBytes = 64 << 10;
    private const int BlockBelowEnd = 2048;
    private const int Private = 2;
    private const int Anonymous = 32;
    private const int NoReserve = 0x4000;

    [Theory]
    [InlineData(0, false)]
    [InlineData(128 << 10, false)]
    [InlineData(0, true)]
    [InlineData(128 << 10, true)]
    public void Neither_memory_right_above_it_nor_what_its_thread_left_behind_hides_it(int aboveBytes, bool hasLeftovers)
    {
        ulong living = MakeStack(0, hasLeftovers: false);
        ulong ended = MakeStack(aboveBytes, hasLeftovers);
        FrozenProcess self = FrozenProcess.Running(Environment.ProcessId);
        using ChildMemory memory = ChildMemory.Open(self);
        IReadOnlyList<Mapping> mappings = new ProcessFiles(Environment.ProcessId).Mappings().Value;

        IReadOnlyList<NativeStack> stacks = NativeStacks.Find(memory, mappings, [], [new ThreadPointer(1, living + StackBytes - 4096)], static _ => false);

        Assert.Contains(new NativeStack(living, living + StackBytes, StackOwner.Native), stacks);
        Assert.Contains(new NativeStack(ended, ended + StackBytes, StackOwner.Ended), stacks);
    }

    /// <summary>A guard, a stack with glibc's control block in it, and other memory right above; the stack's lowest address. The test's process keeps it.</summary>
    private static ulong MakeStack(int aboveBytes, bool hasLeftovers)
    {
        // A hole on either side, so that the kernel merges it with nothing else.
        byte* hole = Map(0, (2 * GuardBytes) + StackBytes + aboveBytes + GuardBytes, 0, Private | Anonymous | NoReserve, -1, 0);
        byte* guard = hole + GuardBytes;
        byte* stack = guard + GuardBytes;
        Assert.Equal(0, Protect(stack, StackBytes + aboveBytes, 3));
        ulong* block = (ulong*)(stack + StackBytes - BlockBelowEnd);
        (block[0], block[1], block[2]) = ((ulong)guard, GuardBytes + StackBytes, GuardBytes);
        if (hasLeftovers)
        {
            // As a frame of pthread_create has them: the guard is part of the stack.
            ulong* frame = block - 512;
            (frame[0], frame[1]) = ((ulong)guard, GuardBytes + StackBytes);

            // And the runtime's: the limits as it asked for them, beside any other size.
            ulong* other = frame - 512;
            (other[0], other[1], other[2]) = ((ulong)stack, StackBytes, GuardBytes);
        }

        return (ulong)stack;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial byte* Map(nint address, nint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(byte* address, nint length, int protection);
}
