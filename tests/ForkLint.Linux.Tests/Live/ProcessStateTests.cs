using System.Diagnostics;
using System.Runtime.InteropServices;
using ForkLint.Linux.Tests.Support;

namespace ForkLint.Linux.Tests.Live;

/// <summary>Processes that are gone, held, foreign, or about to vanish.</summary>
public sealed partial class ProcessStateTests
{
    private const int SignalStop = 19;
    private const int SignalContinue = 18;

    [Fact]
    public void A_stopped_process_is_told_from_one_that_runs()
    {
        using var target = TargetProgram.Start();
        Assert.Equal(ProcessCondition.Alive, ProcessSafety.Condition(target.Pid).Value);

        Assert.Equal(0, SendSignal(target.Pid, SignalStop));
        Assert.True(SpinWait.SpinUntil(() => ProcessSafety.Condition(target.Pid).Value == ProcessCondition.Stopped, TimeSpan.FromMinutes(1)));
        Assert.True(target.Files.Mappings().IsOk);

        Assert.Equal(0, SendSignal(target.Pid, SignalContinue));
        Assert.Equal("ok", target.Send("reap"));
        Assert.Equal(ProcessCondition.Alive, ProcessSafety.Condition(target.Pid).Value);
    }

    [Fact]
    public void A_zombie_has_no_memory_and_is_no_crash()
    {
        using var target = TargetProgram.Start();
        var zombie = new ProcessFiles(target.SendForChild("zombie").Pid);

        Assert.Equal(ProcessCondition.Zombie, ProcessSafety.Condition(zombie.Pid).Value);
        Assert.Equal(ReadFailure.ProcessGone, zombie.Mappings().Failure);
        Assert.Equal(ReadFailure.ProcessGone, zombie.CoarseMaps().Failure);
        Assert.Equal(ReadFailure.ProcessGone, zombie.Rollup().Failure);
        Assert.Equal(ReadFailure.ProcessGone, ForkCandidate.Read(zombie).Failure);
        Assert.Equal(ReadFailure.ProcessGone, ForkCandidate.Read(zombie, []).Failure);
        Assert.True(zombie.Status().IsOk);
    }

    [Fact]
    public void A_kernel_thread_is_recognised_where_one_is_visible()
    {
        // Not in a pid namespace of its own, as in a container: there the captured text of ProcessTextTests has to do.
        var visible = new ProcessFiles(2).Stat() is { IsOk: true, Value.Comm: "kthreadd" };
        Assert.Equal(visible, ProcessDiscovery.Pids().Any(pid => ProcessSafety.Condition(pid) is { IsOk: true, Value: ProcessCondition.KernelThread }));
        if (visible)
        {
            Assert.Equal(ReadFailure.NotAvailable, new ProcessFiles(2).Mappings().Failure);
            Assert.Equal(ReadFailure.NotAvailable, new ProcessFiles(2).Rollup().Failure);
            Assert.Equal(ReadFailure.NotAvailable, new ProcessFiles(2).ExecutablePath().Failure);
            Assert.Equal(ReadFailure.NotAvailable, ForkCandidate.Read(new ProcessFiles(2), []).Failure);
        }
    }

    [Fact]
    public void A_process_that_is_gone_is_said_to_be_gone()
    {
        using var target = TargetProgram.Start();
        target.Kill();

        Assert.Equal(ReadFailure.ProcessGone, target.Files.Mappings().Failure);
        Assert.Equal(ReadFailure.ProcessGone, target.Files.CoarseMaps().Failure);
        Assert.Equal(ReadFailure.ProcessGone, target.Files.Rollup().Failure);
        Assert.Equal(ReadFailure.ProcessGone, target.Files.Status().Failure);
        Assert.Equal(ReadFailure.ProcessGone, target.Files.Stat().Failure);
        Assert.Equal(ReadFailure.ProcessGone, target.Files.CommandLine().Failure);
        Assert.Equal(ReadFailure.ProcessGone, target.Files.Environment().Failure);
        Assert.Equal(ReadFailure.ProcessGone, target.Files.ExecutablePath().Failure);
        Assert.Equal(ReadFailure.ProcessGone, target.Files.Threads().Failure);
        Assert.Equal(ReadFailure.ProcessGone, target.Files.Limits().Failure);
        Assert.Equal(ReadFailure.ProcessGone, MemoryCgroup.ForProcess(target.Pid).Failure);
        Assert.Equal(ReadFailure.ProcessGone, PidLimits.Read(target.Pid).Failure);
        Assert.Equal(ReadFailure.ProcessGone, ForkCandidate.Read(target.Files).Failure);
        Assert.Equal(ReadFailure.ProcessGone, ProcessSafety.Condition(target.Pid).Failure);
        Assert.DoesNotContain(target.Pid, ProcessDiscovery.Pids());
    }

    [Fact]
    public void Processes_that_vanish_while_they_are_read_are_typed_outcomes()
    {
        // A shell that starts one short-lived program after the other, looked at until enough of them were seen in all states.
        using var storm = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "while :; do /bin/true; done"]))!;
        try
        {
            int whole = 0, gone = 0;
            for (var watch = Stopwatch.StartNew(); (whole < 10 || gone < 10) && watch.Elapsed < TimeSpan.FromMinutes(2);)
            {
                foreach (var pid in ProcessDiscovery.Children(storm.Id))
                {
                    var files = new ProcessFiles(pid);
                    var mappings = files.Mappings();
                    whole += mappings.IsOk ? 1 : 0;
                    gone += mappings.Failure == ReadFailure.ProcessGone ? 1 : 0;
                    Assert.True(mappings.IsOk || mappings.Failure == ReadFailure.ProcessGone, mappings.ToString());

                    // The stack is near the end of the list: a list that was cut short would lack it.
                    Assert.True(!mappings.IsOk || mappings.Value.Any(m => m.Path == "[stack]"), "a shortened list was taken for a whole one");
                    Assert.True(files.Rollup() is { IsOk: true } or { Failure: ReadFailure.ProcessGone });
                    Assert.True(files.Status() is { IsOk: true } or { Failure: ReadFailure.ProcessGone });
                    Assert.True(files.Threads() is { IsOk: true } or { Failure: ReadFailure.ProcessGone });
                    Assert.True(PidLimits.Read(pid) is { IsOk: true } or { Failure: ReadFailure.ProcessGone });
                    Assert.True(ForkCandidate.Read(files) is { IsOk: true } or { Failure: ReadFailure.ProcessGone });
                }
            }

            Assert.True(whole > 0 && gone > 0, $"{whole} processes were read whole and {gone} vanished: too few to tell");
        }
        finally
        {
            storm.Kill(entireProcessTree: true);
            storm.WaitForExit();
        }
    }

    [Fact]
    public void A_process_that_starts_another_program_is_read_when_it_has_done_so()
    {
        // A script that starts itself in its own place, over and over, with the time of one short-lived child between.
        var script = Path.GetTempFileName();
        File.WriteAllText(script, "#!/bin/sh\n/bin/true\nexec /bin/sh \"$0\"\n");
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", [script]))!;
        try
        {
            var files = new ProcessFiles(process.Id);
            var stacks = new HashSet<ulong>();
            for (var round = 0; round < 500; round++)
            {
                var regions = files.CoarseMaps();
                Assert.True(regions.IsOk, regions.ToString());
                Assert.Single(regions.Value, static region => region.Path == "[stack]");
                Assert.True(files.Mappings().IsOk);
                stacks.Add(files.Stat().Value.StackStart);
            }

            Assert.True(stacks.Count > 5, $"it was read in {stacks.Count} programs: too few to tell");
        }
        finally
        {
            process.Kill();
            process.WaitForExit();
            File.Delete(script);
        }
    }

    [Fact]
    public void What_may_not_be_read_is_not_permitted()
    {
        // Without root every process of root will do. With it, one thread gives its own rights up: the kernel keeps them per thread.
        using var target = TargetProgram.Start();
        var results = new List<ReadFailure?>();
        var status = false;
        var dropped = true;
        var thread = new Thread(() =>
        {
            dropped = Environment.UserName != "root" || SystemCall(SetEffectiveUser, -1, 65534, -1) == 0;
            var files = new ProcessFiles(Environment.UserName == "root" ? target.Pid : 1);
            results.AddRange([files.Mappings().Failure, files.Rollup().Failure, files.Environment().Failure, files.ExecutablePath().Failure, PageMap.Open(files.Pid).Failure, Namespaces.Inode(files, NamespaceKind.User).Failure]);
            status = files.Status().IsOk && files.Stat().IsOk && Namespaces.IsInInitialUserNamespace(files).IsOk;
        });
        thread.Start();
        thread.Join();

        Assert.True(dropped);
        Assert.All(results, failure => Assert.Equal(ReadFailure.NotPermitted, failure));
        Assert.True(status, "what everybody may read could not be read");
    }

    [Fact]
    public void Another_pid_and_mount_namespace_is_noticed()
    {
        using var target = TargetProgram.StartBehind("unshare", ["--fork", "--pid", "--mount"]);

        Assert.Equal([target.Pid, 1], target.Files.NamespacePids().Value);
        Assert.False(Namespaces.IsSame(target.Files, NamespaceKind.Pid).Value);
        Assert.False(Namespaces.IsSame(target.Files, NamespaceKind.Mount).Value);
        Assert.True(Namespaces.IsSame(target.Files, NamespaceKind.User).Value);
        Assert.True(Namespaces.IsSame(new ProcessFiles(Environment.ProcessId), NamespaceKind.Mount).Value);
    }

    [Fact]
    public void A_capability_in_a_user_namespace_of_its_own_is_worth_nothing()
    {
        using var target = TargetProgram.StartBehind("unshare", ["--user", "--map-root-user", "--fork"]);

        Assert.True(Capabilities.Holds(target.Files.Status().Value.EffectiveCapabilities!.Value, Capability.SysAdmin));
        Assert.False(Capabilities.InInitialNamespace(target.Files, Capability.SysAdmin).Value);
        Assert.False(Namespaces.IsInInitialUserNamespace(target.Files).Value);
        Assert.False(ForkCandidate.Read(target.Files).Value.Privileged);
    }

    private static long SetEffectiveUser => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 117 : 147;

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial long SystemCall(long number, long real, long effective, long saved);
}
