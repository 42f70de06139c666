using ForkLint.LiveTargets;

namespace ForkLint.TrialFork.Tests;

/// <summary>Each failure says what happened, and nothing that did not.</summary>
public sealed class ReasonTests : IDisposable
{
    private const string TooLong = "a-folder-whose-name-is-so-long-that-no-socket-of-the-runtime-has-room-for-its-own-name-behind-it-in-sun-path";
    private static readonly string[] OwnMounts = ["unshare", "--mount", "--propagation", "private", "/bin/sh", "-c", "mount -t tmpfs -o size=4m,nr_inodes=24 none /mnt && exec \"$@\"", "sh"];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("forklint-why-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("DOTNET_EnableDiagnostics", "0")]
    [InlineData("DOTNET_EnableDiagnostics_IPC", "0x0")]
    [InlineData("COMPlus_EnableDiagnostics", "00")]
    [InlineData("COMPlus_EnableDiagnostics_IPC", "0")]
    public void The_variable_that_switches_diagnostics_off_is_named(string variable, string value)
    {
        using var target = Start(variable, value);
        Assert.Contains($"{variable}={value}", Refused(target, ExitReason.NotDotNet), StringComparison.Ordinal);
    }

    [Fact]
    public void A_temporary_folder_with_too_long_a_name()
    {
        string folder = Path.Combine(_folder.FullName, TooLong);
        Directory.CreateDirectory(folder);
        using var target = Start("TMPDIR", folder);
        Assert.Contains("107 bytes", Refused(target, ExitReason.NotDotNet), StringComparison.Ordinal);
    }

    [Fact]
    public void A_relative_temporary_folder()
    {
        using var target = Start("TMPDIR", "here");
        Assert.Contains("TMPDIR=here", Refused(target, ExitReason.NotDotNet), StringComparison.Ordinal);
    }

    [Fact]
    public void A_temporary_folder_that_was_removed()
    {
        string folder = Path.Combine(_folder.FullName, "gone");
        Directory.CreateDirectory(folder);
        using var target = Start("TMPDIR", folder);
        Directory.Delete(folder, recursive: true);
        Assert.Contains("does not exist", Refused(target, ExitReason.MeasurementFailed), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mount -o remount,ro /mnt", ExitReason.MeasurementFailed, "read-only")]
    [InlineData("i=0; while touch /mnt/$i; do i=$((i+1)); done 2>/dev/null; true", ExitReason.MeasurementFailed, "inodes")]
    [InlineData("dd if=/dev/zero of=/mnt/full bs=64k 2>/dev/null; true", ExitReason.MeasurementFailed, "space")]
    public void A_temporary_folder_without_room(string meanwhile, ExitReason reason, string word)
    {
        using var target = LiveTarget.Start(new TargetStart { Launcher = OwnMounts, Arguments = ["hold"], Environment = new Dictionary<string, string?> { ["TMPDIR"] = "/mnt" } });
        Shell.Run("nsenter", ["--target", $"{target.Pid}", "--mount", "/bin/sh", "-c", meanwhile]);
        Assert.Contains(word, Refused(target, reason), StringComparison.Ordinal);
    }

    [Fact]
    public void A_temporary_folder_that_was_read_only_from_the_start()
    {
        using var target = LiveTarget.Start(new TargetStart
        {
            Launcher = ["unshare", "--mount", "--propagation", "private", "/bin/sh", "-c", "mount -t tmpfs -o ro none /mnt && exec \"$@\"", "sh"],
            Arguments = ["hold"],
            Environment = new Dictionary<string, string?> { ["TMPDIR"] = "/mnt" },
        });
        Assert.Contains("read-only", Refused(target, ExitReason.NotDotNet), StringComparison.Ordinal);
    }

    [Fact]
    public void The_id_of_a_thread()
    {
        using var target = LiveTarget.Start("hold");
        int thread = Directory.EnumerateDirectories($"/proc/{target.Pid}/task").Select(static path => int.Parse(Path.GetFileName(path), System.Globalization.CultureInfo.InvariantCulture)).First(id => id != target.Pid);
        var refused = Assert.Throws<MeasureException>(() => Measurer.Run(new MeasureRequest { Pid = thread }, CancellationToken.None));
        Assert.Equal(ExitReason.NoSuchProcess, refused.Reason);
        Assert.Contains($"thread of process {target.Pid}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_child_that_was_killed_is_not_the_application()
    {
        using var target = LiveTarget.Start("hold", "managed=10000000");
        using var host = MeasureHost.Start(target.Pid, ["pause=ChildAlive", "trials=1"]);
        Assert.Equal("At ChildAlive", host.ReadLine());
        Shell.Run("kill", ["-KILL", $"{Traces.ChildrenOf(target.Pid).Single()}"]);
        host.Continue();
        var outcome = host.Finish();
        Assert.True((int)ExitReason.NoSuchProcess != outcome.ExitCode, outcome.Output);
        Assert.DoesNotContain("does not exist or has ended", outcome.Output, StringComparison.Ordinal);
        Assert.Equal("Pong", target.Ask("Ping"));
    }

    [Fact]
    public void An_application_that_ends_while_the_agent_is_on_its_way_is_not_called_unharmed()
    {
        using var target = LiveTarget.Start("hold");
        using var host = MeasureHost.Start(target.Pid, ["pause=PlaceShim"]);
        Assert.Equal("At PlaceShim", host.ReadLine());
        target.Kill();
        host.Continue();
        var outcome = host.Finish();
        Assert.True((int)ExitReason.NoSuchProcess == outcome.ExitCode, outcome.Output);
        Assert.DoesNotContain("temporary folder", outcome.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(437, EngineKind.Agent, null)] // openat2: walked by hand
    [InlineData(332, EngineKind.Agent, null)] // statx: fstatat
    [InlineData(434, EngineKind.Agent, "pidfd_open is refused")]
    [InlineData(434, EngineKind.Auto, null)]
    [InlineData(73, EngineKind.Agent, "flock is refused")]
    [InlineData(73, EngineKind.Auto, null)]
    public void A_call_that_is_refused_to_the_tool(int number, EngineKind engine, string? reason)
    {
        using var target = LiveTarget.Start("hold", "managed=10000000");
        foreach (int error in new[] { 1, 38 })
        {
            using var host = MeasureHost.Start(target.Pid, [$"engine={engine}"], [Launcher.Build("seccomp"), $"{error}", $"{number}", "--"]);
            var outcome = host.Finish();
            Assert.True((reason == null ? 0 : (int)ExitReason.MeasurementFailed) == outcome.ExitCode, outcome.Output);
            Assert.Contains(reason ?? (engine == EngineKind.Agent ? "\"engine\":\"Agent\"" : "\"engine\":\"Estimate\""), outcome.Output, StringComparison.Ordinal);
        }

        Assert.Equal("Pong", target.Ask("Ping"));
    }

    private LiveTarget Start(string variable, string value) => LiveTarget.Start(new TargetStart
    {
        Arguments = ["hold"],
        Launcher = ["/bin/sh", "-c", $"cd {_folder.FullName} && mkdir -p here && exec \"$@\"", "sh"],
        Environment = new Dictionary<string, string?> { [variable] = value },
    });

    /// <summary>The agent is refused for this reason, and left to the tool it is measured without one for the same reason.</summary>
    private static string Refused(LiveTarget target, ExitReason reason)
    {
        var request = new MeasureRequest { Pid = target.Pid, Engine = EngineKind.Agent, MaxStall = TimeSpan.FromSeconds(5) };
        var refused = Assert.Throws<MeasureException>(() => Measurer.Run(request, CancellationToken.None));
        Assert.Equal((reason, refused.Message), (refused.Reason, refused.Message));
        var result = Measurer.Run(request with { Engine = EngineKind.Auto }, CancellationToken.None);
        Assert.Equal(WithoutAgent.Engine(target.Pid), result.Engine);
        Assert.Contains(refused.Message, result.EngineWhy, StringComparison.Ordinal);
        Assert.Equal("Pong", target.Ask("Ping"));
        return refused.Message;
    }
}
