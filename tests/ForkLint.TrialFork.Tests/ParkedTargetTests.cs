using ForkLint.LiveTargets;

namespace ForkLint.TrialFork.Tests;

/// <summary>A target that stands still: what was predicted is what is charged, to the byte.</summary>
public class ParkedTargetTests
{
    private const long MB = 1_000_000;

    [Theory]
    [InlineData("managed=1000000")]
    [InlineData("managed=100000000")]
    [InlineData("managed=500000000")]
    [InlineData("managed=1000000000")]
    [InlineData("managed=1900000000")]
    [InlineData("threads=50")]
    [InlineData("native=200000000")]
    public void Predicted_is_charged_to_the_byte(string holding)
    {
        using var target = LiveTarget.Start("hold", holding);
        var result = Measurer.Run(new MeasureRequest { Pid = target.Pid, Engine = EngineKind.Agent, MaxStall = TimeSpan.FromSeconds(5) }, CancellationToken.None);
        var fork = result.Fork;

        Assert.True(fork.Succeeded);
        Assert.Equal(fork.PredictedChargeBytes, fork.ChargedBytes);
        Assert.True(Math.Abs(fork.CommittedDeltaBytes!.Value - fork.ChargedBytes!.Value) <= Math.Max(fork.ChargedBytes.Value / 100, 2 * MB), string.Join(' ', fork.Trials.Select(trial => trial.CommittedDeltaBytes)));
        Assert.True(fork.Child!.UniqueBytes < MB, $"child USS {fork.Child.UniqueBytes}");
        Assert.InRange(fork.Child.AnonymousBytes!.Value - result.Parent.AnonymousBytes!.Value, -MB, MB);
        Assert.Equal("Pong", target.Ask("Ping"));
        Assert.Equal("Spawned 0", target.Ask("Spawn"));
    }
}
