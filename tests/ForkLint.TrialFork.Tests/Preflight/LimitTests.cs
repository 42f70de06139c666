using ForkLint.LiveTargets;

namespace ForkLint.TrialFork.Tests;

/// <summary>An application that is near a limit of its own would end where its runtime cannot map what the agent needs.</summary>
public class LimitTests
{
    [Theory]
    [InlineData("--as", "VmSize", "RLIMIT_AS")]
    [InlineData("--data", "VmData", "RLIMIT_DATA")]
    public void Near_its_own_limit_on_memory_it_is_not_entered(string option, string used, string name)
    {
        using var target = LiveTarget.Start("hold", "managed=10000000");
        var request = new MeasureRequest { Pid = target.Pid, Engine = EngineKind.Agent, MaxTrials = 1, MaxStall = TimeSpan.FromSeconds(5) };
        foreach (long spareKilobytes in new[] { 20_000L, 50_000 })
        {
            Shell.Run("prlimit", ["--pid", $"{target.Pid}", $"{option}={(Kilobytes(target.Pid, used) + spareKilobytes) * 1024}:"]);
            var refused = Assert.Throws<MeasureException>(() => Measurer.Run(request, CancellationToken.None));
            Assert.Equal(ExitReason.RefusedForSafety, refused.Reason);
            Assert.Contains(name, refused.Message, StringComparison.Ordinal);
            Assert.Equal(WithoutAgent.Engine(target.Pid), Measurer.Run(request with { Engine = EngineKind.Auto }, CancellationToken.None).Engine);
        }

        // With the room that the check asks for, it is entered, and stays well.
        Shell.Run("prlimit", ["--pid", $"{target.Pid}", $"{option}={(Kilobytes(target.Pid, used) + 300_000) * 1024}:"]);
        Assert.True(Measurer.Run(request, CancellationToken.None).Fork.Succeeded);
        Assert.Equal("Pong", target.Ask("Ping"));
    }

    [Fact]
    public void With_few_mappings_left_it_is_not_entered()
    {
        long limit = long.Parse(File.ReadAllText("/proc/sys/vm/max_map_count"), System.Globalization.CultureInfo.InvariantCulture);
        using var target = LiveTarget.Start("hold", "managed=10000000");
        long mappings = File.ReadLines($"/proc/{target.Pid}/maps").LongCount();
        using var crowded = LiveTarget.Start("hold", $"mappings={limit - mappings - 60}");
        var request = new MeasureRequest { Pid = crowded.Pid, Engine = EngineKind.Agent, MaxTrials = 1, MaxStall = TimeSpan.FromSeconds(5) };
        var refused = Assert.Throws<MeasureException>(() => Measurer.Run(request, CancellationToken.None));

        Assert.Equal(ExitReason.RefusedForSafety, refused.Reason);
        Assert.Contains("max_map_count", refused.Message, StringComparison.Ordinal);
        Assert.Equal("Pong", crowded.Ask("Ping"));
    }

    private static long Kilobytes(int pid, string field) => long.Parse(
        File.ReadLines($"/proc/{pid}/status").Single(line => line.StartsWith(field + ":", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2].Trim('\t').Split('\t')[^1],
        System.Globalization.CultureInfo.InvariantCulture);
}
