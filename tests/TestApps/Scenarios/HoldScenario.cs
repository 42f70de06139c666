using System.ComponentModel;
using System.Runtime.InteropServices;

namespace ForkLint.TestApps.Scenarios;

/// <summary>
/// Holds touched memory and stands still: managed=BYTES, native=BYTES, threads=COUNT (idle), mappings=COUNT (single pages), undumpable=1.
/// "Go" fills fill=PERCENT of what the collector says that its heap may become, as a cache does, and says how large that is.
/// </summary>
internal sealed partial class HoldScenario : IScenario
{
    private const int PageBytes = 4096;
    private static readonly List<byte[]> Managed = [];
    private static readonly object Never = new();
    private static long _idle;
    private long _fillPercent;

    public unsafe void Prepare(ScenarioOptions options)
    {
        const long largestArrayBytes = 1_000_000_000;
        for (long left = options.Number("managed"); left > 0; left -= largestArrayBytes)
        {
            var array = new byte[Math.Min(left, largestArrayBytes)];
            Touch(array);
            Managed.Add(array);
        }

        if (options.Number("native") is > 0 and var native)
        {
            byte* memory = (byte*)NativeMemory.Alloc((nuint)native);
            Touch(new Span<byte>(memory, (int)native));
        }

        _fillPercent = options.Number("fill");
        MakeMappings(options.Number("mappings"));
        if (options.Number("undumpable") == 1)
        {
            const int setDumpable = 4;
            _ = Control(setDumpable, 0, 0, 0, 0);
        }

        StartIdleThreads(options.Number("threads"));
    }

    public string Go()
    {
        const int arrayBytes = 50_000;
        long available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        for (long left = available / 100 * _fillPercent; left > 0; left -= arrayBytes)
        {
            var array = new byte[arrayBytes];
            Touch(array);
            Managed.Add(array);
        }

        return $"{available}";
    }

    /// <summary>Starts threads, and returns when each of them waits: a stack that is read from then on stays as it is.</summary>
    private static void StartIdleThreads(long count)
    {
        for (long index = 0; index < count; index++)
        {
            new Thread(static () =>
            {
                lock (Never)
                {
                    _idle++;
                    Monitor.Wait(Never);
                }
            })
            { IsBackground = true }.Start();
        }

        // A thread that was counted lets go of the lock by waiting, and in no other way.
        while (Idle() < count)
        {
            Thread.Sleep(1);
        }
    }

    private static long Idle()
    {
        lock (Never)
        {
            return _idle;
        }
    }

    /// <summary>Every second page of one reserve becomes readable: neighbours that differ are mappings of their own.</summary>
    private static void MakeMappings(long count)
    {
        nint start = count == 0 ? 0 : Map(0, (nint)((count + 1) * PageBytes), 0, 0x22, -1, 0);
        for (long page = 1; page < count; page += 2)
        {
            if (start == -1 || Protect(start + (nint)(page * PageBytes), PageBytes, 1) != 0)
            {
                throw new Win32Exception(Marshal.GetLastPInvokeError());
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int Control(int option, nint first, nint second, nint third, nint fourth);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nint length, int protection, int flags, int descriptor, long offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Protect(nint address, nint length, int protection);

    private static void Touch(Span<byte> memory)
    {
        for (int offset = 0; offset < memory.Length; offset += PageBytes)
        {
            memory[offset] = 1;
        }
    }
}
