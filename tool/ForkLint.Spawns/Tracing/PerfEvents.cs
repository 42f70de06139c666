using System.Globalization;
using ForkLint.Linux;
using ForkLint.Spawns.Interop;

namespace ForkLint.Spawns.Tracing;

/// <summary>A tracepoint to be opened.</summary>
/// <param name="Name">As tracefs names it.</param>
/// <param name="Format">Its id and fields.</param>
/// <param name="HasCallChain">Whether each event brings the caller's user-mode frames.</param>
/// <param name="WakesReader">Whether one event is worth waking the reader for; the others wait for company.</param>
internal sealed record Tracepoint(string Name, TracepointFormat Format, bool HasCallChain, bool WakesReader);

/// <summary>
/// Tracepoints of all processors, read from one buffer a processor. The kernel walks the frame pointers of the caller itself, so nothing is
/// stopped and no code runs in the application.
/// </summary>
internal sealed unsafe class PerfEvents : IDisposable
{
    private const nint EnableRequest = 0x2400; // PERF_EVENT_IOC_ENABLE
    private const nint SetOutputRequest = 0x2405; // PERF_EVENT_IOC_SET_OUTPUT
    private const uint IdentifierRequest = 0x8008_2407; // PERF_EVENT_IOC_ID
    private const uint RecordLost = 2;
    private const uint RecordSample = 9;
    private const int MostFrames = 96;
    private const int WatermarkBytes = 64 * 1024;

    /// <summary>1 MiB a processor with pages of 4 KiB: some 700 spawns with their stacks.</summary>
    private const int RingBytes = 1 << 20;

    private readonly Dictionary<ulong, Tracepoint> _byIdentifier = [];
    private readonly List<int> _descriptors = [];
    private readonly List<(int Descriptor, PerfRing Ring)> _rings = [];

    private PerfEvents()
    {
    }

    /// <summary>How many events the kernel had no room for.</summary>
    public long Lost { get; private set; }

    /// <summary>The descriptors that become readable when events have come.</summary>
    public IReadOnlyList<int> Readable { get; private set; } = [];

    /// <summary>Opens the tracepoints on every processor and switches them on.</summary>
    /// <returns>The events, or why the kernel does not allow it.</returns>
    public static Reading<PerfEvents> Open(IReadOnlyList<Tracepoint> tracepoints)
    {
        var events = new PerfEvents();
        foreach (int processor in OnlineProcessors())
        {
            if (events.OpenOn(processor, tracepoints) is { } failure)
            {
                events.Dispose();
                return failure;
            }
        }

        events.Readable = [.. events._rings.Select(static ring => ring.Descriptor)];
        foreach (int descriptor in events._descriptors)
        {
            _ = Libc.Control(descriptor, EnableRequest, 0);
        }

        return Reading<PerfEvents>.Ok(events);
    }

    /// <summary>Takes what has come, in no particular order between the processors.</summary>
    public void Drain(ICollection<(Tracepoint Tracepoint, PerfSample Sample)> samples)
    {
        foreach (var (_, ring) in _rings)
        {
            ring.Drain((type, _, body) =>
            {
                if (type == RecordLost && body.Length >= 16)
                {
                    Lost += BitConverter.ToInt64(body[8..]);
                }
                else if (type == RecordSample && PerfSample.Parse(body, identifier => _byIdentifier.TryGetValue(identifier, out var known) && known.HasCallChain) is { } sample
                    && _byIdentifier.TryGetValue(sample.Identifier, out var tracepoint))
                {
                    samples.Add((tracepoint, sample));
                }
            });
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

    private Reading<PerfEvents>? OpenOn(int processor, IReadOnlyList<Tracepoint> tracepoints)
    {
        int leader = -1;
        foreach (var tracepoint in tracepoints)
        {
            var attributes = new PerfAttributes
            {
                Type = PerfAttributes.TypeTracepoint,
                Size = PerfAttributes.SizeBytes,
                Config = (ulong)tracepoint.Format.Id,
                Period = 1,
                SampleType = PerfAttributes.SampleIdentifier | PerfAttributes.SampleThread | PerfAttributes.SampleTime | PerfAttributes.SampleRaw
                    | (tracepoint.HasCallChain ? PerfAttributes.SampleCallChain : 0),
                Flags = PerfAttributes.Disabled | PerfAttributes.ExcludeKernelCallChain | PerfAttributes.UseClock | (tracepoint.WakesReader ? 0 : PerfAttributes.Watermark),
                Wakeup = tracepoint.WakesReader ? 1u : WatermarkBytes,
                Clock = PerfAttributes.ClockMonotonic,
                MostFrames = MostFrames,
            };
            int descriptor = Libc.PerfEventOpen(&attributes, -1, processor, -1);
            if (descriptor < 0)
            {
                return Failure($"perf_event_open of {tracepoint.Name}");
            }

            _descriptors.Add(descriptor);
            ulong identifier;
            if (Libc.Control(descriptor, unchecked((nint)IdentifierRequest), (nint)(&identifier)) != 0)
            {
                return Failure($"the identifier of {tracepoint.Name}");
            }

            _byIdentifier[identifier] = tracepoint;
            if (leader < 0)
            {
                leader = descriptor;
                if (PerfRing.Map(descriptor, RingBytes / Environment.SystemPageSize) is not { } ring)
                {
                    return Failure("the event buffer");
                }

                _rings.Add((descriptor, ring));
            }
            else if (Libc.Control(descriptor, SetOutputRequest, leader) != 0)
            {
                return Failure($"the buffer of {tracepoint.Name}");
            }
        }

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
