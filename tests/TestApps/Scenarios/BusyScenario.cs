using System.Diagnostics;

namespace ForkLint.TestApps.Scenarios;

/// <summary>Allocates, collects and starts processes all the time: allocators=COUNT, starters=COUNT, asnobody=1 for another user. "Go" tells how far it came and how much failed.</summary>
internal sealed class BusyScenario : IScenario
{
    private static readonly List<byte[]> Kept = [];
    private bool _asNobody;
    private long _allocations;
    private long _starts;
    private long _failures;

    public void Prepare(ScenarioOptions options)
    {
        for (int page = 0; page < 50_000; page++)
        {
            Kept.Add(new byte[1000]);
        }

        _asNobody = options.Number("asnobody") != 0;
        Repeat(options.Number("allocators"), Allocate);
        Repeat(options.Number("starters"), StartProcess);
    }

    public string Go() => $"{Interlocked.Read(ref _allocations)} {Interlocked.Read(ref _starts)} {Interlocked.Read(ref _failures)}";

    private void Repeat(long threads, Action work)
    {
        for (long index = 0; index < threads; index++)
        {
            new Thread(() =>
            {
                while (true)
                {
                    work();
                }
            })
            { IsBackground = true }.Start();
        }
    }

    private void Allocate()
    {
        for (int index = 0; index < 1000; index++)
        {
            var bytes = new byte[2000 + index];
            bytes[index] = 1;
            if (index % 100 == 0)
            {
                lock (Kept)
                {
                    Kept[(index * 31) % Kept.Count] = bytes;
                }
            }
        }

        if (Interlocked.Increment(ref _allocations) % 20 == 0)
        {
            GC.Collect();
        }
    }

    private void StartProcess()
    {
        try
        {
            using var child = Process.Start(new ProcessStartInfo("/bin/true") { UseShellExecute = false, UserName = _asNobody ? "nobody" : "" })!;
            child.WaitForExit();
            Interlocked.Add(ref _failures, child.ExitCode == 0 ? 0 : 1);
            Interlocked.Increment(ref _starts);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Interlocked.Increment(ref _failures);
        }
    }
}
