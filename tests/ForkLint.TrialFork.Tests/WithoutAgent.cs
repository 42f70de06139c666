namespace ForkLint.TrialFork.Tests;

/// <summary>What is left where no agent can enter: ptrace where this user may trace, else the estimate.</summary>
internal static class WithoutAgent
{
    /// <summary>The engine that the tool takes by itself then.</summary>
    public static EngineKind Engine(int pid)
    {
        using var target = Target.Open(pid);
        return TraceAccess.Obstacle(target) == null ? EngineKind.Ptrace : EngineKind.Estimate;
    }
}
