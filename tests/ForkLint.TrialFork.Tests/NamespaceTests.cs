using ForkLint.LiveTargets;

namespace ForkLint.TrialFork.Tests;

/// <summary>A target in other namespaces, as in a container: another /tmp, other process ids.</summary>
public class NamespaceTests
{
    private static readonly string[] InContainer =
    [
        "unshare", "--mount", "--pid", "--fork", "--kill-child", "--propagation=private", "/bin/sh", "-c",
        $"{KeepTheTests("mount -t tmpfs none /tmp")} && mount -t proc proc /proc && exec \"$@\"", "sh",
    ];

    /// <summary>Where the tests were built below /tmp, the new /tmp hides the target's program: it is mounted there again.</summary>
    private static string KeepTheTests(string mountTemporaryFolder) => TestApps.Root.StartsWith("/tmp/", StringComparison.Ordinal)
        ? $"mount --bind '{TestApps.Root}' /mnt && {mountTemporaryFolder} && mkdir -p '{TestApps.Root}' && mount --bind /mnt '{TestApps.Root}'"
        : mountTemporaryFolder;

    [Fact]
    public void A_target_with_its_own_files_and_process_ids_is_measured()
    {
        using var target = LiveTarget.Start(new TargetStart { Launcher = InContainer, Arguments = ["hold", "managed=20000000"] }).Find();
        Assert.NotEqual(target.Pid, target.NamespacePid);
        string[] before = Directory.GetFileSystemEntries($"/proc/{target.Pid}/root/tmp");
        var request = new MeasureRequest { Pid = target.Pid, Engine = EngineKind.Agent, MaxTrials = 3, MaxStall = TimeSpan.FromSeconds(5), ChildWritesBytes = 1 << 20, AgentPatience = TimeSpan.FromSeconds(60) };
        for (int round = 0; round < 2; round++)
        {
            var result = Measurer.Run(request, CancellationToken.None);
            Assert.Equal(result.Fork.PredictedChargeBytes, result.Fork.ChargedBytes);
            Assert.Equal(1 << 20, result.CopyOnWrite!.ChildWrittenBytes);
        }

        // The shim's copy is all that stays, and it is read-only.
        string[] left = [.. Directory.GetFileSystemEntries($"/proc/{target.Pid}/root/tmp").Except(before)];
        string shim = Assert.Single(left);
        Assert.StartsWith("forklint-shim-", Path.GetFileName(shim), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead, File.GetUnixFileMode(shim));
        Assert.Equal("Spawned 0", target.Ask("Spawn"));
    }

    [Fact]
    public void A_read_only_temporary_folder_is_explained()
    {
        using var target = LiveTarget.Start(new TargetStart { Launcher = InContainer, Arguments = ["hold"] }).Find();
        Shell.InNamespacesOf(target.Pid, "mount -o remount,ro /tmp");
        var outcome = MeasureHost.Run(target.Pid);

        Assert.Equal((int)ExitReason.MeasurementFailed, outcome.ExitCode);
        Assert.Contains("read-only", outcome.Output, StringComparison.Ordinal);
        Assert.Equal("Pong", target.Ask("Ping"));
    }

    [Fact]
    public void A_full_temporary_folder_is_explained()
    {
        using var target = LiveTarget.Start(new TargetStart { Launcher = InContainer, Arguments = ["hold"] }).Find();
        Shell.InNamespacesOf(target.Pid, "mount -o remount,size=64k /tmp; dd if=/dev/zero of=/tmp/fill bs=4k count=100 2>/dev/null; true");
        var outcome = MeasureHost.Run(target.Pid);

        Assert.Equal((int)ExitReason.MeasurementFailed, outcome.ExitCode);
        Assert.Contains("has no space or no inodes left", outcome.Output, StringComparison.Ordinal);
        Assert.Equal("Pong", target.Ask("Ping"));
    }

    [Fact]
    public void A_link_that_leads_out_of_the_target_is_not_followed()
    {
        using var target = LiveTarget.Start(new TargetStart
        {
            Launcher = InContainer,
            Arguments = ["hold"],
            Environment = new Dictionary<string, string?> { ["TMPDIR"] = "/dev/shm/forklint-link" },
        }.AfterShell("mount -t tmpfs none /dev/shm && mkdir /tmp/real && ln -s /tmp/real /dev/shm/forklint-link")).Find();
        var outcome = MeasureHost.Run(target.Pid);

        Assert.Equal((int)ExitReason.RefusedForSafety, outcome.ExitCode);
        Assert.Contains("symbolic link", outcome.Output, StringComparison.Ordinal);
        Assert.Equal("Pong", target.Ask("Ping"));
    }
}
