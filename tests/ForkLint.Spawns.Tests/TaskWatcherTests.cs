using System.Globalization;
using ForkLint.Spawns.Events;
using ForkLint.Spawns.Tasks;

namespace ForkLint.Spawns.Tests;

/// <summary>The ways that need no right, which root has as well: the kernel's records of tasks, and looking at /proc.</summary>
[Collection("real processes")]
public sealed class TaskWatcherTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("fork", "true")]
    [InlineData("vfork", "true")]
    [InlineData("posix_spawn", "true")]
    [InlineData("system", "true")]
    [InlineData("clone3", "true")]
    [InlineData("fork-only", null)]
    public void EveryWayOfMakingAProcessIsSeenAndNoneIsTold(string way, string? program)
    {
        using var spawner = new Spawner();
        using var watcher = Records(spawner.Pid);
        int child = spawner.Do(way);

        var spawn = Assert.Single(Collect(watcher, 1), spawn => spawn.ParentPid == spawner.Pid);
        Assert.Equal(((SpawnKind?)null, (bool?)null, (double?)null), (spawn.Kind, spawn.Duplicates, spawn.WaitMicroseconds));
        Assert.True(child == 0 || child == spawn.Pid);
        Assert.True(spawn.Program is null ? program is null : program == Path.GetFileName(spawn.Program), spawn.Program);
        Assert.Empty(spawn.CallChain);
        Assert.Equal(0, watcher.Lost);
    }

    [Fact]
    public void AThreadIsNoSpawnAndOthersAreNotSeen()
    {
        using var other = new Spawner();
        using var spawner = new Spawner();
        using var watcher = Records(spawner.Pid);
        other.Do("vfork");
        spawner.Do("thread");
        int child = spawner.Do("vfork");
        Assert.Equal(child, Assert.Single(Collect(watcher, 1)).Pid);
    }

    [Fact]
    public async Task NoneOfManyIsLost()
    {
        const int count = 2000;
        using var spawner = new Spawner();
        using var watcher = Records(spawner.Pid);
        var asking = Task.Run(() => spawner.Do(string.Create(CultureInfo.InvariantCulture, $"many {count}")));
        Assert.Equal(count, Collect(watcher, count).Count);
        Assert.Equal(0, watcher.Lost);
        await asking.WaitAsync(Patience);
    }

    [Fact]
    public void AGrandchildIsFollowedAndALivingOneHasItsPeakSoFar()
    {
        using var watcher = Records(Environment.ProcessId);
        using var shell = System.Diagnostics.Process.Start("/bin/sh", ["-c", "/bin/true; sleep 1000 & wait"]);
        try
        {
            var seen = new List<Spawn>();
            var deadline = DateTime.UtcNow + Patience;
            while ((seen.Count == 0 || watcher.Living.Count() < 3) && DateTime.UtcNow < deadline)
            {
                seen.AddRange(watcher.Poll(TimeSpan.FromMilliseconds(20)));
            }

            Assert.Equal(shell.Id, Assert.Single(seen).ParentPid);
            // A peak is known from the second look on.
            for (var look = 0; look < 5; look++)
            {
                _ = watcher.Poll(TimeSpan.FromMilliseconds(20));
            }

            var rest = watcher.Finish();
            Assert.Equal(2, rest.Count);
            Assert.All(rest, static spawn => Assert.Null(spawn.LivedMilliseconds));
            Assert.Contains(rest, spawn => spawn.Pid == shell.Id && spawn.PeakResidentBytes > 0 && spawn.Arguments is ["-c", ..]);
        }
        finally
        {
            shell.Kill(entireProcessTree: true);
        }
    }

    [Fact]
    public void LookingAtProcFindsWhatLivesLongEnough()
    {
        using var watcher = new TaskWatcher(new ProcessPolling(), seesAll: false, ["only a look"]);
        watcher.Follow(Environment.ProcessId);
        using var shell = System.Diagnostics.Process.Start("/bin/sh", ["-c", "sleep 0.7; exit 3"]);
        var spawns = Collect(watcher, 2);
        Assert.Equal([shell.Id], spawns.Where(static spawn => spawn.ParentPid == Environment.ProcessId).Select(static spawn => spawn.Pid));
        var sleep = Assert.Single(spawns, spawn => spawn.ParentPid == shell.Id);
        Assert.Equal("sleep", Path.GetFileName(sleep.Program));
        Assert.True(sleep.PeakResidentBytes > 0);
        Assert.True(sleep.LivedMilliseconds > 0);
        Assert.Equal(["only a look"], watcher.Limits);
        Assert.False(watcher.SeesAll);
    }

    [Fact]
    public void ArgumentsThatAreNotThereYetAreReadLater()
    {
        using var spawner = new Spawner(null, "one", "two");
        spawner.Do("hide-arguments");
        var source = new GivenEvents(
            new KernelEvent { Kind = KernelEventKind.Forked, TimeNanoseconds = 1, CallerPid = Environment.ProcessId, CallerThread = Environment.ProcessId, NewTask = spawner.Pid, IsMannerUnknown = true },
            new KernelEvent { Kind = KernelEventKind.ProgramStarted, TimeNanoseconds = 2, CallerPid = spawner.Pid, CallerThread = spawner.Pid, Program = "spawner" });
        using var watcher = new TaskWatcher(source, seesAll: true, []);
        watcher.Follow(Environment.ProcessId);
        Assert.Empty(watcher.Poll(TimeSpan.Zero));
        Assert.Empty(watcher.Poll(TimeSpan.Zero));
        spawner.Do("show-arguments");
        Assert.Empty(watcher.Poll(TimeSpan.Zero));

        var spawn = Assert.Single(watcher.Finish());
        Assert.Equal(["one", "two"], spawn.Arguments);
        Assert.Equal("spawner", Path.GetFileName(spawn.Program));
    }

    [Fact]
    public void RecordsThatEndEarlyOrSayNothingOfAProcessAreLeftOut()
    {
        // A thread: the same process on both sides. A name that was not changed by a program.
        Assert.Null(TaskRecords.Translate(7, 0, Bytes(5, 5, 6, 5, 1, 0)));
        Assert.Null(TaskRecords.Translate(3, 0, new byte[40]));
        Assert.Null(TaskRecords.Translate(7, 0, new byte[23]));
        Assert.Null(TaskRecords.Translate(9, 0, new byte[40]));

        var fork = TaskRecords.Translate(7, 0, Bytes(6, 5, 6, 8, 1, 0))!;
        Assert.Equal((KernelEventKind.Forked, 5, 8, 6, 1L, true), (fork.Kind, fork.CallerPid, fork.CallerThread, fork.NewTask, fork.TimeNanoseconds, fork.IsMannerUnknown));
        var end = TaskRecords.Translate(4, 0, Bytes(6, 5, 6, 5, 2, 0))!;
        Assert.Equal((KernelEventKind.TaskEnded, 6, true), (end.Kind, end.CallerPid, end.IsLastThread));
        var program = TaskRecords.Translate(3, 1 << 13, [.. Bytes(6, 6), .. "ffmpeg\0\0"u8, .. Bytes(6, 6, 3, 0)])!;
        Assert.Equal((KernelEventKind.ProgramStarted, 6, "ffmpeg", 3L), (program.Kind, program.CallerPid, program.Program, program.TimeNanoseconds));
    }

    private static byte[] Bytes(params int[] words) => [.. words.SelectMany(BitConverter.GetBytes)];

    private static TaskWatcher Records(int pid)
    {
        var records = TaskRecords.Open();
        Assert.True(records.IsOk, records.Detail);
        var watcher = new TaskWatcher(records.Value, seesAll: true, []);
        watcher.Follow(pid);
        Assert.Empty(watcher.Limits);
        return watcher;
    }

    private static List<Spawn> Collect(TaskWatcher watcher, int count)
    {
        List<Spawn> spawns = [];
        var deadline = DateTime.UtcNow + Patience;
        while (spawns.Count < count && DateTime.UtcNow < deadline)
        {
            spawns.AddRange(watcher.Poll(TimeSpan.FromMilliseconds(50)));
        }

        return spawns;
    }

    private sealed class GivenEvents(params KernelEvent[] given) : ITaskSource
    {
        private KernelEvent[] _rest = given;

        public long Lost => 0;

        public string? Attach(int pid) => null;

        public void Wait(TimeSpan patience)
        {
        }

        public void Drain(ICollection<KernelEvent> events)
        {
            foreach (var happened in _rest)
            {
                events.Add(happened);
            }

            _rest = [];
        }

        public void Dispose()
        {
        }
    }
}
