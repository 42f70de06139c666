using ForkLint.LiveTargets;

namespace ForkLint.TrialFork.Tests;

/// <summary>Runtimes and collectors that the agent must enter.</summary>
public class RuntimeTests
{
    [Theory]
    [InlineData("net8.0", false)]
    [InlineData("net8.0", true)]
    [InlineData("net9.0", false)]
    [InlineData("net10.0", false)]
    [InlineData("net10.0", true)]
    public void A_self_contained_application_is_measured(string framework, bool isServerGC)
    {
        using var target = LiveTarget.Start(new TargetStart
        {
            Program = [TestApps.SelfContained(framework)],
            Arguments = ["hold", "managed=30000000"],
            Environment = new Dictionary<string, string?> { ["DOTNET_gcServer"] = isServerGC ? "1" : "0" },
        });
        var request = new MeasureRequest { Pid = target.Pid, Engine = EngineKind.Agent, MaxTrials = 3, MaxStall = TimeSpan.FromSeconds(5), AgentPatience = TimeSpan.FromSeconds(60) };
        var plan = Measurer.Plan(request);
        var result = Measurer.Run(request, CancellationToken.None);

        Assert.True(result.Fork.Succeeded);
        Assert.Equal(result.Fork.PredictedChargeBytes, result.Fork.ChargedBytes);
        Assert.StartsWith(framework["net".Length..], result.Process.Runtime, StringComparison.Ordinal);
        Assert.Equal(isServerGC, result.Process.IsServerGC);
        Assert.StartsWith(framework["net".Length..], plan.Process.Runtime, StringComparison.Ordinal);
        Assert.Equal(isServerGC, plan.Process.IsServerGC);
        Assert.Equal("Spawned 0", target.Ask("Spawn"));
    }

    /// <summary>
    /// Without W^X, code lies in private memory, so compiling a method between the two readings would show. Without tiered compilation, the application itself compiles
    /// nothing in the background, which on a busy machine may come at any time.
    /// </summary>
    [Fact]
    public void Nothing_is_compiled_during_a_trial()
    {
        using var target = LiveTarget.Start(new TargetStart { Arguments = ["hold", "managed=1000000"], Environment = new Dictionary<string, string?> { ["DOTNET_EnableWriteXorExecute"] = "0", ["DOTNET_TieredCompilation"] = "0" } });
        var result = Measurer.Run(new MeasureRequest { Pid = target.Pid, Engine = EngineKind.Agent, MaxTrials = 2, MaxStall = TimeSpan.FromSeconds(5), AgentPatience = TimeSpan.FromSeconds(60) }, CancellationToken.None);

        Assert.Equal(result.Fork.PredictedChargeBytes, result.Fork.ChargedBytes);
    }

    /// <summary>The answer in which a runtime says who it is holds its command line, and is no longer than 64 KB.</summary>
    [Theory]
    [InlineData(20_000)]
    [InlineData(31_000)]
    [InlineData(32_700)]
    [InlineData(100_000)]
    public void The_agent_enters_an_application_with_a_long_command_line(int length)
    {
        using var target = LiveTarget.Start(new TargetStart { Arguments = ["hold", "managed=1000000", new string('x', length)] });
        var request = new MeasureRequest { Pid = target.Pid, Engine = EngineKind.Agent, MaxTrials = 1, MaxStall = TimeSpan.FromSeconds(5), AgentPatience = TimeSpan.FromSeconds(60) };
        var result = Measurer.Run(request, CancellationToken.None);

        Assert.True(result.Fork.Succeeded);
        Assert.StartsWith("10.", result.Process.Runtime, StringComparison.Ordinal);
    }
}
