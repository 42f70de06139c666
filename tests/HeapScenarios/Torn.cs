namespace HeapScenarios;

/// <summary>
/// A large array whose header is gone, as a copy sees it that was made while the collector moved objects: most of the heap reads as nothing.
/// It lies in a frozen segment, which the collector itself never walks.
/// </summary>
internal static unsafe class TornArray
{
    private const int Bytes = 64_000_000;

    /// <summary>A trial's child is gone within milliseconds; one that lives this long is being read.</summary>
    private const int ReadingMilliseconds = 150;

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

    /// <summary>Mends it as soon as a copy has lived for a while: the first copy is unusable, the next one is not.</summary>
    public static long TearUntilCopied()
    {
        long bytes = Tear();
        new Thread(MendWhenCopied) { IsBackground = true }.Start();
        return bytes;
    }

    private static void MendWhenCopied()
    {
        string tasks = $"/proc/{Environment.ProcessId}/task";
        string copies = "";
        long since = 0;
        while (true)
        {
            string seen = string.Concat(Directory.GetDirectories(tasks).Select(static task => Children(task)));
            if (seen.Length == 0 || seen != copies)
            {
                copies = seen;
                since = Environment.TickCount64;
            }
            else if (Environment.TickCount64 - since > ReadingMilliseconds)
            {
                Mend();
                return;
            }

            Thread.Sleep(5);
        }
    }

    private static string Children(string task)
    {
        try
        {
            return File.ReadAllText(task + "/children");
        }
        catch (IOException)
        {
            // The thread has ended since.
            return "";
        }
    }
}
