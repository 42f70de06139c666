using System.Reflection;
using System.Runtime.InteropServices;

namespace HeapScenarios;

/// <summary>50 threads that wait for ever.</summary>
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
        byte* memory = (byte*)NativeMemory.AlignedAlloc(Bytes + 4096, 4096);
        NativeMemory.Clear(memory, Bytes + 4096);

        // The header word, the method table of byte[], the length: an object as it lies in memory.
        byte[] pattern = new byte[1];
        nint methodTable = pattern.GetType().TypeHandle.Value;
        *(nint*)(memory + 8) = methodTable;
        *(int*)(memory + 16) = Bytes;
        // Behind the last object there is room for the header of another.
        nint size = (8 + 24 + Bytes + 7) & ~7;
        MethodInfo register = typeof(GC).GetMethod("_RegisterFrozenSegment", BindingFlags.NonPublic | BindingFlags.Static)!;
        object? handle = register.Invoke(null, [(nint)memory, size]);
        byte* array = memory + 8;
        _array = System.Runtime.CompilerServices.Unsafe.Read<object>(&array);
        GC.KeepAlive(handle);
        GC.KeepAlive(_array);
        return Bytes;
    }
}
