namespace HeapScenarios;

/// <summary>
/// A large array whose header is gone, as a copy sees it that was made while the collector moved objects: most of the heap reads as nothing.
/// It lies in a frozen segment, which the collector itself never walks.
/// </summary>
internal static unsafe class TornArray
{
    private const int Bytes = 64_000_000;

    private static nint* _header;
    private static nint _methodTable;

    public static long Tear()
    {
        _header = FrozenHeap.MakeArray(Bytes);
        _methodTable = *_header;
        *_header = 0;
        return Bytes;
    }

    public static void Mend() => *_header = _methodTable;
}
