using ForkLint.LiveTargets;

namespace ForkLint.TrialFork.Tests;

/// <summary>Landlock shows nowhere: an application that may be under it is entered only on request.</summary>
public class LandlockTests
{
    private static readonly string[] Needed = ["/usr", "/lib", "/lib64", "/etc", "/bin", "/proc=rw", "/sys", "/dev=rw", Path.Combine(TestApps.Root, "tests/TestApps")];

    [Theory]
    [InlineData("/tmp=rw", true)]
    [InlineData("/nowhere", false)]
    public void An_application_that_confined_itself_is_not_entered(string temporary, bool hasSocket)
    {
        using var target = LiveTarget.Start(new TargetStart { Launcher = [Launcher.Build("landlock"), .. Needed, temporary, "--"], Arguments = ["hold"] });
        var request = new MeasureRequest { Pid = target.Pid, Engine = EngineKind.Agent, MaxTrials = 1, MaxStall = TimeSpan.FromSeconds(5) };
        var refused = Assert.Throws<MeasureException>(() => Measurer.Run(request, CancellationToken.None));
        Assert.Contains(hasSocket ? "Landlock" : "no diagnostics socket", refused.Message, StringComparison.Ordinal);
        Assert.Equal(WithoutAgent.Engine(target.Pid), Measurer.Run(request with { Engine = EngineKind.Auto }, CancellationToken.None).Engine);
        Assert.Equal("Pong", target.Ask("Ping"));
    }

    [Fact]
    public void On_request_it_is_entered_through_a_copy_in_its_temporary_folder()
    {
        using var target = LiveTarget.Start(new TargetStart { Launcher = [Launcher.Build("landlock"), .. Needed, "/tmp=rw", "--"], Arguments = ["hold"] });
        var request = new MeasureRequest { Pid = target.Pid, Engine = EngineKind.Agent, MaxTrials = 1, MaxStall = TimeSpan.FromSeconds(5), EnterUnproven = true };
        Assert.True(Measurer.Run(request, CancellationToken.None).Fork.Succeeded);
        Assert.Equal("Pong", target.Ask("Ping"));
        Assert.Contains("/tmp/forklint-shim-", File.ReadAllText($"/proc/{target.Pid}/maps"), StringComparison.Ordinal);
    }
}
