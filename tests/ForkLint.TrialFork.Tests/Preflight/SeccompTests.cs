using ForkLint.Linux;
using ForkLint.LiveTargets;

namespace ForkLint.TrialFork.Tests;

/// <summary>An application under a seccomp filter is entered only where the filter was read and allows every call of a visit.</summary>
public class SeccompTests
{
    private const int Allowed = 9_999;
    private const string Kill = "kill";

    [Fact]
    public void A_filter_that_concerns_no_call_of_ours_keeps_nobody_out()
    {
        using var target = Start(Kill, Allowed);
        Assert.True(Measurer.Run(Request(target, EngineKind.Auto), CancellationToken.None).Fork.Succeeded);
        Assert.Equal("Pong", target.Ask("Ping"));
    }

    [Theory]
    [InlineData(Kill, 56, "clone")]
    [InlineData("trap", 434, "pidfd_open")]
    [InlineData(Kill, 263, "unlinkat")]
    [InlineData("1", 61, "wait4")]
    [InlineData("38", 55, "getsockopt")]
    [InlineData(Kill, 288, "accept4")]
    public void A_filter_that_forbids_one_call_keeps_the_agent_out(string action, int number, string name)
    {
        using var target = Start(action, Allowed, number);
        var refused = Assert.Throws<MeasureException>(() => Measurer.Run(Request(target, EngineKind.Agent), CancellationToken.None));
        Assert.Equal(ExitReason.RefusedForSafety, refused.Reason);
        Assert.True(refused.Message.Contains(name, StringComparison.Ordinal), refused.Message);
        var estimate = Measurer.Run(Request(target, EngineKind.Auto), CancellationToken.None);

        // What only the agent needs keeps no trial by ptrace away.
        bool needsItToo = name is "clone" or "wait4";
        Assert.Equal(needsItToo ? EngineKind.Estimate : EngineKind.Ptrace, estimate.Engine);
        Assert.True(estimate.EngineWhy.Contains(name, StringComparison.Ordinal), estimate.EngineWhy);
        Assert.Equal(name == "clone" ? Answer.No : Answer.Yes, estimate.Verdicts.Single(static verdict => verdict.Rule == AdmissionRule.Here).Succeeds);
        Assert.Equal("Pong", target.Ask("Ping"));
        Assert.Empty(Traces.ChildrenOf(target.Pid));
    }

    [Fact]
    public void What_the_agent_can_do_without_may_fail()
    {
        using var target = Start("1", 84, 54, 73);
        Assert.True(Measurer.Run(Request(target, EngineKind.Agent), CancellationToken.None).Fork.Succeeded);
        Assert.Equal("Pong", target.Ask("Ping"));
        Assert.Empty(Traces.ChildrenOf(target.Pid));
        Assert.Empty(Traces.MeetingPlacesIn("/tmp", target.Pid));
    }

    [Fact]
    public void A_tool_that_cannot_read_the_filter_says_so()
    {
        using var target = Start(Kill, Allowed);
        using var tool = MeasureHost.Start(target.Pid, [], [Launcher.Build("seccomp"), Kill, $"{Allowed}", "--"]);
        var outcome = tool.Finish();
        Assert.Equal((int)ExitReason.RefusedForSafety, outcome.ExitCode);
        Assert.Contains("is not known", outcome.Output, StringComparison.Ordinal);
        using var forced = MeasureHost.Start(target.Pid, ["force"], [Launcher.Build("seccomp"), Kill, $"{Allowed}", "--"]);
        Assert.Equal(0, forced.Finish().ExitCode);
        Assert.Equal("Pong", target.Ask("Ping"));
    }

    private static LiveTarget Start(string action, params int[] numbers) => LiveTarget.Start(new TargetStart
    {
        Launcher = [Launcher.Build("seccomp"), action, .. numbers.Select(static number => $"{number}"), "--"],
        Arguments = ["hold", "managed=10000000"],
    });

    private static MeasureRequest Request(LiveTarget target, EngineKind engine) =>
        new() { Pid = target.Pid, Engine = engine, MaxTrials = 1, MaxStall = TimeSpan.FromSeconds(5), AgentPatience = TimeSpan.FromSeconds(30) };
}
