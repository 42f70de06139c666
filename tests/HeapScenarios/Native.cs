using System.Reflection;
using System.Runtime.InteropServices;

namespace HeapScenarios;

/// <summary>50 threads that wait forever.</summary>
internal static class IdleThreads
{
    public static long Start()
    {
        using CountdownEvent started = new(50);
        SemaphoreSlim never = new(0);
        for (int i = 0; i < 50; i++)
        {
            new Thread(() =>
            {
                started.Signal();
                never.Wait();
            })
            { IsBackground = true }.Start();
        }

        started.Wait();
        return 50 * (8L << 20);
    }
}

/// <summary>3200 blocks of 64 kB from malloc, all freed but the last: the charge stays, the pages do until malloc_trim.</summary>
internal static unsafe class Fragments
{
    private static void* _last;

    public static long Fill()
    {
        const int count = 3200;
        const int bytes = 64_000;
        void** blocks = stackalloc void*[count];
        for (int i = 0; i < count; i++)
        {
            blocks[i] = NativeMemory.Alloc(bytes);
            NativeMemory.Fill(blocks[i], bytes, 1);
        }

        _last = blocks[count - 1];
        for (int i = 0; i < count - 1; i++)
        {
            NativeMemory.Free(blocks[i]);
        }

        return (count - 1) * (long)bytes;
    }

    public static void Drop()
    {
        FrozenCopy.Trim();
        GC.KeepAlive((nint)_last);
    }
}

/// <summary>One large native buffer.</summary>
internal static unsafe class NativeBuffer
{
    private const int Bytes = 200_000_000;

    private static void* _buffer;

    public static long Fill()
    {
        _buffer = NativeMemory.Alloc(Bytes);
        NativeMemory.Fill(_buffer, Bytes, 1);
        return Bytes;
    }

    public static void Drop()
    {
        NativeMemory.Free(_buffer);
        _buffer = null;
    }
}

/// <summary>A frozen segment of one large array, registered as preinitialised images are.</summary>
internal static unsafe class FrozenHeap
{
    private const int Bytes = 64_000_000;

    private static object? _array;

    public static long Register()
    {
        nint* array = MakeArray(Bytes);
        _array = System.Runtime.CompilerServices.Unsafe.Read<object>(&array);
        GC.KeepAlive(_array);
        return Bytes;
    }

    /// <summary>The address of a byte[] in a frozen segment of its own, where its method table stands.</summary>
    public static nint* MakeArray(int bytes)
    {
        byte* memory = (byte*)NativeMemory.AlignedAlloc((nuint)bytes + 4096, 4096);
        NativeMemory.Clear(memory, (nuint)bytes + 4096);

        // The header word, the method table of byte[], the length: an object as it lies in memory.
        byte[] pattern = new byte[1];
        *(nint*)(memory + 8) = pattern.GetType().TypeHandle.Value;
        *(int*)(memory + 16) = bytes;
        // Behind the last object there is room for the header of another.
        nint size = (8 + 24 + bytes + 7) & ~7;
        MethodInfo register = typeof(GC).GetMethod("_RegisterFrozenSegment", BindingFlags.NonPublic | BindingFlags.Static)!;
        object? handle = register.Invoke(null, [(nint)memory, size]);
        GC.KeepAlive(handle);
        return (nint*)(memory + 8);
    }
}

/// <summary>
/// One mapping larger than RAM and swap, never touched: no overcommit mode but 1 lets its process fork. Two parts of a reserve are made
/// writable one after the other and merge, since the kernel asks about each by itself.
/// </summary>
internal static unsafe partial class Refused
{
    private const int None = 0;
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;

    private static byte* _start;
    private static nuint _length;

    public static long Map()
    {
        string[] lines = File.ReadAllLines("/proc/meminfo");
        long kilobytes = Read(lines, "MemTotal:") + Read(lines, "SwapTotal:");
        nuint part = (nuint)(kilobytes * 1024 * 3 / 4) & ~(nuint)0xFFF;
        _length = part * 2;
        _start = mmap(null, _length, None, PrivateAnonymous, -1, 0);
        if (mprotect(_start, part, ReadWrite) != 0 || mprotect(_start + part, part, ReadWrite) != 0)
        {
            throw new InvalidOperationException("The kernel did not make the reserve writable.");
        }

        return (long)_length;
    }

    public static void Drop() => _ = munmap(_start, _length);

    private static long Read(string[] lines, string field) =>
        long.Parse(lines.Single(line => line.StartsWith(field, StringComparison.Ordinal))[field.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), System.Globalization.CultureInfo.InvariantCulture);

    [LibraryImport("libc")]
    private static partial byte* mmap(byte* address, nuint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport("libc")]
    private static partial int mprotect(byte* address, nuint length, int protection);

    [LibraryImport("libc")]
    private static partial int munmap(byte* address, nuint length);
}
