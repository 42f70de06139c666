using System.Globalization;
using System.Text.RegularExpressions;

namespace ForkLint.Spawns.Tests;

/// <summary>Real processes, watched through the kernel. As root, like the other tests of what the kernel grants to root alone.</summary>
[Collection("real processes")]
public sealed class SpawnWatcherTests
{
    /// <summary>Long enough for any exit record on a loaded machine; a watch ends as soon as what it waits for has come.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("fork", SpawnKind.Fork, true)]
    [InlineData("fork-only", SpawnKind.Fork, true)]
    [InlineData("forkpty", SpawnKind.Fork, true)]
    [InlineData("vfork", SpawnKind.Vfork, false)]
    [InlineData("posix_spawn", SpawnKind.PosixSpawn, false)]
    [InlineData("system", SpawnKind.PosixSpawn, false)]
    [InlineData("popen", SpawnKind.PosixSpawn, false)]
    [InlineData("clone", SpawnKind.Clone, true)]
    [InlineData("clone-vm", SpawnKind.Clone, false)]
    [InlineData("clone3", SpawnKind.Clone, true)]
    public void EachWayOfMakingAProcessIsToldApart(string way, SpawnKind kind, bool duplicates)
    {
        using var spawner = new Spawner();
        using var watcher = Watch(spawner.Pid);
        int child = spawner.Do(way);

        var spawn = Assert.Single(Collect(watcher, 1), spawn => spawn.ParentPid == spawner.Pid);
        Assert.Equal((kind, duplicates), (spawn.Kind, spawn.Duplicates));
        Assert.True(child == 0 || child == spawn.Pid);
        Assert.True(spawn.WaitMicroseconds > 0);
        Assert.NotEmpty(spawn.CallChain);
        Assert.Equal(0, watcher.Lost);
    }

    [Fact]
    public void AThreadIsNoSpawn()
    {
        using var spawner = new Spawner();
        using var watcher = Watch(spawner.Pid);
        spawner.Do("thread");
        int child = spawner.Do("vfork");

        Assert.Equal(child, Assert.Single(Collect(watcher, 1)).Pid);
    }

    [Theory]
    [InlineData("vfork", 0, null, "/bin/true")]
    [InlineData("exit-1", 1, null, "/bin/false")]
    [InlineData("fork-only", 7, null, null)]
    [InlineData("vfork-fails", 127, null, null)]
    [InlineData("killed", null, 9, null)]
    public void ProgramAndExitAreTheChilds(string way, int? exitCode, int? signal, string? program)
    {
        using var spawner = new Spawner();
        using var watcher = Watch(spawner.Pid);
        spawner.Do(way);

        var spawn = Assert.Single(Collect(watcher, 1));
        Assert.Equal((exitCode, signal, program), (spawn.ExitCode, spawn.Signal, spawn.Program));
        Assert.True(spawn.LivedMilliseconds > 0);
    }

    [Fact]
    public void AChildThatBorrowedMemoryAndStartedNothingHasNoPeakOfItsOwn()
    {
        using var spawner = new Spawner();
        using var watcher = Watch(spawner.Pid);
        spawner.Do("vfork-fails");
        spawner.Do("eat 8");

        var spawns = Collect(watcher, 2);
        Assert.Null(spawns[0].PeakResidentBytes);
        Assert.True(spawns[1].PeakResidentBytes > 8 << 20);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(120)]
    public void ThePeakIsWhatTheChildReadsOfItself(int megabytes)
    {
        var file = Path.Combine(AppContext.BaseDirectory, $"peak-{megabytes}");
        using var spawner = new Spawner(file);
        using var watcher = Watch(spawner.Pid);
        spawner.Do(string.Create(CultureInfo.InvariantCulture, $"eat {megabytes}"));

        var spawn = Assert.Single(Collect(watcher, 1));
        long own = long.Parse(Regex.Match(File.ReadAllText(file), "[0-9]+").Value, CultureInfo.InvariantCulture) * 1024;
        Assert.InRange(spawn.PeakResidentBytes!.Value, own * 98 / 100, own * 102 / 100);
    }

    [Fact]
    public async Task NoneOfManyIsLost()
    {
        const int count = 2000;
        using var spawner = new Spawner();
        using var watcher = Watch(spawner.Pid);
        var asking = Task.Run(() => spawner.Do(string.Create(CultureInfo.InvariantCulture, $"many {count}")));

        var spawns = Collect(watcher, count);
        Assert.Equal(count, spawns.Count);
        Assert.Equal(0, watcher.Lost);
        Assert.All(spawns, static spawn => Assert.Equal((SpawnKind.Vfork, 0), (spawn.Kind, spawn.ExitCode)));
        Assert.All(spawns, static spawn => Assert.True(spawn.PeakResidentBytes > 0));

        // Each lives for a millisecond: its arguments come with its event, unless a random gap in its stack is in the way.
        Assert.All(spawns, static spawn => Assert.Equal(["first", "second argument"], spawn.Arguments ?? ["first", "second argument"]));
        Assert.InRange(spawns.Count(static spawn => spawn.Arguments is not null), count / 2, count);
        await asking.WaitAsync(Patience);
    }

    [Fact]
    public void OnlyTheFollowedTreeIsReported()
    {
        using var other = new Spawner();
        using var spawner = new Spawner();
        using var watcher = Watch(spawner.Pid);
        other.Do("vfork");
        int child = spawner.Do("vfork");
        other.Do("vfork");

        Assert.Equal(child, Assert.Single(Collect(watcher, 1)).Pid);
    }

    [Fact]
    public void AGrandchildIsFollowed()
    {
        using var spawner = new Spawner();
        using var watcher = Watch(Environment.ProcessId);
        using var shell = System.Diagnostics.Process.Start("/bin/sh", ["-c", "/bin/true; exit 3"]);
        shell.WaitForExit();

        var spawns = Collect(watcher, 2);
        var parent = Assert.Single(spawns, spawn => spawn.Pid == shell.Id);
        var child = Assert.Single(spawns, spawn => spawn.ParentPid == shell.Id);
        Assert.Equal((3, 0), (parent.ExitCode, child.ExitCode));
        Assert.Equal("/bin/true", child.Program);
    }

    [Fact]
    public void WhatStillLivesAtTheEndIsReportedWithItsPeakSoFar()
    {
        using var watcher = Watch(Environment.ProcessId);
        using var sleeper = System.Diagnostics.Process.Start("sleep", ["1000"]);
        try
        {
            List<Spawn> spawns = [];
            while (!watcher.Living.Contains(sleeper.Id))
            {
                spawns.AddRange(watcher.Poll(TimeSpan.FromMilliseconds(20)));
            }

            spawns.AddRange(watcher.Finish());
            var spawn = Assert.Single(spawns, spawn => spawn.Pid == sleeper.Id);
            Assert.Equal(((double?)null, (int?)null), (spawn.LivedMilliseconds, spawn.ExitCode));
        }
        finally
        {
            sleeper.Kill();
        }
    }

    private static SpawnWatcher Watch(int pid)
    {
        var watcher = SpawnWatcher.Open();
        Assert.True(watcher.IsOk, watcher.Detail);
        watcher.Value.Follow(pid);
        Assert.Empty(watcher.Value.Limits);
        return watcher.Value;
    }

    private static List<Spawn> Collect(SpawnWatcher watcher, int count)
    {
        List<Spawn> spawns = [];
        var deadline = DateTime.UtcNow + Patience;
        while (spawns.Count < count && DateTime.UtcNow < deadline)
        {
            spawns.AddRange(watcher.Poll(TimeSpan.FromMilliseconds(50)));
        }

        return spawns;
    }
}
