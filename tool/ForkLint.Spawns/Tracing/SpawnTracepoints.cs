using ForkLint.Linux;
using ForkLint.Spawns.Events;

namespace ForkLint.Spawns.Tracing;

/// <summary>The tracepoints that show how processes are made, and what their events mean.</summary>
internal sealed class SpawnTracepoints
{
    private const string ForkedName = "sched/sched_process_fork";
    private const string ProgramName = "sched/sched_process_exec";
    private const string EndedName = "sched/sched_process_exit";
    private const string MadeName = "task/task_newtask";
    private const string BeganPrefix = "syscalls/sys_enter_";
    private const string ReturnedPrefix = "syscalls/sys_exit_";
    private const string StackField = "newsp";

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

    /// <summary>Whether the system calls themselves are seen: without them nothing tells how long the caller waited.</summary>
    public bool ShowsCalls { get; }

    /// <summary>Looks them up.</summary>
    /// <returns>The tracepoints, or which of those that nothing can be told without is missing.</returns>
    public static Reading<SpawnTracepoints> Find(TraceFileSystem files)
    {
        var all = new List<Tracepoint>();
        foreach (var (name, chain, wakes) in new[] { (ForkedName, true, false), (ProgramName, false, true), (EndedName, false, false), (MadeName, false, false) })
        {
            var format = files.Find(name);
            if (!format.TryGet(out var found))
            {
                return format.FailAs<SpawnTracepoints>();
            }

            all.Add(new Tracepoint(name, found, chain, wakes));
        }

        int calls = 0;
        foreach (var (name, _) in Calls)
        {
            if (files.Find(BeganPrefix + name).TryGet(out var began) && files.Find(ReturnedPrefix + name).TryGet(out var returned))
            {
                all.Add(new Tracepoint(BeganPrefix + name, began, false, false));
                all.Add(new Tracepoint(ReturnedPrefix + name, returned, false, false));
                calls++;
            }
        }

        return Reading<SpawnTracepoints>.Ok(new SpawnTracepoints(all, calls > 0));
    }

    /// <summary>What an event means.</summary>
    public static KernelEvent Translate(Tracepoint tracepoint, PerfSample sample)
    {
        var format = tracepoint.Format;
        var plain = new KernelEvent
        {
            Kind = KernelEventKind.CallEnded,
            TimeNanoseconds = sample.TimeNanoseconds,
            CallerPid = sample.Pid,
            CallerThread = sample.Thread,
        };
        return tracepoint.Name switch
        {
            ForkedName => plain with { Kind = KernelEventKind.Forked, NewTask = (int)format.Number(sample.Raw, "child_pid"), CallChain = sample.CallChain },
            ProgramName => plain with { Kind = KernelEventKind.ProgramStarted, Program = format.Text(sample.Raw, "filename") },
            EndedName => plain with
            {
                Kind = KernelEventKind.TaskEnded,

                // The field came with 6.17; before, the end of the first thread is taken for the end of the process.
                IsLastThread = format.Has("group_dead") ? format.Number(sample.Raw, "group_dead") != 0 : sample.Pid == sample.Thread,
            },
            MadeName => plain with { Kind = KernelEventKind.TaskMade, NewTask = (int)format.Number(sample.Raw, "pid"), CloneFlags = (ulong)format.Number(sample.Raw, "clone_flags") },
            _ when tracepoint.Name.StartsWith(BeganPrefix, StringComparison.Ordinal) => plain with
            {
                Kind = KernelEventKind.CallBegan,
                Call = Calls.First(call => tracepoint.Name.EndsWith('_' + call.Name, StringComparison.Ordinal)).Call,
                HasOwnStack = format.Has(StackField) ? format.Number(sample.Raw, StackField) != 0 : null,
            },
            _ => plain,
        };
    }
}
