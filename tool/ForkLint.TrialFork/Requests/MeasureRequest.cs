using ForkLint.Agent;
using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>How a figure is obtained.</summary>
public enum EngineKind
{
    /// <summary>The best one that can be used on this process.</summary>
    Auto,

    /// <summary>From the mappings alone: no code runs in the application.</summary>
    Estimate,

    /// <summary>By forking the application: an agent enters it through its diagnostics socket.</summary>
    Agent,

    /// <summary>By forking the application: one of its threads is stopped by ptrace and makes the call. Of any program.</summary>
    Ptrace,
}

/// <summary>What to measure, and how far the measurement may go.</summary>
public sealed record MeasureRequest
{
    /// <summary>What <see cref="MaxStall"/> is unless another is asked for.</summary>
    public static readonly TimeSpan DefaultMaxStall = TimeSpan.FromMilliseconds(250);

    /// <summary>The process, in this process's pid namespace.</summary>
    public required int Pid { get; init; }

    /// <summary>How.</summary>
    public EngineKind Engine { get; init; } = EngineKind.Auto;

    /// <summary>The most trial forks to make.</summary>
    public int MaxTrials { get; init; } = 20;

    /// <summary>The longest that the application may stand still for one fork, and for all trials together.</summary>
    public TimeSpan MaxStall { get; init; } = DefaultMaxStall;

    /// <summary>Keep a child this long and observe the copy-on-write growth; null: do not.</summary>
    public TimeSpan? Hold { get; init; }

    /// <summary>Let the held child dirty this many bytes of what it shares; null: nothing.</summary>
    public long? ChildWritesBytes { get; init; }

    /// <summary>Let the application give free memory back (an Aggressive collection, malloc_trim) and fork again.</summary>
    public bool Verify { get; init; }

    /// <summary>Fork even where the memory cgroup has too little room.</summary>
    public bool IgnoreHeadRoom { get; init; }

    /// <summary>Enter even where it cannot be shown from outside that what confines the application lets the agent work.</summary>
    public bool EnterUnproven { get; init; }

    /// <summary>How long to wait for a runtime that is still starting.</summary>
    public TimeSpan StartPatience { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Another machine to judge the fork for; null: none.</summary>
    public AsIf? AsIf { get; init; }

    /// <summary>Receives each stage and the progress; null if neither is needed.</summary>
    public IMeasureObserver? Observer { get; init; }

    /// <summary>
    /// Reads the frozen child's heap while it is held; it keeps what it finds for the caller. It should be done within
    /// a minute: no child lives longer. An exception other than <see cref="OperationCanceledException"/> becomes a warning.
    /// </summary>
    public Action<FrozenChild, CancellationToken>? ReadHeap { get; init; }

    /// <summary>
    /// Called once, when it was found that there is room for the measurement and nothing prevents it, before the application is entered: what helps to read its
    /// heap is started here and not before. Not called for an estimate.
    /// </summary>
    public Action? Admitted { get; init; }

    /// <summary>How long to wait for another measurement of the same process.</summary>
    public TimeSpan LockPatience { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long the runtime, and then the agent, may take to answer.</summary>
    public TimeSpan AgentPatience { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The folder of the agent's files; null: <c>agent</c> beside this assembly.</summary>
    public string? AgentFolder { get; init; }

    /// <summary>A step at which the agent shall fail, to show that the application does not notice. For tests.</summary>
    public AgentFault InjectFault { get; init; } = AgentFault.None;
}
