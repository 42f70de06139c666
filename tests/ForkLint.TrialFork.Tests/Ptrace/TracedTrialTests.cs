using ForkLint.Linux;
using ForkLint.LiveTargets;

namespace ForkLint.TrialFork.Tests.Ptrace;

/// <summary>Trial forks by ptrace of programs that no agent can enter. They take the right to trace, which root has.</summary>
public sealed class TracedTrialTests
{
    private const int OutOfMemory = 12;
    private static readonly Dictionary<string, string?> DiagnosticsOff = new() { ["DOTNET_EnableDiagnostics"] = "0" };

    [Theory]
    [InlineData("30 read futex poll sleep select epoll event vectors spin pause")]
    [InlineData("30 event")]
    [InlineData("30 select vectors")]
    [InlineData("10 read=500")]
    public void A_c_program_is_charged_to_the_byte_and_sees_nothing(string arguments)
    {
        using var program = CProgram.Start(arguments);
        var result = Measurer.Run(Request(program.Pid) with { Hold = TimeSpan.FromSeconds(0.2), ChildWritesBytes = 2 << 20 }, CancellationToken.None);

        Assert.Equal(EngineKind.Ptrace, result.Engine);
        Assert.False(result.Process.IsDotNet);
        Assert.True(result.Fork.Succeeded);
        Assert.Equal(result.Fork.PredictedChargeBytes, result.Fork.ChargedBytes);
        Assert.True(result.Fork.Child!.UniqueBytes < 1 << 20);
        Assert.Equal(2 << 20, result.CopyOnWrite!.ChildWrittenBytes);
        Assert.All(result.Fork.Trials, static trial => Assert.True(trial.ThreadStoppedMicroseconds >= trial.LatencyMicroseconds));
        Assert.NotNull(result.Vfork!.LatencyMicroseconds);
        Assert.Null(result.Fork.LongestStallMicroseconds);

        Assert.Equal((0L, 0L), program.Look() is var (_, errors, wrong) ? (errors, wrong) : (-1, -1));
        Assert.Empty(ProcessDiscovery.Children(program.Pid));
        Assert.Equal(arguments.Contains("=500", StringComparison.Ordinal) ? 501 : arguments.Split(' ').Length, new ProcessFiles(program.Pid).Status().Value.Threads);
    }

    [Fact]
    public void A_dotnet_application_without_diagnostics_and_one_compiled_ahead_of_time()
    {
        foreach (var start in new[]
        {
            new TargetStart { Arguments = ["hold", "managed=20000000"], Environment = DiagnosticsOff },
            new TargetStart { Program = [NativeAotApp.Publish()], Arguments = ["hold", "managed=20000000"] },
        })
        {
            using var target = LiveTarget.Start(start);
            bool isReadable = false;
            var result = Measurer.Run(Request(target.Pid) with { Engine = EngineKind.Auto, ReadHeap = (child, _) => isReadable = child.MemoryHandle is { IsInvalid: false } }, CancellationToken.None);
            Assert.Equal(EngineKind.Ptrace, result.Engine);
            Assert.True(result.Process.IsDotNet);
            Assert.True(result.Fork.ChargedBytes > 20_000_000);
            Assert.True(isReadable);
            Assert.Equal("Pong", target.Ask("Ping"));
            Assert.Equal("Spawned 0", target.Ask("Spawn"));
            Assert.Empty(ProcessDiscovery.Children(target.Pid));
        }
    }

    [Fact]
    public void A_busy_dotnet_application_goes_on()
    {
        // Its threads wake within microseconds of a wait, on processors that the tracer has to share with them.
        using var target = LiveTarget.Start(new TargetStart { Arguments = ["busy", "allocators=2", "starters=1"], Environment = DiagnosticsOff });
        for (int measurement = 0; measurement < 6; measurement++)
        {
            Assert.True(Measurer.Run(Request(target.Pid), CancellationToken.None).Fork.Succeeded);
            Assert.Equal("Pong", target.Ask("Ping"));
            Assert.Equal("Spawned 0", target.Ask("Spawn"));
        }
    }

    [Fact]
    public void What_the_kernel_refuses_is_a_result_with_its_error()
    {
        var host = HostMemory.Read().Value;
        using var target = LiveTarget.Start(new TargetStart { Arguments = ["address-space", $"bytes={host.TotalBytes + host.SwapTotalBytes + (1L << 30)}"], Environment = DiagnosticsOff });
        var result = Measurer.Run(Request(target.Pid), CancellationToken.None);
        Assert.Equal(host.OvercommitMode == 0, result.Fork.Succeeded == false);
        if (host.OvercommitMode == 0)
        {
            // The error shows where the thread is met right behind the call; it is never another one.
            Assert.All(result.Fork.Trials, static trial => Assert.True(trial.Errno is null or OutOfMemory));
        }

        Assert.NotNull(result.Vfork!.LatencyMicroseconds);
        Assert.Equal("Spawned 0", target.Ask("Spawn"));
        Assert.Empty(ProcessDiscovery.Children(target.Pid));
    }

    [Fact]
    public void A_program_that_is_traced_already_is_refused_and_goes_on()
    {
        using var program = CProgram.Start("5 read", "strace", "-f", "-o", "/dev/null");
        var refused = Assert.Throws<MeasureException>(() => Measurer.Run(Request(program.Pid), CancellationToken.None));
        Assert.Equal(ExitReason.RefusedForSafety, refused.Reason);

        // Looked at in one of its stops, it is stopped by a debugger.
        Assert.Matches("traced|stopped by a debugger", refused.Message);
        Assert.Equal(0, program.Look().Errors);
    }

    [Theory]
    [InlineData("kill", 61, "wait4")]
    [InlineData("1", 56, "clone")]
    [InlineData("kill", 15, "rt_sigreturn")]
    public void A_filter_that_forbids_what_a_trial_calls_keeps_it_out(string action, int number, string name)
    {
        // From a process that has not started it: the runtime here would take the stop in which the filter is read for the program's end.
        using var program = CProgram.Start("5 read", Launcher.Build("seccomp"), action, $"{number}", "--");
        var refused = MeasureHost.Run(program.Pid, "engine=Ptrace");
        Assert.True(refused.ExitCode == (int)ExitReason.RefusedForSafety, refused.Output);
        Assert.Contains(name, refused.Output, StringComparison.Ordinal);
        Assert.Equal(0, program.Look().Errors);
    }

    [Fact]
    public void A_filter_that_allows_it_lets_it_in()
    {
        using var program = CProgram.Start("5 read", Launcher.Build("seccomp"), "kill", "9999", "--");
        var measured = MeasureHost.Run(program.Pid, "engine=Ptrace");
        Assert.True(measured.ExitCode == 0, measured.Output);
        Assert.True(measured.Figures.GetProperty("succeeded").GetBoolean());
        Assert.Equal(0, program.Look().Errors);
    }

    [Fact]
    public void The_main_thread_of_a_program_that_the_tool_started_is_left_alone()
    {
        // Its stops would be taken for its end. Started by somebody else it is as good as any.
        using var program = CProgram.Start("5");
        var refused = Assert.Throws<MeasureException>(() => Measurer.Run(Request(program.Pid), CancellationToken.None));
        Assert.Contains("main thread", refused.Message, StringComparison.Ordinal);
        var other = MeasureHost.Run(program.Pid, "engine=Ptrace");
        Assert.True(other.ExitCode == 0, other.Output);
        Assert.False(program.HasExited);
        Assert.Equal(0, program.Look().Errors);
    }

    [Fact]
    public void A_zombie_of_the_programs_own_is_left_to_it()
    {
        using var program = CProgram.Start("5 read zombie");
        int own = Assert.Single(ProcessDiscovery.Children(program.Pid));
        var result = Measurer.Run(Request(program.Pid), CancellationToken.None);
        Assert.True(result.Fork.Succeeded);
        Assert.DoesNotContain(result.Warnings, static warning => warning.Contains("zombie", StringComparison.Ordinal));
        Assert.Equal([own], ProcessDiscovery.Children(program.Pid));
    }

    [Fact]
    public void A_program_whose_only_thread_is_in_a_timed_wait_is_left_alone_and_why_is_said()
    {
        using var program = CProgram.Start("5 alone");
        var refused = MeasureHost.Run(program.Pid, "engine=Ptrace");
        Assert.True((int)ExitReason.RefusedForSafety == refused.ExitCode, refused.Output);
        Assert.Contains("nanosleep", refused.Output, StringComparison.Ordinal);
        var result = MeasureHost.Run(program.Pid, "engine=Auto");
        Assert.Equal("Estimate", result.Figures.GetProperty("engine").GetString());
        Assert.Contains("nanosleep", result.Figures.GetProperty("why").GetString(), StringComparison.Ordinal);
        Assert.False(program.HasExited);
    }

    private static MeasureRequest Request(int pid) => new() { Pid = pid, Engine = EngineKind.Ptrace, MaxTrials = 5, MaxStall = TimeSpan.FromSeconds(20) };
}
