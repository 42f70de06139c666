using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace HeapScenarios;

/// <summary>Blocks that are written to, so that they are resident as well as charged.</summary>
internal static class Block
{
    public static byte[] Make(int bytes, bool pinned = false)
    {
        byte[] block = GC.AllocateUninitializedArray<byte>(bytes, pinned);
        block.AsSpan().Fill(1);
        return block;
    }
}

/// <summary>A static cache of 200 MB in blocks of 100 kB.</summary>
internal static class Cache
{
    public static Dictionary<int, byte[]>? Table { get; private set; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static long Fill()
    {
        Dictionary<int, byte[]> table = new(2000);
        for (int i = 0; i < 2000; i++)
        {
            table[i] = Block.Make(100_000);
        }

        Table = table;
        return 2000 * 100_000L;
    }

    public static void Drop() => Table = null;
}

/// <summary>300 MB that nothing refers to, made by a thread that has ended.</summary>
internal static class Garbage
{
    private static List<byte[]>? _held;

    public static long Make()
    {
        Thread maker = new(Fill);
        maker.Start();
        maker.Join();

        // The objects are old by now: no collection of a young generation will take them before the copy is made.
        GC.Collect(2, GCCollectionMode.Forced, blocking: true);
        _held = null;
        return 3000 * 100_000L;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Fill()
    {
        List<byte[]> held = new(3000);
        for (int i = 0; i < 3000; i++)
        {
            held.Add(Block.Make(100_000));
        }

        _held = held;
    }
}

/// <summary>A service that a static holds, with a dictionary of two million strings in one of its fields.</summary>
internal sealed class NameService
{
    private static NameService? _instance;

    private readonly Dictionary<int, string> _names = new(2_000_000);
    private Dictionary<int, string>? _current;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static long Fill()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        NameService service = new();
        service._current = service._names;
        for (int i = 0; i < 2_000_000; i++)
        {
            service._names[i] = new string('x', 20);
        }

        service._current = null;
        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        _instance = service;
        return bytes;
    }

    public static void Drop() => _instance = null;

    public override string ToString() => (_current ?? _names).Count.ToString(CultureInfo.InvariantCulture);
}

/// <summary>200 MiB rented from a pool and returned to it: the shared one, or one of its own that can be dropped.</summary>
internal static class Pool
{
    private const int Arrays = 25;
    private const int ArrayBytes = 8 << 20;

    private static ArrayPool<byte>? _own;

    public static long FillShared() => Fill(ArrayPool<byte>.Shared);

    public static long FillOwn() => Fill(_own = ArrayPool<byte>.Create(ArrayBytes, Arrays));

    public static void DropOwn() => _own = null;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long Fill(ArrayPool<byte> pool)
    {
        byte[][] rented = new byte[Arrays][];
        for (int i = 0; i < rented.Length; i++)
        {
            rented[i] = pool.Rent(ArrayBytes);
            rented[i].AsSpan().Fill(1);
        }

        foreach (byte[] array in rented)
        {
            pool.Return(array);
        }

        return Arrays * (long)ArrayBytes;
    }
}

/// <summary>Subscribers that a static event keeps alive.</summary>
internal static class Publisher
{
    public static event EventHandler? Changed;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static long Fill()
    {
        for (int i = 0; i < 150; i++)
        {
            Changed += new Subscriber().OnChanged;
        }

        Changed?.Invoke(null, EventArgs.Empty);
        return 150 * 1_000_000L;
    }

    public static void Drop() => Changed = null;

    private sealed class Subscriber
    {
        private readonly byte[] _buffer = Block.Make(1_000_000);
        private int _calls;

        public void OnChanged(object? sender, EventArgs e) => _calls += _buffer[0];
    }
}

/// <summary>Arrays on the pinned object heap.</summary>
internal static class PinnedArrays
{
    private static byte[][]? _arrays;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static long Fill()
    {
        byte[][] arrays = new byte[150][];
        for (int i = 0; i < arrays.Length; i++)
        {
            arrays[i] = Block.Make(1_000_000, pinned: true);
        }

        _arrays = arrays;
        return 150 * 1_000_000L;
    }

    public static void Drop() => _arrays = null;

    public static int Count => _arrays?.Length ?? 0;
}

/// <summary>Two caches that hold the same objects.</summary>
internal static class SharedCaches
{
    private static Dictionary<int, byte[]>? _byNumber;
    private static List<byte[]>? _inOrder;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static long Fill()
    {
        Dictionary<int, byte[]> byNumber = new(200);
        List<byte[]> inOrder = new(200);
        for (int i = 0; i < 200; i++)
        {
            byte[] block = Block.Make(1_000_000);
            byNumber[i] = block;
            inOrder.Add(block);
        }

        _byNumber = byNumber;
        _inOrder = inOrder;
        return 200 * 1_000_000L;
    }

    public static void Drop()
    {
        _byNumber = null;
        _inOrder = null;
    }

    public static int Count => (_byNumber?.Count ?? 0) + (_inOrder?.Count ?? 0);
}

/// <summary>A graph that only a local of a waiting thread holds.</summary>
internal static class LocalGraph
{
    private static readonly ManualResetEventSlim Built = new();
    private static readonly SemaphoreSlim Go = new(0);
    private static Thread? _owner;

    public static long Start()
    {
        _owner = new Thread(Own) { Name = "graph-owner", IsBackground = true };
        _owner.Start();
        Built.Wait();
        return 150 * 1_000_000L;
    }

    public static void Drop()
    {
        Go.Release();
        _owner?.Join();
        _owner = null;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Own()
    {
        Node? graph = null;
        for (int i = 0; i < 150; i++)
        {
            graph = new Node(graph, Block.Make(1_000_000));
        }

        Built.Set();
        Go.Wait();
        GC.KeepAlive(graph);
    }

    private sealed class Node(Node? next, byte[] payload)
    {
        public readonly Node? Next = next;
        public readonly byte[] Payload = payload;
    }
}

/// <summary>Many objects of one type, each with a buffer in a field, all in one static list.</summary>
internal sealed class Sessions
{
    private static List<Sessions>? _all;

    private readonly byte[] _buffer = Block.Make(500_000);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static long Fill()
    {
        _all = [];
        for (int i = 0; i < 100; i++)
        {
            _all.Add(new Sessions());
        }

        return 100 * 500_000L;
    }

    public static void Drop() => _all = null;

    public override string ToString() => _buffer.Length.ToString(CultureInfo.InvariantCulture);
}

/// <summary>What a ConditionalWeakTable attaches to an object that a static holds.</summary>
internal static class Attached
{
    private static readonly ConditionalWeakTable<object, byte[]> Table = [];
    private static object? _key;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static long Fill()
    {
        _key = new object();
        Table.Add(_key, Block.Make(50_000_000));
        return 50_000_000;
    }

    public static void Drop() => _key = null;
}

/// <summary>A static of a constructed generic type, nested in another: no module lists it.</summary>
internal static class Generic
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static long Fill()
    {
        Outer<string>.Inner<int>.Held = Block.Make(50_000_000);
        PerThread.Held = Block.Make(20_000_000);
        Boxed.Held = new Boxed.Pair { First = Block.Make(10_000_000), Second = 1 };
        return 50_000_000;
    }

    public static void Drop() => Outer<string>.Inner<int>.Held = null;

    internal static class Outer<T>
    {
        internal static class Inner<TOther>
        {
            public static byte[]? Held { get; set; }

            public static string Name => typeof(T).Name + typeof(TOther).Name;
        }
    }

    internal static class PerThread
    {
        [ThreadStatic]
        public static byte[]? Held;
    }

    internal static class Boxed
    {
        public static Pair Held;

        internal struct Pair
        {
            public byte[] First;
            public int Second;
        }
    }
}

/// <summary>A large array that was never written to: charged, and not resident.</summary>
internal static class Untouched
{
    private static byte[]? _array;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static long Fill()
    {
        _array = GC.AllocateUninitializedArray<byte>(200_000_000);
        return _array.Length;
    }

    public static void Drop() => _array = null;
}

/// <summary>Four threads that allocate as fast as they can, and keep some of it for a while.</summary>
internal static class Storm
{
    public static long Start()
    {
        for (int i = 0; i < 4; i++)
        {
            new Thread(Allocate) { IsBackground = true }.Start();
        }

        return 0;
    }

    private static void Allocate()
    {
        object[] kept = new object[50_000];
        for (int i = 0; ; i++)
        {
            kept[i % kept.Length] = i % 3 == 0 ? new byte[i % 300] : new object[] { kept[i / 2 % kept.Length] };
            if (i == int.MaxValue - 1)
            {
                i = 0;
            }
        }
    }
}
