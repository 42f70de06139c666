using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace ForkLint.EndToEnd.Tests;

/// <summary>What the installed tool says should be freed, on live applications that hold known amounts.</summary>
[Collection(InstalledToolGroup.Name)]
public sealed class SavingsTests(InstalledTool tool)
{
    private const string Table = "P:HeapScenarios.Cache.Table";

    private static readonly SchemaValidator ReportSchema = new(Repository.Read("docs/report.schema.json"), refuseUndescribed: true);

    [Fact]
    public void The_first_saving_names_the_field_and_the_fork_without_it_is_calculated()
    {
        using var target = new HeldMemory("cache");
        var report = Report(tool.Run("measure", target.PidText, "--trials", "2", "--what-if-freed", Table, "--format", "json"));
        var first = report.GetProperty("savings")[0];
        Assert.Equal(Table, first.GetProperty("holder").GetString());
        Within(0.02, target.HeldBytes, first.GetProperty("commitChargeBytes").GetInt64());
        Assert.True(first.GetProperty("latencySavedMicroseconds").GetDouble() > 0);
        Assert.True(report.GetProperty("heap").GetProperty("objects").GetInt64() > 2000);
        Assert.True(report.GetProperty("heap").GetProperty("childLivedMilliseconds").GetDouble() > 0);
        Assert.Contains(report.GetProperty("savings").EnumerateArray(), saving => saving.GetProperty("kind").GetString() == "doNotDuplicate");

        var whatIf = report.GetProperty("whatIfFreed");
        Within(0.02, target.HeldBytes, whatIf.GetProperty("savedBytes").GetInt64());
        var predicted = whatIf.GetProperty("commitChargeBytes").GetInt64();
        target.Tell("drop");
        target.Tell("collect");
        var after = Report(tool.Run("measure", target.PidText, "--trials", "1", "--no-heap", "--format", "json"));
        Within(0.05, predicted, after.GetProperty("fork").GetProperty("chargedBytes").GetInt64());
        Assert.Equal(JsonValueKind.Null, after.GetProperty("savings").ValueKind);
    }

    [Fact]
    public void Verify_realises_what_was_predicted_and_says_that_the_application_pauses()
    {
        using var target = new HeldMemory("garbage");
        var result = tool.Run("measure", target.PidText, "--trials", "2", "--verify", "--format", "json");
        Assert.Contains("stands still", result.Error, StringComparison.Ordinal);
        var verified = Report(result).GetProperty("verified");
        Within(0.05, verified.GetProperty("predictedBytes").GetInt64(), verified.GetProperty("realisedBytes").GetInt64());
        Assert.True(verified.GetProperty("pauseMicroseconds").GetDouble() > 0);
    }

    [Fact]
    public void The_smallest_devices_need_the_cache_freed_and_the_larger_ones_nothing()
    {
        using var target = new HeldMemory("cache");
        (string Ram, bool Succeeds)[] devices = [("512MB", false), ("1GB", true), ("2GB", true)];
        foreach (var (ram, succeeds) in devices)
        {
            var report = Report(tool.Run("measure", target.PidText, "--trials", "1", "--as-if", $"ram={ram},swap=0,overcommit=2,ratio=100,committed=350MB", "--format", "json"));
            var there = report.GetProperty("verdicts").EnumerateArray().Single(verdict => verdict.GetProperty("where").GetString()!.StartsWith("as-if", StringComparison.Ordinal));
            Assert.Equal(succeeds ? "yes" : "no", there.GetProperty("succeeds").GetString());
            if (succeeds)
            {
                Assert.Equal(0, report.GetProperty("shortestLists").GetArrayLength());
            }
            else
            {
                var list = report.GetProperty("shortestLists")[0];
                Assert.True(list.GetProperty("suffices").GetBoolean());
                Assert.Equal(Table, Assert.Single(list.GetProperty("savings").EnumerateArray()).GetProperty("holder").GetString());
            }
        }
    }

    [Fact]
    public void Where_the_fork_fails_here_the_shortest_list_makes_it_succeed()
    {
        using var target = new HeldMemory("refused");
        var failing = Report(tool.Run("measure", target.PidText, "--trials", "1", "--format", "json"));
        Assert.False(failing.GetProperty("fork").GetProperty("succeeded").GetBoolean());
        var list = failing.GetProperty("shortestLists").EnumerateArray().Single(list => list.GetProperty("where").GetString() == "here");
        Assert.True(list.GetProperty("suffices").GetBoolean());
        var saving = Assert.Single(list.GetProperty("savings").EnumerateArray());
        Assert.StartsWith("native:0x", saving.GetProperty("holder").GetString(), StringComparison.Ordinal);
        Within(0.001, target.HeldBytes, saving.GetProperty("commitChargeBytes").GetInt64());

        target.Tell("drop");
        var after = Report(tool.Run("measure", target.PidText, "--trials", "1", "--format", "json"));
        Assert.True(after.GetProperty("fork").GetProperty("succeeded").GetBoolean());
        Assert.DoesNotContain(after.GetProperty("shortestLists").EnumerateArray(), list => list.GetProperty("where").GetString() == "here");
    }

    [Fact]
    public void Measured_sizes_are_written_for_the_analyzer()
    {
        using var target = new HeldMemory("cache");
        var path = Path.Combine(tool.NewFolder(), "ForkLint.Measured.txt");
        File.WriteAllText(path, "# kept by hand\nF:App.Gone.Field; 12\n");
        Report(tool.Run("measure", target.PidText, "--trials", "1", "--write-measured", path, "--format", "json"));
        var lines = File.ReadAllLines(path);
        var line = Assert.Single(lines, line => line.StartsWith(Table + ";", StringComparison.Ordinal));
        Within(0.02, target.HeldBytes, long.Parse(line.Split(';')[1], CultureInfo.InvariantCulture));
        Assert.Contains("F:App.Gone.Field; 12", lines);
        Assert.Contains("# kept by hand", lines);
    }

    [Theory]
    [InlineData("--no-heap", "--what-if-freed", "F:A.B")]
    [InlineData("--keep-largest")]
    public void Wishes_that_contradict_each_other_are_refused(params string[] options)
    {
        var result = tool.Run(["measure", "1", .. options]);
        Assert.Equal(1, result.ExitCode);
    }

    private static JsonElement Report(CommandResult result)
    {
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Empty(ReportSchema.Validate(result.Output));
        return JsonDocument.Parse(result.Output).RootElement;
    }

    private static void Within(double share, long expected, long actual) =>
        Assert.True(Math.Abs(actual - expected) <= share * expected, $"{actual} is not within {share:P1} of {expected}.");

    /// <summary>One of the heap scenarios, ready.</summary>
    private sealed class HeldMemory : IDisposable
    {
        private readonly Process _process;

        public HeldMemory(string scenario)
        {
            var application = Path.Combine(AppContext.BaseDirectory.Replace("ForkLint.EndToEnd.Tests", "HeapScenarios", StringComparison.Ordinal), "forklint-heap-scenarios.dll");
            _process = Process.Start(new ProcessStartInfo("dotnet", [application, scenario]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
            HeldBytes = long.Parse(Answer().Split(' ')[1], CultureInfo.InvariantCulture);
        }

        public string PidText => _process.Id.ToString(CultureInfo.InvariantCulture);

        public long HeldBytes { get; }

        public void Tell(string command)
        {
            _process.StandardInput.WriteLine(command);
            Answer();
        }

        public void Dispose()
        {
            _process.StandardInput.Close();
            if (!_process.WaitForExit(TimeSpan.FromSeconds(30)))
            {
                _process.Kill();
            }

            _process.Dispose();
        }

        private string Answer() => _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("The scenario ended.");
    }
}
