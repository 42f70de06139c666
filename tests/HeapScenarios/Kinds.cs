using System.Runtime.InteropServices;

namespace HeapScenarios;

/// <summary>Every kind of mapping that a fork treats in a way of its own: each of 16 MiB, written to.</summary>
internal static unsafe partial class Kinds
{
    private const int Length = 16 << 20;
    private const int ReadWrite = 3;
    private const int Shared = 1;
    private const int Private = 2;
    private const int Anonymous = 0x20;
    private const int HugeTlb = 0x40000;
    private const int HugePages = 14;
    private const int DontFork = 10;
    private const int WipeOnFork = 18;
    private const int ReadWriteCreate = 0x42;
    private const nuint NameVma = 0x53564d41;

    private static readonly List<nint> Maps = [];
    private static int _device;

    public static long Map()
    {
        int memory = memfd_create("kinds", 0);
        _ = ftruncate(memory, Length);
        Add(Private, memory);
        int shared = memfd_create("kinds-shared", 0);
        _ = ftruncate(shared, Length);
        Add(Shared, shared);
        _device = open("/dev/zero", ReadWriteCreate & 3, 0);
        Add(Private, _device);
        Add(Private, TemporaryFile(isDeleted: false));
        Add(Private, TemporaryFile(isDeleted: true));

        _ = madvise(Add(Private | Anonymous, -1), Length, DontFork);
        _ = madvise(Add(Private | Anonymous, -1), Length, WipeOnFork);
        _ = mlock(Add(Private | Anonymous, -1), Length);
        fixed (byte* name = "kinds"u8)
        {
            // Refused by a kernel without CONFIG_ANON_VMA_NAME: then it is an anonymous mapping like others.
            _ = prctl((int)NameVma, 0, Add(Private | Anonymous, -1), Length, name);
        }

        byte* huge = (byte*)mmap(null, Length, ReadWrite, Private | Anonymous, -1, 0);
        _ = madvise(huge, Length, HugePages);
        new Span<byte>(huge, Length).Fill(1);

        // Where the machine has none set aside, there is none.
        byte* table = (byte*)mmap(null, Length, ReadWrite, Private | Anonymous | HugeTlb, -1, 0);
        if ((nint)table != -1)
        {
            new Span<byte>(table, Length).Fill(1);
        }

        return Length;
    }

    public static void Drop()
    {
        foreach (nint map in Maps)
        {
            _ = munmap((void*)map, Length);
        }
    }

    private static int TemporaryFile(bool isDeleted)
    {
        string path = Path.Combine(Path.GetTempPath(), $"forklint-kinds-{Environment.ProcessId}{(isDeleted ? "-gone" : "")}.bin");
        File.WriteAllBytes(path, new byte[Length]);
        int descriptor = open(path, ReadWriteCreate & 3, 0);
        if (isDeleted)
        {
            File.Delete(path);
        }
        else
        {
            AppDomain.CurrentDomain.ProcessExit += (_, _) => File.Delete(path);
        }

        return descriptor;
    }

    private static byte* Add(int flags, int descriptor)
    {
        byte* map = (byte*)mmap(null, Length, ReadWrite, flags, descriptor, 0);
        new Span<byte>(map, Length).Fill(1);
        Maps.Add((nint)map);
        return map;
    }

    [LibraryImport("libc")]
    private static partial void* mmap(void* address, nuint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport("libc")]
    private static partial int munmap(void* address, nuint length);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int memfd_create(string name, uint flags);

    [LibraryImport("libc")]
    private static partial int ftruncate(int descriptor, nint length);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, int mode);

    [LibraryImport("libc")]
    private static partial int madvise(void* address, nuint length, int advice);

    [LibraryImport("libc")]
    private static partial int mlock(void* address, nuint length);

    [LibraryImport("libc")]
    private static partial int prctl(int operation, nuint option, void* address, nuint length, byte* name);
}

/// <summary>Native memory in blocks of 65 kB, in as many arenas as malloc makes: each of 16 threads allocates its own.</summary>
internal static unsafe class Arenas
{
    private const int Threads = 16;
    private const int BlocksEach = 100;
    private const int BlockBytes = 65_000;

    private static readonly nint[] Blocks = new nint[Threads * BlocksEach];

    public static long Fill()
    {
        // All at once: a thread takes the arena of one that has ended.
        using Barrier all = new(Threads);
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(number => new Thread(() =>
        {
            all.SignalAndWait();
            for (int i = 0; i < BlocksEach; i++)
            {
                void* block = NativeMemory.Alloc(BlockBytes);
                NativeMemory.Fill(block, BlockBytes, 1);
                Blocks[(number * BlocksEach) + i] = (nint)block;
            }

            all.SignalAndWait();
        }))];
        Array.ForEach(threads, static thread => thread.Start());
        Array.ForEach(threads, static thread => thread.Join());
        return Threads * (long)BlocksEach * BlockBytes;
    }

    public static void Drop()
    {
        for (int i = 0; i < Blocks.Length; i++)
        {
            NativeMemory.Free((void*)Blocks[i]);
            Blocks[i] = 0;
        }

        FrozenCopy.Trim();
    }
}

/// <summary>Threads whose stacks are no usual ones: 400 small ones of .NET, and 16 of a native library, 8 MiB with a guard of 64 KiB.</summary>
internal static unsafe partial class OddStacks
{
    private const int Small = 400;
    private const int SmallBytes = 128 * 1024;
    private const int Native = 16;
    private const nuint NativeBytes = 8 << 20;
    private const nuint GuardBytes = 64 * 1024;
    private const int AttributeBytes = 128;

    public static long Start()
    {
        using CountdownEvent started = new(Small);
        SemaphoreSlim never = new(0);
        for (int i = 0; i < Small; i++)
        {
            new Thread(
                () =>
                {
                    started.Signal();
                    never.Wait();
                },
                SmallBytes)
            { IsBackground = true }.Start();
        }

        byte* attributes = stackalloc byte[AttributeBytes];
        _ = pthread_attr_init(attributes);
        _ = pthread_attr_setstacksize(attributes, NativeBytes);
        _ = pthread_attr_setguardsize(attributes, GuardBytes);
        nint sleep = NativeLibrary.GetExport(NativeLibrary.Load("libc.so.6"), "sleep");
        for (int i = 0; i < Native; i++)
        {
            nint thread;
            _ = pthread_create(&thread, attributes, sleep, int.MaxValue);
        }

        started.Wait();
        return Small * (long)SmallBytes;
    }

    [LibraryImport("libc")]
    private static partial int pthread_attr_init(byte* attributes);

    [LibraryImport("libc")]
    private static partial int pthread_attr_setstacksize(byte* attributes, nuint bytes);

    [LibraryImport("libc")]
    private static partial int pthread_attr_setguardsize(byte* attributes, nuint bytes);

    [LibraryImport("libc")]
    private static partial int pthread_create(nint* thread, byte* attributes, nint function, nint argument);
}
