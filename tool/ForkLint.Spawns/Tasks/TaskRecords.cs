using System.Text;
using ForkLint.Linux;
using ForkLint.Spawns.Events;
using ForkLint.Spawns.Interop;
using ForkLint.Spawns.Tracing;

namespace ForkLint.Spawns.Tasks;

/// <summary>
/// The kernel's records of the tasks of this user: an event that counts nothing, on each thread of the watched processes, inherited by all
/// that they start, brings a record of each fork, program and end. It takes no right but to see those processes, where
/// <c>kernel.perf_event_paranoid</c> is 2 or less (perf_event_open(2), PERF_RECORD_FORK).
/// </summary>
internal sealed unsafe class TaskRecords : ITaskSource
{
    private const uint RecordLost = 2;
    private const uint RecordName = 3;
    private const uint RecordExit = 4;
    private const uint RecordFork = 7;

    /// <summary>PERF_RECORD_MISC_COMM_EXEC: the name changed because a program was started.</summary>
    private const ushort ByProgram = 1 << 13;

    /// <summary>The largest buffer that kernel.perf_event_mlock_kb (516) grants each processor without a right; some 9000 records.</summary>
    private const int RingBytes = 512 << 10;

    /// <summary>Threads that start while the others are listed are found by listing again.</summary>
    private const int MostListings = 10;

    private readonly Dictionary<int, (int Descriptor, PerfRing Ring)> _rings = [];
    private readonly List<int> _descriptors = [];
    private readonly HashSet<int> _threads = [];

    private TaskRecords()
    {
    }

    /// <inheritdoc/>
    public long Lost { get; private set; }

    /// <summary>Whether the kernel grants them, which an event of the calling thread shows.</summary>
    /// <returns>The source, or what the kernel refuses and why.</returns>
    public static Reading<TaskRecords> Open()
    {
        var attributes = Attributes();
        int descriptor = Libc.PerfEventOpen(&attributes, 0, -1, -1);
        if (descriptor < 0)
        {
            int error = Libc.LastError;
            return Reading<TaskRecords>.Fail(ReadFailure.NotPermitted, $"perf_event_open: {Libc.Message(error)}, with kernel.perf_event_paranoid at {Paranoia()}");
        }

        _ = Libc.Close(descriptor);
        return Reading<TaskRecords>.Ok(new TaskRecords());
    }

    /// <inheritdoc/>
    public string? Attach(int pid)
    {
        for (var listing = 0; listing < MostListings; listing++)
        {
            bool isNew = false;
            foreach (int thread in ThreadsOf(pid))
            {
                if (_threads.Add(thread))
                {
                    isNew = true;
                    if (AttachThread(thread) is { } reason)
                    {
                        return reason;
                    }
                }
            }

            if (!isNew)
            {
                return null;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public void Wait(TimeSpan patience)
    {
        var entries = stackalloc PollEntry[_rings.Count];
        int count = 0;
        foreach (var (descriptor, _) in _rings.Values)
        {
            entries[count++] = new PollEntry { Descriptor = descriptor, Wanted = Libc.Readable };
        }

        _ = Libc.Poll(entries, count, (int)patience.TotalMilliseconds);
    }

    /// <inheritdoc/>
    public void Drain(ICollection<KernelEvent> events)
    {
        foreach (var (_, ring) in _rings.Values)
        {
            ring.Drain((type, misc, body) =>
            {
                if (type == RecordLost && body.Length >= 16)
                {
                    Lost += BitConverter.ToInt64(body[8..]);
                }
                else if (Translate(type, misc, body) is { } happened)
                {
                    events.Add(happened);
                }
            });
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, ring) in _rings.Values)
        {
            ring.Dispose();
        }

        foreach (int descriptor in _descriptors)
        {
            _ = Libc.Close(descriptor);
        }

        _rings.Clear();
        _descriptors.Clear();
    }

    /// <summary>What a record means; null for those that say nothing of a process.</summary>
    /// <param name="type">PERF_RECORD_*.</param>
    /// <param name="misc">Its flags.</param>
    /// <param name="body">Of a fork and an end: pid, parent's pid, thread, parent's thread, time. Of a name: pid, thread, name, then pid, thread and time of the sample.</param>
    internal static KernelEvent? Translate(uint type, ushort misc, ReadOnlySpan<byte> body)
    {
        const int taskBytes = 24;
        const int sampleBytes = 16;
        if (body.Length < taskBytes)
        {
            return null;
        }

        var (pid, second) = (BitConverter.ToInt32(body), BitConverter.ToInt32(body[4..]));
        switch (type)
        {
            case RecordFork when pid != second:
                return new KernelEvent
                {
                    Kind = KernelEventKind.Forked,
                    TimeNanoseconds = BitConverter.ToInt64(body[16..]),
                    CallerPid = second,
                    CallerThread = BitConverter.ToInt32(body[12..]),
                    NewTask = pid,
                    IsMannerUnknown = true,
                };
            case RecordExit:
                int thread = BitConverter.ToInt32(body[8..]);
                return new KernelEvent
                {
                    Kind = KernelEventKind.TaskEnded,
                    TimeNanoseconds = BitConverter.ToInt64(body[16..]),
                    CallerPid = pid,
                    CallerThread = thread,

                    // The end of the first thread is taken for the end of the process.
                    IsLastThread = pid == thread,
                };
            case RecordName when (misc & ByProgram) != 0:
                var name = body[8..^sampleBytes];
                int end = name.IndexOf((byte)0);
                return new KernelEvent
                {
                    Kind = KernelEventKind.ProgramStarted,
                    TimeNanoseconds = BitConverter.ToInt64(body[^8..]),
                    CallerPid = pid,
                    CallerThread = second,
                    Program = Encoding.UTF8.GetString(end < 0 ? name : name[..end]),
                };
            default:
                return null;
        }
    }

    private static PerfAttributes Attributes() => new()
    {
        Type = PerfAttributes.TypeSoftware,
        Size = PerfAttributes.SizeBytes,
        Config = PerfAttributes.CountsNothing,
        SampleType = PerfAttributes.SampleThread | PerfAttributes.SampleTime,
        Flags = PerfAttributes.Inherit | PerfAttributes.ExcludeKernel | PerfAttributes.ExcludeHypervisor | PerfAttributes.Names | PerfAttributes.NamesByProgram
            | PerfAttributes.Tasks | PerfAttributes.SampleEveryRecord | PerfAttributes.UseClock | PerfAttributes.Watermark,

        // A single record wakes the reader: its process may end soon.
        Wakeup = 1,
        Clock = PerfAttributes.ClockMonotonic,
    };

    private static string Paranoia()
    {
        try
        {
            return File.ReadAllText("/proc/sys/kernel/perf_event_paranoid").Trim();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return "an unknown value";
        }
    }

    private static IEnumerable<int> ThreadsOf(int pid)
    {
        try
        {
            return [.. Directory.EnumerateDirectories($"/proc/{pid}/task").Select(static path => int.Parse(Path.GetFileName(path), System.Globalization.CultureInfo.InvariantCulture))];
        }
        catch (IOException)
        {
            return [];
        }
    }

    /// <summary>An inherited event with a buffer must be of one processor (kernel/events/core.c, perf_mmap), so there is one for each.</summary>
    private string? AttachThread(int thread)
    {
        foreach (int processor in PerfEvents.OnlineProcessors())
        {
            var attributes = Attributes();
            int descriptor = Libc.PerfEventOpen(&attributes, thread, processor, -1);
            if (descriptor < 0)
            {
                int error = Libc.LastError;
                if (error == Libc.ErrorNoProcess)
                {
                    return null;
                }

                return $"perf_event_open: {Libc.Message(error)}";
            }

            _descriptors.Add(descriptor);
            if (_rings.TryGetValue(processor, out var leader))
            {
                const nint setOutput = 0x2405; // PERF_EVENT_IOC_SET_OUTPUT
                if (Libc.Control(descriptor, setOutput, leader.Descriptor) != 0)
                {
                    return $"the event buffer: {Libc.Message(Libc.LastError)}";
                }
            }
            else if (PerfRing.Map(descriptor, RingBytes / Environment.SystemPageSize) is { } ring)
            {
                _rings.Add(processor, (descriptor, ring));
            }
            else
            {
                return $"the event buffer: {Libc.Message(Libc.LastError)}";
            }
        }

        return null;
    }
}
