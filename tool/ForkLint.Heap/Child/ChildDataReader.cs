using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Diagnostics.Runtime;

namespace ForkLint.Heap.Child;

/// <summary>
/// What the runtime's data-access library reads the child through: its memory by descriptor and its mappings,
/// without attaching. A copy is frozen, so blocks are cached until <see cref="Forget"/>.
/// </summary>
internal sealed class ChildDataReader(ProcessView process, int pid, ChildMemory memory, IReadOnlyList<MappedModule> modules) : IDataReader
{
    private const int BlockBytes = 8192;
    private const int BlockCount = 2048;

    private readonly byte[]?[] _blocks = new byte[BlockCount][];
    private readonly ulong[] _blockAddresses = new ulong[BlockCount];
    private readonly int[] _blockLengths = new int[BlockCount];

    public string DisplayName => process.DisplayName;

    public bool IsThreadSafe => false;

    public OSPlatform TargetPlatform => OSPlatform.Linux;

    public Architecture Architecture => RuntimeInformation.ProcessArchitecture;

    public int ProcessId => pid;

    public int PointerSize => sizeof(ulong);

    public IEnumerable<ModuleInfo> EnumerateModules()
    {
        foreach (MappedModule module in modules)
        {
            if (ModuleInfo.TryCreate(this, module.Start, module.Path) is { } info)
            {
                yield return info;
            }
        }
    }

    /// <summary>The child has one thread, and it is none of the application's: there is no context to give.</summary>
    public bool GetThreadContext(uint threadID, uint contextFlags, Span<byte> context) => false;

    public void FlushCachedData()
    {
    }

    /// <summary>Forgets what was read: a process that runs may have changed it.</summary>
    public void Forget() => Array.Clear(_blocks);

    public int Read(ulong address, Span<byte> buffer)
    {
        if (buffer.Length > BlockBytes)
        {
            return memory.Read(address, buffer);
        }

        int done = 0;
        while (done < buffer.Length)
        {
            ReadOnlySpan<byte> block = Block(address + (ulong)done, out int offset);
            int available = Math.Min(block.Length - offset, buffer.Length - done);
            if (available <= 0)
            {
                // A hole cut the block short; what is wanted may lie behind it.
                return done + memory.Read(address + (ulong)done, buffer[done..]);
            }

            block.Slice(offset, available).CopyTo(buffer[done..]);
            done += available;
        }

        return done;
    }

    public unsafe bool Read<T>(ulong address, out T value)
        where T : unmanaged
    {
        Unsafe.SkipInit(out value);
        bool whole = Read(address, MemoryMarshal.AsBytes(new Span<T>(ref value))) == sizeof(T);
        if (!whole)
        {
            value = default;
        }

        return whole;
    }

    public T Read<T>(ulong address)
        where T : unmanaged => Read(address, out T value) ? value : default;

    public bool ReadPointer(ulong address, out ulong value) => Read(address, out value);

    public ulong ReadPointer(ulong address) => Read<ulong>(address);

    private ReadOnlySpan<byte> Block(ulong address, out int offset)
    {
        ulong start = address & ~(ulong)(BlockBytes - 1);
        offset = (int)(address - start);
        int index = (int)(start / BlockBytes % BlockCount);
        byte[]? block = _blocks[index];
        if (block is null || _blockAddresses[index] != start)
        {
            block ??= _blocks[index] = GC.AllocateUninitializedArray<byte>(BlockBytes);
            _blockAddresses[index] = start;
            _blockLengths[index] = memory.Read(start, block);
        }

        return block.AsSpan(0, _blockLengths[index]);
    }
}

/// <summary>A file mapped into the child, where its image begins.</summary>
internal readonly record struct MappedModule(ulong Start, string Path);
