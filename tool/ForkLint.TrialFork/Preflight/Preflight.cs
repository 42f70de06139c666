namespace ForkLint.TrialFork;

/// <summary>What is checked before an engine enters an application.</summary>
internal static class Preflight
{
    /// <summary>Before the agent is sent.</summary>
    public static CheckList Agent { get; } = new(
        [new ConditionCheck("it would receive the agent at a later time"), new DebuggerCheck(), new StartedCheck()],
        [new StartCompleteCheck(), new LimitCheck(), new MappingCountCheck(), new DumpableCheck(), new TrimmingCheck(), new SecurityLabelCheck(), new SeccompCheck(), new LandlockCheck()]);

    /// <summary>Before a thread is stopped by ptrace. What the agent needs of the process, its files and its room, is not among them.</summary>
    public static CheckList Trace { get; } = new([new ConditionCheck("none of its threads can make a call now")], [new TraceSeccompCheck()]);
}
