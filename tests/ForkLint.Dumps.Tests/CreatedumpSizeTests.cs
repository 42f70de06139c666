using ForkLint.Linux;
using ForkLint.LiveTargets;

namespace ForkLint.Dumps.Tests;

/// <summary>The predicted size against the file that createdump writes of the same process.</summary>
public sealed class CreatedumpSizeTests
{
    [Theory]
    [InlineData(0, "hold", "managed=80000000")]
    [InlineData(0, "hold", "native=60000000", "threads=40")]
    [InlineData(1, "hold", "managed=100000000", "threads=5")]
    [InlineData(0, "hold", "managed=70000000", "mappings=2000")]
    public void It_is_what_createdump_writes(int serverGC, params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        using var target = LiveTarget.Start(new TargetStart { Arguments = arguments, Environment = new Dictionary<string, string?> { ["DOTNET_gcServer"] = $"{serverGC}" } });
        Thread.Sleep(500);
        RequireNear(DumpType.Full, "--full", 0.001, target, folder);
        RequireNear(DumpType.Heap, "--withheap", 0.01, target, folder);
    }

    private static void RequireNear(DumpType type, string option, double tolerance, LiveTarget target, TemporaryFolder folder)
    {
        var process = new ProcessFiles(target.Pid);
        long predicted = CreatedumpSize.Predict(type, process.CoarseMaps().Value, process.Threads().Value.Count);
        string file = folder.File($"{type}");
        var made = Programs.CreateDump(target.Pid, option, file);
        Assert.True(made.ExitCode == 0, made.Output);
        long length = new FileInfo(file).Length;
        Assert.True(Math.Abs(predicted - length) <= length * tolerance, $"{type}: predicted {predicted}, written {length}");
    }
}
