using System.Globalization;
using ForkLint.TestApps.Lies;

namespace ForkLint.TestApps.Scenarios;

/// <summary>
/// An application that is not what it seems: it answers as a runtime and as an agent itself, and tells the lie of the day. victim=PID names
/// the process that it may betray. "Go" goes to the next lie.
/// </summary>
internal sealed class LiarScenario : IScenario
{
    private int _next = -1;

    public void Prepare(ScenarioOptions options)
    {
        Betrayed.Victim = (int)options.Number("victim");
        new FakeRuntime(() => (Lie)Volatile.Read(ref _next)).Start();
    }

    /// <summary>The next lie and the child that must not be touched, or nothing when all are told.</summary>
    public string Go()
    {
        var lie = (Lie)Interlocked.Increment(ref _next);
        return Enum.IsDefined(lie) ? string.Create(CultureInfo.InvariantCulture, $"{lie} {Betrayed.OldChild}") : "";
    }
}
