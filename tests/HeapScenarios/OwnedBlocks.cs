using System.Runtime.InteropServices;

namespace HeapScenarios;

/// <summary>Native blocks whose addresses lie in managed objects: in a SafeHandle, in a field of a service, in an array; and one that nobody knows any more.</summary>
internal static unsafe class OwnedBlocks
{
    public const int InHandleBytes = 100_000_000;
    public const int InFieldBytes = 60_000_000;
    public const int InArrayBytes = 40_000_000;
    public const int LostBytes = 20_000_000;

    private static BlockHandle? _handle;
    private static Service? _service;
    private static nint[]? _table;

    public static long Fill()
    {
        _handle = new BlockHandle(InHandleBytes);
        _service = new Service(Make(InFieldBytes));
        _table = [0, (nint)Make(InArrayBytes)];
        Lose();
        return InHandleBytes + InFieldBytes + InArrayBytes + LostBytes;
    }

    /// <summary>Frees what the service's field points to, as the report's advice says.</summary>
    public static void Drop() => _service?.Free();

    private static byte* Make(int bytes)
    {
        byte* block = (byte*)NativeMemory.Alloc((nuint)bytes);
        new Span<byte>(block, bytes).Fill(1);
        return block;
    }

    private static void Lose() => _ = *Make(LostBytes);

    private sealed class Service(byte* samples)
    {
        private byte* _samples = samples;

        public void Free()
        {
            NativeMemory.Free(_samples);
            _samples = null;
        }
    }

    private sealed class BlockHandle : SafeHandle
    {
        public BlockHandle(int bytes)
            : base(0, ownsHandle: true) => SetHandle((nint)Make(bytes));

        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle()
        {
            NativeMemory.Free((void*)handle);
            return true;
        }
    }
}
