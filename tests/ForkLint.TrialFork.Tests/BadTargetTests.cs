using System.Diagnostics;
using ForkLint.Linux;
using ForkLint.LiveTargets;

namespace ForkLint.TrialFork.Tests;

/// <summary>Targets that cannot be measured: one line that explains, and the right exit code.</summary>
public sealed class BadTargetTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("forklint-bad-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(0)]
    [InlineData(-7)]
    [InlineData(int.MaxValue)]
    public void No_such_process(int pid) => Assert.Equal(ExitReason.NoSuchProcess, Refused(pid, EngineKind.Auto).Reason);

    /// <summary>Each way to stand still has its own way out.</summary>
    [Theory]
    [InlineData(ProcessCondition.Stopped, 0, "kill -CONT 42")]
    [InlineData(ProcessCondition.Traced, 7, "detach the debugger")]
    [InlineData(ProcessCondition.Frozen, 0, "thaw the cgroup")]
    [InlineData(ProcessCondition.CoreDumping, 0, "start it again")]
    [InlineData(ProcessCondition.Alive, 7, "detach the debugger")]
    public void What_stands_still_is_let_go_by_what_holds_it(ProcessCondition condition, int tracer, string remedy) =>
        Assert.Contains(remedy, Standstill.Of(42, condition, tracer)!.Remedy, StringComparison.Ordinal);

    [Fact]
    public void A_thread_is_no_process()
    {
        int thread = Directory.GetDirectories("/proc/self/task").Select(static path => int.Parse(Path.GetFileName(path), System.Globalization.CultureInfo.InvariantCulture)).First(static id => id != Environment.ProcessId);
        var refused = Assert.Throws<MeasureException>(() => NamedProcess.Require(thread));
        Assert.Equal(ExitReason.NoSuchProcess, refused.Reason);
        Assert.Contains($"thread of process {Environment.ProcessId}", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>Its first thread has ended and others go on: it is there, and nothing of its memory is shown.</summary>
    [Fact]
    public void A_process_whose_main_thread_has_ended()
    {
        string source = Path.Combine(_folder.FullName, "headless.c");
        string program = Path.Combine(_folder.FullName, "headless");
        File.WriteAllText(source, "#include <pthread.h>\n#include <unistd.h>\nstatic void *run(void *none) { sleep(60); return none; }\nint main(void) { pthread_t thread; pthread_create(&thread, 0, run, 0); pthread_exit(0); }\n");
        Shell.Run("gcc", ["-o", program, source, "-lpthread"]);
        using var running = Process.Start(program);
        try
        {
            Assert.True(SpinWait.SpinUntil(() => new ProcessFiles(running.Id).Stat() is { IsOk: true, Value.IsZombie: true }, TimeSpan.FromSeconds(30)));
            foreach (var engine in new[] { EngineKind.Auto, EngineKind.Ptrace, EngineKind.Estimate })
            {
                var refused = Refused(running.Id, engine);
                Assert.Equal(ExitReason.MeasurementFailed, refused.Reason);
                Assert.Contains("has ended while others go on", refused.Message, StringComparison.Ordinal);
            }

            running.Kill();
            Assert.True(SpinWait.SpinUntil(() => Refused(running.Id, EngineKind.Estimate).Reason == ExitReason.NoSuchProcess, TimeSpan.FromSeconds(30)));
        }
        finally
        {
            running.Kill();
            running.WaitForExit();
        }
    }

    [Fact]
    public void A_zombie_is_called_one()
    {
        // The shell's child ends, and what the shell becomes never waits for it.
        using var parent = Process.Start("/bin/sh", ["-c", "true & exec sleep 60"]);
        try
        {
            int zombie = 0;
            Assert.True(SpinWait.SpinUntil(() => (zombie = Zombie(parent.Id)) != 0, TimeSpan.FromSeconds(30)));
            var refused = Refused(zombie, EngineKind.Auto);
            Assert.Equal(ExitReason.NoSuchProcess, refused.Reason);
            Assert.Contains($"it is a zombie until process {parent.Id} waits for it", refused.Message, StringComparison.Ordinal);
        }
        finally
        {
            parent.Kill();
            parent.WaitForExit();
        }

        static int Zombie(int parent) => File.ReadAllText($"/proc/{parent}/task/{parent}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(static text => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture))
            .FirstOrDefault(static pid => new ProcessFiles(pid).Stat() is { IsOk: true, Value.IsZombie: true });
    }

    [Fact]
    public void A_kernel_thread()
    {
        // Process 2 is kthreadd, the parent of all kernel threads; in a container there may be another 2, or none.
        Assert.Contains(Refused(2, EngineKind.Auto).Reason, new[] { ExitReason.NotDotNet, ExitReason.NoSuchProcess, ExitReason.NotPermitted });
    }

    [Fact]
    public void No_agent_enters_a_program_that_is_not_dotnet_and_it_is_measured_all_the_same()
    {
        using var program = Process.Start("sleep", "60");

        // What a .NET process that had this process id before leaves when it is killed.
        string stale = $"/tmp/dotnet-diagnostic-{program.Id}-1-socket";
        File.WriteAllText(stale, "");
        try
        {
            var refused = Refused(program.Id, EngineKind.Agent);
            Assert.Equal(ExitReason.NotDotNet, refused.Reason);
            Assert.Contains("is not a .NET process", refused.Message, StringComparison.Ordinal);

            // Its only thread sleeps for a relative time, which a stop would show in: it is not forked, and why is said.
            var result = Measurer.Run(new MeasureRequest { Pid = program.Id }, CancellationToken.None);
            Assert.Equal(EngineKind.Estimate, result.Engine);
            Assert.False(result.Process.IsDotNet);
            Assert.Contains("is not a .NET process", result.EngineWhy, StringComparison.Ordinal);
            Assert.True(result.Fork.PredictedChargeBytes > 0);
        }
        finally
        {
            File.Delete(stale);
            program.Kill();
            program.WaitForExit();
        }
    }

    [Fact]
    public void A_socket_that_a_killed_process_of_the_same_id_left_is_no_socket_of_this_one()
    {
        using var target = LiveTarget.Start(new TargetStart { Arguments = ["hold"], Environment = new Dictionary<string, string?> { ["DOTNET_EnableDiagnostics"] = "0" } });
        string stale = $"/tmp/dotnet-diagnostic-{target.Pid}-1-socket";
        File.WriteAllText(stale, "");
        try
        {
            Assert.Contains("DOTNET_EnableDiagnostics=0", Refused(target.Pid, EngineKind.Agent).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(stale);
        }
    }

    [Fact]
    public void Diagnostics_disabled()
    {
        using var target = LiveTarget.Start(new TargetStart { Arguments = ["hold"], Environment = new Dictionary<string, string?> { ["DOTNET_EnableDiagnostics"] = "0" } });
        var refused = Refused(target.Pid, EngineKind.Agent);
        Assert.Equal(ExitReason.NotDotNet, refused.Reason);
        Assert.Contains("DOTNET_EnableDiagnostics", refused.Message, StringComparison.Ordinal);

        // Left to the tool, it is measured without an agent, and says why.
        var result = Measurer.Run(new MeasureRequest { Pid = target.Pid, MaxStall = TimeSpan.FromSeconds(5) }, CancellationToken.None);
        Assert.Equal(WithoutAgent.Engine(target.Pid), result.Engine);
        Assert.Contains("DOTNET_EnableDiagnostics", result.EngineWhy, StringComparison.Ordinal);
        Assert.True(result.Fork.PredictedChargeBytes > 0);
        Assert.Equal("Pong", target.Ask("Ping"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Startup_hooks_switched_off_as_trimming_does(bool isVisible)
    {
        string source = Path.GetDirectoryName(TestApps.FrameworkDependent)!;
        string configuration = File.ReadAllText(Path.Combine(source, "forklint-testapp.runtimeconfig.json"))
            .Replace("\"configProperties\": {", "\"configProperties\": { \"System.StartupHookProvider.IsSupported\": false,", StringComparison.Ordinal);
        Assert.Contains("StartupHookProvider", configuration, StringComparison.Ordinal);
        Shell.Run("cp", ["-r", source, Path.Combine(_folder.FullName, "app")]);
        string program = Path.Combine(_folder.FullName, "app/forklint-testapp.dll");
        string file = isVisible ? Path.ChangeExtension(program, ".runtimeconfig.json") : Path.Combine(_folder.FullName, "hidden.json");
        File.WriteAllText(file, configuration);
        using var target = LiveTarget.Start(new TargetStart { Program = ["dotnet", "exec", "--runtimeconfig", file, program], Arguments = ["hold"] });

        var refused = Refused(target.Pid, EngineKind.Agent);
        Assert.Equal(ExitReason.NotDotNet, refused.Reason);
        Assert.Contains("startup hook", refused.Message, StringComparison.Ordinal);
        Assert.Equal(WithoutAgent.Engine(target.Pid), Measurer.Run(new MeasureRequest { Pid = target.Pid, MaxStall = TimeSpan.FromSeconds(5) }, CancellationToken.None).Engine);
        Assert.Equal("Pong", target.Ask("Ping"));
        Assert.Empty(Traces.MeetingPlacesIn("/tmp", target.Pid));
    }

    [Theory]
    [InlineData("WarmAgent")]
    [InlineData("ChildAlive")]
    [InlineData("Vfork")]
    public void A_process_that_ends_during_the_measurement(string stage)
    {
        using var target = LiveTarget.Start("hold", "managed=10000000");
        using var host = MeasureHost.Start(target.Pid, [$"pause={stage}"]);
        Assert.Equal($"At {stage}", host.ReadLine());
        target.Kill();
        host.Continue();
        var outcome = host.Finish();

        Assert.True((int)ExitReason.NoSuchProcess == outcome.ExitCode, outcome.Output);
        Assert.Contains("ended", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_compiled_ahead_of_time()
    {
        using var target = LiveTarget.Start(new TargetStart { Program = [NativeAotApp.Publish()], Arguments = ["hold", "managed=20000000"] });
        var refused = Refused(target.Pid, EngineKind.Agent);
        Assert.Equal(ExitReason.NotDotNet, refused.Reason);
        Assert.Contains("ahead of time", refused.Message, StringComparison.Ordinal);

        // Its fork costs what another's costs, and that can be told without entering it.
        var result = Measurer.Run(new MeasureRequest { Pid = target.Pid, MaxStall = TimeSpan.FromSeconds(5) }, CancellationToken.None);
        Assert.Equal(WithoutAgent.Engine(target.Pid), result.Engine);
        Assert.True(result.Fork.PredictedChargeBytes > 20_000_000);
        Assert.Equal("Pong", target.Ask("Ping"));
    }

    [Fact]
    public void A_compiled_program_is_recognised_by_its_section()
    {
        string source = Path.Combine(_folder.FullName, "aot.c");
        string program = Path.Combine(_folder.FullName, "aot");
        File.WriteAllText(source, "__attribute__((section(\"__managedcode\"))) int code(void) { return 0; }\n#include <unistd.h>\nint main(void) { sleep(60); return code(); }\n");
        Shell.Run("gcc", ["-o", program, source]);

        Assert.True(ElfSections.HasSection(program, "__managedcode"));
        Assert.False(ElfSections.HasSection("/bin/true", "__managedcode"));
        Assert.False(ElfSections.HasSection(source, "__managedcode"));
        using var running = Process.Start(program);
        try
        {
            Assert.True(DotNetProbe.Probe(running.Id).IsNativeAot);
            Assert.Contains("ahead of time", Refused(running.Id, EngineKind.Agent).Message, StringComparison.Ordinal);
        }
        finally
        {
            running.Kill();
            running.WaitForExit();
        }
    }

    private static MeasureException Refused(int pid, EngineKind engine) =>
        Assert.Throws<MeasureException>(() => Measurer.Run(new MeasureRequest { Pid = pid, Engine = engine, MaxStall = TimeSpan.FromSeconds(5) }, CancellationToken.None));
}
