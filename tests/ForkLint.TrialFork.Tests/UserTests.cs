using System.Diagnostics;
using ForkLint.LiveTargets;

namespace ForkLint.TrialFork.Tests;

/// <summary>Root measures another user's program; an unprivileged user measures his own, and nobody else's.</summary>
public sealed class UserTests : IDisposable
{
    private static readonly string[] AsNobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("forklint-users-");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Root_measures_an_unprivileged_program(bool mayReadTheTool)
    {
        using var target = StartAsNobody();
        string? agent = mayReadTheTool ? null : CopyOfTheAgent();
        using var host = MeasureHost.Start(target.Pid, agent == null ? [] : [$"agent={agent}"]);
        var outcome = host.Finish();

        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(outcome.Figures.GetProperty("predicted").GetInt64(), outcome.Figures.GetProperty("charged").GetInt64());
        Assert.Equal("Pong", target.Ask("Ping"));
        Assert.Empty(Traces.MeetingPlacesIn("/tmp", target.Pid));

        // The same shim from the other path: the runtime knows it by its name and version id, and the application lives.
        using var again = MeasureHost.Start(target.Pid, agent == null ? [$"agent={CopyOfTheAgent()}"] : []);
        Assert.Equal(0, again.Finish().ExitCode);
        Assert.Equal("Spawned 0", target.Ask("Spawn"));
    }

    [Fact]
    public void A_user_measures_his_own_program()
    {
        using var target = StartAsNobody();
        string tool = Share(MeasureHost.Folder, "tool");
        using var host = MeasureHost.Start(target.Pid, ["writes=1000000"], AsNobody, tool);
        var outcome = host.Finish();

        Assert.True(outcome.ExitCode == 0, outcome.Output);
        Assert.Equal(outcome.Figures.GetProperty("predicted").GetInt64(), outcome.Figures.GetProperty("charged").GetInt64());
        Assert.Equal("Pong", target.Ask("Ping"));
    }

    [Fact]
    public void A_user_may_not_measure_a_program_of_root()
    {
        using var target = LiveTarget.Start("hold");
        string tool = Share(MeasureHost.Folder, "tool");
        using var host = MeasureHost.Start(target.Pid, [], AsNobody, tool);
        var outcome = host.Finish();

        Assert.Equal((int)ExitReason.NotPermitted, outcome.ExitCode);
        Assert.Contains("sudo", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_that_is_not_dumpable_is_measured_by_root_only()
    {
        using var target = StartAsNobody("undumpable=1");
        using var own = MeasureHost.Start(target.Pid, [], AsNobody, Share(MeasureHost.Folder, "tool"));
        var refused = own.Finish();
        Assert.Equal((int)ExitReason.NotPermitted, refused.ExitCode);
        Assert.Contains("is not dumpable", refused.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("as the target's own user", refused.Output, StringComparison.Ordinal);

        var refusedToRoot = MeasureHost.Run(target.Pid);
        Assert.Equal((int)ExitReason.NotDotNet, refusedToRoot.ExitCode);
        Assert.Contains("is not dumpable", refusedToRoot.Output, StringComparison.Ordinal);
        Assert.Equal(0, MeasureHost.Run(target.Pid, "engine=Auto").ExitCode);
        Assert.Equal("Pong", target.Ask("Ping"));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private LiveTarget StartAsNobody(params string[] options)
    {
        string program = Path.Combine(Share(Path.GetDirectoryName(TestApps.FrameworkDependent)!, "app"), "forklint-testapp.dll");
        return LiveTarget.Start(new TargetStart { Launcher = AsNobody, Program = ["dotnet", program], Arguments = ["hold", "managed=10000000", .. options] });
    }

    /// <summary>The agent's files where only root may read them: the tool must then copy the shim.</summary>
    private string CopyOfTheAgent()
    {
        string folder = Share(Path.Combine(MeasureHost.Folder, "agent"), "private");
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return folder;
    }

    /// <summary>A copy that every user may read, wherever the repository lies.</summary>
    private string Share(string source, string name)
    {
        File.SetUnixFileMode(_folder.FullName, (UnixFileMode)0b111_101_101);
        string destination = Path.Combine(_folder.FullName, name);
        using var copy = Process.Start("cp", ["-r", "--no-preserve=mode", source, destination]);
        copy.WaitForExit();
        using var open = Process.Start("chmod", ["-R", "a+rX", destination]);
        open.WaitForExit();
        return destination;
    }
}
