using System.Globalization;
using ForkLint.Linux;
using ForkLint.Spawns.Events;
using ForkLint.Spawns.Interop;

namespace ForkLint.Spawns.Tracing;

/// <summary>
/// Tracepoints of all processors, read from one buffer a processor. The kernel walks the frame pointers of the caller itself, so nothing is
/// stopped and no code runs in the application.
/// </summary>
internal sealed unsafe class PerfEvents : IDisposable
{
    /// <summary>The most frames of a call chain.</summary>
    public const int MostFrames = 96;

    private const nint EnableRequest = 0x2400; // PERF_EVENT_IOC_ENABLE
    private const nint DisableRequest = 0x2401; // PERF_EVENT_IOC_DISABLE
    private const nint SetOutputRequest = 0x2405; // PERF_EVENT_IOC_SET_OUTPUT
    private const uint IdentifierRequest = 0x8008_2407; // PERF_EVENT_IOC_ID
    private const uint RecordLost = 2;
    private const uint RecordSample = 9;

    /// <summary>8 MiB a processor where there are few: some 600 spawns with their stacks and arguments.</summary>
    private const int LargestRingBytes = 8 << 20;
    private const int SmallestRingBytes = 256 << 10;

    /// <summary>What all buffers together take at most, unless there are so many processors that each has the smallest useful one of 1 MiB.</summary>
    private const int AllRingsBytes = 32 << 20;
    private const int UsefulRingBytes = 1 << 20;

    private readonly Dictionary<ulong, Tracepoint> _byIdentifier = [];
    private readonly List<int> _descriptors = [];

    /// <summary>Events that wake the reader, one for each processor. Another event has the data.</summary>
    private readonly List<int> _alarms = [];
    private readonly List<(int Descriptor, PerfRing Ring)> _rings = [];
    private readonly PerfRing.RecordReader _reader;
    private List<KernelEvent> _target = [];

    private int _ringBytes;

    private PerfEvents() => _reader = Read;

    /// <summary>How many events the kernel had no room for.</summary>
    public long Lost { get; private set; }

    /// <summary>The descriptors that become readable when events have come.</summary>
    public IReadOnlyList<int> Readable { get; private set; } = [];

    /// <summary>Opens the tracepoints on every processor and switches them on.</summary>
    /// <param name="tracepoints">Receives the events, when the buffer fills or is read.</param>
    /// <param name="alarm">What wakes the reader at once, while <see cref="SetAlarm"/> wants it to.</param>
    /// <returns>The events, or why the kernel does not allow it.</returns>
    public static Reading<PerfEvents> Open(IReadOnlyList<Tracepoint> tracepoints, Tracepoint alarm)
    {
        var events = new PerfEvents();
        int[] processors = [.. OnlineProcessors()];
        events._ringBytes = LargestRingBytes;
        while (events._ringBytes > UsefulRingBytes && (long)events._ringBytes * processors.Length > AllRingsBytes)
        {
            events._ringBytes /= 2;
        }

        foreach (int processor in processors)
        {
            if (events.OpenOn(processor, tracepoints, alarm) is { } failure)
            {
                events.Dispose();
                return failure;
            }
        }

        events.Readable = [.. events._rings.Select(static ring => ring.Descriptor)];
        foreach (int descriptor in events._descriptors.Except(events._alarms))
        {
            _ = Libc.Control(descriptor, EnableRequest, 0);
        }

        return Reading<PerfEvents>.Ok(events);
    }

    /// <summary>Switches the alarm: off at first.</summary>
    public void SetAlarm(bool isOn)
    {
        foreach (int descriptor in _alarms)
        {
            _ = Libc.Control(descriptor, isOn ? EnableRequest : DisableRequest, 0);
        }
    }

    /// <summary>Takes what has come, in no particular order between the processors.</summary>
    public void Drain(List<KernelEvent> events)
    {
        _target = events;
        foreach (var (_, ring) in _rings)
        {
            ring.Drain(_reader);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, ring) in _rings)
        {
            ring.Dispose();
        }

        _rings.Clear();
        foreach (int descriptor in _descriptors)
        {
            _ = Libc.Close(descriptor);
        }

        _descriptors.Clear();
    }

    private void Read(uint type, ushort misc, ReadOnlySpan<byte> body)
    {
        if (type == RecordLost && body.Length >= 16)
        {
            Lost += BitConverter.ToInt64(body[8..]);
        }
        else if (type == RecordSample && PerfSample.IdentifierOf(body) is { } identifier && _byIdentifier.TryGetValue(identifier, out var tracepoint)
            && PerfSample.TryParse(body, tracepoint.Parts, out var sample))
        {
            _target.Add(tracepoint.Translate(sample));
        }
    }

    private Reading<PerfEvents>? OpenOn(int processor, IReadOnlyList<Tracepoint> tracepoints, Tracepoint alarm)
    {
        int leader = -1;
        foreach (var tracepoint in tracepoints)
        {
            var attributes = Attributes(tracepoint);
            if (OpenEvent(attributes, tracepoint, processor, ref leader) is { } failure)
            {
                return failure;
            }

            ulong identifier;
            if (Libc.Control(_descriptors[^1], unchecked((nint)IdentifierRequest), (nint)(&identifier)) != 0)
            {
                return Failure($"the identifier of {tracepoint.Name}");
            }

            _byIdentifier[identifier] = tracepoint;
        }

        var waking = Attributes(alarm) with { SampleType = PerfAttributes.SampleIdentifier, Wakeup = 1 };
        waking.Flags &= ~PerfAttributes.Watermark;
        if (OpenEvent(waking, alarm, processor, ref leader) is { } refused)
        {
            return refused;
        }

        _alarms.Add(_descriptors[^1]);
        return null;
    }

    private PerfAttributes Attributes(Tracepoint tracepoint) => new()
    {
        Type = PerfAttributes.TypeTracepoint,
        Size = PerfAttributes.SizeBytes,
        Config = (ulong)tracepoint.Id,
        Period = 1,
        SampleType = PerfAttributes.SampleIdentifier | PerfAttributes.SampleThread | PerfAttributes.SampleTime | PerfAttributes.SampleRaw
            | (tracepoint.Parts.HasFlag(SampleParts.CallChain) ? PerfAttributes.SampleCallChain : 0)
            | (tracepoint.Parts.HasFlag(SampleParts.Stack) ? PerfAttributes.SampleUserRegisters | PerfAttributes.SampleUserStack : 0),
        Flags = PerfAttributes.Disabled | PerfAttributes.ExcludeKernelCallChain | PerfAttributes.UseClock | PerfAttributes.Watermark,
        Wakeup = (uint)_ringBytes / 8,
        UserRegisters = tracepoint.Parts.HasFlag(SampleParts.Stack) ? InitialStack.PointerRegister : 0,
        UserStackBytes = tracepoint.Parts.HasFlag(SampleParts.Stack) ? (uint)InitialStack.Bytes : 0,
        Clock = PerfAttributes.ClockMonotonic,
        MostFrames = MostFrames,
    };

    /// <summary>Opens one event. The first of a processor has the buffer, the others share it.</summary>
    private Reading<PerfEvents>? OpenEvent(PerfAttributes attributes, Tracepoint tracepoint, int processor, ref int leader)
    {
        int descriptor = Libc.PerfEventOpen(&attributes, -1, processor, -1);
        if (descriptor < 0)
        {
            return Failure($"perf_event_open of {tracepoint.Name}");
        }

        _descriptors.Add(descriptor);
        if (leader >= 0)
        {
            return Libc.Control(descriptor, SetOutputRequest, leader) == 0 ? null : Failure($"the buffer of {tracepoint.Name}");
        }

        leader = descriptor;
        PerfRing? ring;
        while ((ring = PerfRing.Map(descriptor, _ringBytes / Environment.SystemPageSize)) is null)
        {
            // Without CAP_IPC_LOCK there is a limit on all of them together (kernel.perf_event_mlock_kb, RLIMIT_MEMLOCK).
            if (_ringBytes / 2 < SmallestRingBytes)
            {
                return Failure("the event buffer");
            }

            _ringBytes /= 2;
        }

        _rings.Add((descriptor, ring));
        return null;
    }

    private static Reading<PerfEvents> Failure(string what)
    {
        int error = Libc.LastError;
        return Reading<PerfEvents>.Fail(
            error is Libc.ErrorAccess or Libc.ErrorNotPermitted ? ReadFailure.NotPermitted : ReadFailure.NotAvailable,
            $"{what}: {Libc.Message(error)}");
    }

    /// <summary>The processors that run, from text such as <c>0-3,8</c>. A process confined to some of them still traces all.</summary>
    internal static IEnumerable<int> OnlineProcessors()
    {
        string text;
        try
        {
            text = File.ReadAllText("/sys/devices/system/cpu/online").Trim();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Enumerable.Range(0, Environment.ProcessorCount);
        }

        return ProcessorList.Parse(text);
    }
}

/// <summary>Lists of processors as sysfs writes them.</summary>
internal static class ProcessorList
{
    /// <summary>The numbers of <c>0-3,8</c>, in order; parts that are no numbers are left out.</summary>
    public static IReadOnlyList<int> Parse(string text)
    {
        var processors = new List<int>();
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var dash = part.IndexOf('-', StringComparison.Ordinal);
            var (first, last) = dash < 0 ? (part, part) : (part[..dash], part[(dash + 1)..]);
            if (int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var from) && int.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var to))
            {
                processors.AddRange(Enumerable.Range(from, Math.Clamp(to - from + 1, 0, 8192)));
            }
        }

        return processors;
    }
}
