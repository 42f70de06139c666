using ForkLint.Linux;
using ForkLint.Tool.Processes;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Fleet;

/// <summary>What is kept of a process between two reads: what does not change while it runs the same program.</summary>
/// <param name="stat">Which process in which program: an id that was given to another, and another program, are read again.</param>
internal sealed class KnownProcess(ProcessStat stat)
{
    /// <summary>After this time the mappings are read again, even if the status has not changed.</summary>
    private const int MostAgeMilliseconds = 5 * 60 * 1000;

    private long? _lookedAtSize;
    private CollectorLimit? _collector;
    private bool _collectorIsRead;

    /// <summary>Which process it is.</summary>
    public ProcessStat Stat => stat;

    /// <summary>Whether it runs .NET.</summary>
    public bool IsDotNet { get; private set; }

    /// <summary>The version of its runtime; null where it is not known.</summary>
    public string? Runtime { get; private set; }

    /// <summary>Its name, as <c>ps</c> shows it.</summary>
    public string Name { get; private set; } = "";

    /// <summary>Its mappings as they were last read; null where they never were.</summary>
    public FleetMemory? Memory { get; private set; }

    /// <summary>The settings of its collector.</summary>
    public CollectorLimit? Collector(ProcessFiles process)
    {
        _collector = _collectorIsRead ? _collector : DotNetProbe.Collector(process);
        _collectorIsRead = true;
        return _collector;
    }

    /// <summary>Whether this is still the same process with the same program.</summary>
    public bool Is(ProcessStat now) => now.StartTimeTicks == stat.StartTimeTicks && now.StackStart == stat.StackStart;

    /// <summary>Tells whether it runs .NET. A process that does not is checked again once its size has changed: a host loads the runtime after its start.</summary>
    /// <param name="process">The process.</param>
    /// <param name="now">Its stat line.</param>
    /// <param name="withSocket">Who has a diagnostics socket.</param>
    public void Look(ProcessFiles process, ProcessStat now, HashSet<ProcessIdentity> withSocket)
    {
        if (IsDotNet || _lookedAtSize == now.VirtualBytes)
        {
            return;
        }

        _lookedAtSize = now.VirtualBytes;
        IsDotNet = RuntimeSight.IsDotNet(process, withSocket, out var version);
        Runtime = version;
        Name = IsDotNet ? ProcessName.Of(process) : "";
    }

    /// <summary>Its mappings: those read before, unless the status shows that they have changed.</summary>
    /// <param name="process">The process.</param>
    /// <param name="status">Its status now.</param>
    /// <param name="wasRead">Whether they were read now.</param>
    public Reading<FleetMemory> ReadMemory(ProcessFiles process, ProcessStatus status, out bool wasRead)
    {
        wasRead = Memory is null || !Memory.IsOf(status) || Environment.TickCount64 - Memory.ReadAtMilliseconds > MostAgeMilliseconds;
        if (!wasRead)
        {
            return Reading<FleetMemory>.Ok(Memory!);
        }

        var read = FleetMemory.Read(process, status);
        Memory = read.ValueOr(null!);
        return read;
    }
}
