using ForkLint.Spawns.Events;

namespace ForkLint.Spawns.Tracing;

/// <summary>A tracepoint to be opened, and how its samples are read.</summary>
/// <param name="Name">As tracefs names it.</param>
/// <param name="Id">The number for <c>perf_event_attr.config</c>.</param>
/// <param name="Parts">What each sample brings beside the fields that all have.</param>
internal abstract record Tracepoint(string Name, int Id, SampleParts Parts = SampleParts.None)
{
    /// <summary>What a sample means.</summary>
    public abstract KernelEvent Translate(PerfSample sample);
}

/// <summary>sched_process_fork: a task is about to run. It brings the caller's frames.</summary>
internal sealed record ForkedTracepoint(string Name, TracepointFormat Format) : Tracepoint(Name, Format.Id, SampleParts.CallChain)
{
    private readonly TracepointField _child = Format.Field("child_pid");
    private readonly CallChains _chains = new();

    /// <inheritdoc/>
    public override KernelEvent Translate(PerfSample sample) => new()
    {
        Kind = KernelEventKind.Forked,
        TimeNanoseconds = sample.TimeNanoseconds,
        CallerPid = sample.Pid,
        CallerThread = sample.Thread,
        NewTask = (int)_child.Number(sample.Raw),
        CallChain = _chains.Of(sample.CallChain),
    };
}

/// <summary>sched_process_exec: a program starts. It brings the program's arguments, which the kernel has just laid out.</summary>
internal sealed record ProgramTracepoint(string Name, TracepointFormat Format) : Tracepoint(Name, Format.Id, SampleParts.Stack)
{
    private readonly TracepointField _file = Format.Field("filename");

    /// <inheritdoc/>
    public override KernelEvent Translate(PerfSample sample) => new()
    {
        Kind = KernelEventKind.ProgramStarted,
        TimeNanoseconds = sample.TimeNanoseconds,
        CallerPid = sample.Pid,
        CallerThread = sample.Thread,
        Program = _file.Text(sample.Raw),
        Arguments = InitialStack.Arguments(sample.StackPointer, sample.Stack),
    };
}

/// <summary>sched_process_exit: a task ends.</summary>
internal sealed record EndedTracepoint(string Name, TracepointFormat Format) : Tracepoint(Name, Format.Id)
{
    private readonly TracepointField _isLast = Format.Field("group_dead");

    /// <inheritdoc/>
    public override KernelEvent Translate(PerfSample sample) => new()
    {
        Kind = KernelEventKind.TaskEnded,
        TimeNanoseconds = sample.TimeNanoseconds,
        CallerPid = sample.Pid,
        CallerThread = sample.Thread,

        // The field came with 6.17; before, the end of the first thread is taken for the end of the process.
        IsLastThread = _isLast.Exists ? _isLast.Number(sample.Raw) != 0 : sample.Pid == sample.Thread,
    };
}

/// <summary>task_newtask: the flags with which a task was made.</summary>
internal sealed record MadeTracepoint(string Name, TracepointFormat Format) : Tracepoint(Name, Format.Id)
{
    private readonly TracepointField _task = Format.Field("pid");
    private readonly TracepointField _flags = Format.Field("clone_flags");

    /// <inheritdoc/>
    public override KernelEvent Translate(PerfSample sample) => new()
    {
        Kind = KernelEventKind.TaskMade,
        TimeNanoseconds = sample.TimeNanoseconds,
        CallerPid = sample.Pid,
        CallerThread = sample.Thread,
        NewTask = (int)_task.Number(sample.Raw),
        CloneFlags = (ulong)_flags.Number(sample.Raw),
    };
}

/// <summary>sys_enter_…: a thread entered a call that makes a task.</summary>
internal sealed record BeganTracepoint(string Name, TracepointFormat Format, CreationCall Call) : Tracepoint(Name, Format.Id)
{
    private readonly TracepointField _stack = Format.Field("newsp");

    /// <inheritdoc/>
    public override KernelEvent Translate(PerfSample sample) => new()
    {
        Kind = KernelEventKind.CallBegan,
        TimeNanoseconds = sample.TimeNanoseconds,
        CallerPid = sample.Pid,
        CallerThread = sample.Thread,
        Call = Call,
        HasOwnStack = _stack.Exists ? _stack.Number(sample.Raw) != 0 : null,
    };
}

/// <summary>sys_exit_…: that call returned.</summary>
internal sealed record ReturnedTracepoint(string Name, TracepointFormat Format) : Tracepoint(Name, Format.Id)
{
    /// <inheritdoc/>
    public override KernelEvent Translate(PerfSample sample) => new()
    {
        Kind = KernelEventKind.CallEnded,
        TimeNanoseconds = sample.TimeNanoseconds,
        CallerPid = sample.Pid,
        CallerThread = sample.Thread,
    };
}
