using System.Globalization;
using ForkLint.LiveTargets;

namespace ForkLint.TrialFork.Tests;

/// <summary>How large a collector lets its heap become: as the settings say, and as the runtime itself reckons.</summary>
public sealed class CollectorLimitTests
{
    private const long MiB = 1 << 20;
    private const long GiB = 1 << 30;

    [Theory]
    [InlineData(null, null, null, 400 * MiB, 300 * MiB)]
    [InlineData(null, null, null, 20 * MiB, 20 * MiB)]
    [InlineData(null, null, null, null, null)]
    [InlineData("DOTNET_GCHeapHardLimit", "C800000", null, 400 * MiB, 200 * MiB)]
    [InlineData("DOTNET_GCHeapHardLimit", "0xC800000", null, null, 200 * MiB)]
    [InlineData("COMPlus_GCHeapHardLimitPercent", "32", null, 400 * MiB, 200 * MiB)]
    [InlineData("DOTNET_GCHeapHardLimitPercent", "32", null, null, 4 * GiB)]
    [InlineData("DOTNET_GCHeapHardLimitSOHPercent", "A", null, 400 * MiB, 40 * MiB)]
    [InlineData("DOTNET_GCHeapHardLimit", "nonsense", null, 400 * MiB, 300 * MiB)]
    [InlineData(null, null, "{\"runtimeOptions\":{\"configProperties\":{\"System.GC.HeapHardLimitPercent\":50}}}", 400 * MiB, 200 * MiB)]
    [InlineData(null, null, "{\"runtimeOptions\":{\"configProperties\":{\"System.GC.HeapHardLimit\":\"0xC800000\"}}}", 400 * MiB, 200 * MiB)]
    [InlineData("DOTNET_GCHeapHardLimitPercent", "32", "{\"runtimeOptions\":{\"configProperties\":{\"System.GC.HeapHardLimitPercent\":10}}}", 400 * MiB, 200 * MiB)]
    [InlineData(null, null, "{\"runtimeOptions\":[]}", 400 * MiB, 300 * MiB)]
    [InlineData(null, null, "nonsense", 400 * MiB, 300 * MiB)]
    public void The_ceiling_follows_the_settings(string? variable, string? value, string? configuration, long? container, long? expected)
    {
        Dictionary<string, string> environment = variable is null ? [] : new() { [variable] = value! };
        Assert.Equal(expected, CollectorLimit.Read(environment, configuration).CeilingBytes(container, 8 * GiB));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("DOTNET_GCHeapHardLimitPercent=2A")]
    [InlineData("DOTNET_GCHeapHardLimit=6400000")]
    public void The_ceiling_is_what_the_runtime_itself_reckons_with(string? setting)
    {
        using var limit = new MemoryLimit();
        limit.Set(300 * MiB);
        var pair = setting?.Split('=');
        using var target = LiveTarget.Start(new TargetStart
        {
            Launcher = limit.Launcher,
            Arguments = ["hold"],
            Environment = pair is null ? new Dictionary<string, string?>() : new Dictionary<string, string?> { [pair[0]] = pair[1] },
        });
        long reckoned = long.Parse(target.Ask("Go")!["Done ".Length..], CultureInfo.InvariantCulture);
        Assert.Equal(reckoned, DotNetProbe.Probe(target.Pid).Collector.CeilingBytes(300 * MiB, 8 * GiB));
    }
}
