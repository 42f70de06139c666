using ForkLint.Linux;
using ForkLint.Spawns.Events;

namespace ForkLint.Spawns.Tracing;

/// <summary>The tracepoints that show how processes are made.</summary>
internal sealed class SpawnTracepoints
{
    private const string BeganPrefix = "syscalls/sys_enter_";
    private const string ReturnedPrefix = "syscalls/sys_exit_";

    /// <summary>Those that nothing can be told without.</summary>
    private static readonly (string Name, Func<string, TracepointFormat, Tracepoint> Make)[] Required =
    [
        ("sched/sched_process_fork", static (name, format) => new ForkedTracepoint(name, format)),
        ("sched/sched_process_exec", static (name, format) => new ProgramTracepoint(name, format)),
        ("sched/sched_process_exit", static (name, format) => new EndedTracepoint(name, format)),
        ("task/task_newtask", static (name, format) => new MadeTracepoint(name, format)),
    ];

    /// <summary>arm64 has neither fork nor vfork; a kernel without CONFIG_FTRACE_SYSCALLS has none of them.</summary>
    private static readonly (string Name, CreationCall Call)[] Calls =
    [
        ("fork", CreationCall.Fork), ("vfork", CreationCall.Vfork), ("clone", CreationCall.Clone), ("clone3", CreationCall.Clone3),
    ];

    private SpawnTracepoints(IReadOnlyList<Tracepoint> all, bool showsCalls)
    {
        All = all;
        ShowsCalls = showsCalls;
    }

    /// <summary>The tracepoints to open.</summary>
    public IReadOnlyList<Tracepoint> All { get; }

    /// <summary>The start of a program: while it lives, /proc tells what its event may not.</summary>
    public Tracepoint Program => All.First(static tracepoint => tracepoint is ProgramTracepoint);

    /// <summary>Whether the system calls themselves are seen: without them nothing tells how long the caller waited.</summary>
    public bool ShowsCalls { get; }

    /// <summary>Looks them up.</summary>
    /// <returns>The tracepoints, or which of those that nothing can be told without is missing.</returns>
    public static Reading<SpawnTracepoints> Find(TraceFileSystem files)
    {
        var all = new List<Tracepoint>();
        foreach (var (name, make) in Required)
        {
            var format = files.Find(name);
            if (!format.TryGet(out var found))
            {
                return format.FailAs<SpawnTracepoints>();
            }

            all.Add(make(name, found));
        }

        int calls = 0;
        foreach (var (name, call) in Calls)
        {
            if (files.Find(BeganPrefix + name).TryGet(out var began) && files.Find(ReturnedPrefix + name).TryGet(out var returned))
            {
                all.Add(new BeganTracepoint(BeganPrefix + name, began, call));
                all.Add(new ReturnedTracepoint(ReturnedPrefix + name, returned));
                calls++;
            }
        }

        return Reading<SpawnTracepoints>.Ok(new SpawnTracepoints(all, calls > 0));
    }
}
