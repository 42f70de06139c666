using System.Globalization;
using System.Text.Json;

namespace ForkLint.EndToEnd.Tests;

/// <summary>What the installed tool says should be freed, on live applications that hold known amounts.</summary>
[Collection(InstalledToolGroup.Name)]
public sealed class SavingsTests(InstalledTool tool)
{
    private const string Table = "P:HeapScenarios.Cache.Table";

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
        Assert.Contains("stops", result.Error, StringComparison.Ordinal);
        var verified = Report(result).GetProperty("verified");
        Within(0.05, verified.GetProperty("predictedBytes").GetInt64(), verified.GetProperty("realisedBytes").GetInt64());
        Assert.True(verified.GetProperty("pauseMicroseconds").GetDouble() > 0);
    }

    /// <summary>Devices that are nearly full: everything but 100 MB of RAM is committed, and there is no swap.</summary>
    [Fact]
    public void On_a_full_device_the_shortest_list_is_the_cache_and_freeing_it_is_enough()
    {
        using var target = new HeldMemory("cache");
        string[] devices = [Full("512MB", 412), Full("1GB", 900), Full("2GB", 1900)];
        foreach (var device in devices)
        {
            var report = Report(tool.Run("measure", target.PidText, "--trials", "1", "--as-if", device, "--what-if-freed", Table, "--format", "json"));
            Assert.Equal("no", There(report.GetProperty("verdicts")));
            Assert.Equal("yes", There(report.GetProperty("whatIfFreed").GetProperty("verdicts")));
            var list = Assert.Single(report.GetProperty("shortestLists").EnumerateArray());
            Assert.True(list.GetProperty("suffices").GetBoolean());
            Assert.Equal(Table, Assert.Single(list.GetProperty("savings").EnumerateArray()).GetProperty("holder").GetString());
        }

        target.Tell("drop");
        target.Tell("collect");
        foreach (var device in (string[])[Full("512MB", 212), Full("1GB", 700), Full("2GB", 1700)])
        {
            var after = Report(tool.Run("measure", target.PidText, "--trials", "1", "--no-heap", "--as-if", device, "--format", "json"));
            Assert.Equal("yes", There(after.GetProperty("verdicts")));
        }

        static string Full(string ram, int committed) => $"ram={ram},swap=0,overcommit=2,ratio=100,committed={committed}MB";
    }

    [Fact]
    public void In_a_small_memory_cgroup_the_shortest_list_is_what_is_resident()
    {
        using var target = new HeldMemory("cache");
        var report = Report(tool.Run("measure", target.PidText, "--trials", "1", "--as-if", "memory-limit=200MB", "--format", "json"));
        Assert.Equal("no", There(report.GetProperty("verdicts")));
        var list = Assert.Single(report.GetProperty("shortestLists").EnumerateArray());
        Assert.Equal(Table, Assert.Single(list.GetProperty("savings").EnumerateArray()).GetProperty("holder").GetString());

        target.Tell("drop");
        target.Tell("collect");
        var after = Report(tool.Run("measure", target.PidText, "--trials", "1", "--no-heap", "--as-if", "memory-limit=200MB", "--format", "json"));
        Assert.Equal("yes", There(after.GetProperty("verdicts")));
    }

    [Fact]
    public void Holders_that_share_save_something_only_when_all_are_freed()
    {
        using var target = new HeldMemory("shared");
        const string byNumber = "F:HeapScenarios.SharedCaches._byNumber";
        const string inOrder = "F:HeapScenarios.SharedCaches._inOrder";
        var one = Report(tool.Run("measure", target.PidText, "--trials", "1", "--what-if-freed", byNumber, "--format", "json")).GetProperty("whatIfFreed");
        Assert.True(one.GetProperty("savedBytes").GetInt64() < target.HeldBytes / 100);

        var both = Report(tool.Run("measure", target.PidText, "--trials", "1", "--what-if-freed", byNumber, "--what-if-freed", inOrder, "--format", "json")).GetProperty("whatIfFreed");
        Assert.Equal(2, both.GetProperty("freed").GetArrayLength());
        Within(0.02, target.HeldBytes, both.GetProperty("savedBytes").GetInt64());

        var unknown = tool.Run("measure", target.PidText, "--trials", "1", "--what-if-freed", "F:No.Such.Field");
        Assert.Equal(1, unknown.ExitCode);
        Assert.Contains("'F:No.Such.Field'", unknown.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_native_block_can_be_freed_by_calculation_through_the_field_that_knows_it()
    {
        using var target = new HeldMemory("owned");
        const string field = "F:HeapScenarios.OwnedBlocks.Service._samples";
        var report = Report(tool.Run("measure", target.PidText, "--trials", "1", "--what-if-freed", field, "--format", "json"));
        var block = report.GetProperty("savings").EnumerateArray().Single(saving => saving.GetProperty("possibleOwner").GetString() == field);
        var saved = report.GetProperty("whatIfFreed").GetProperty("savedBytes").GetInt64();
        Assert.Equal(block.GetProperty("commitChargeBytes").GetInt64(), saved);

        target.Tell("drop");
        var after = Report(tool.Run("measure", target.PidText, "--trials", "1", "--no-heap", "--format", "json"));
        Within(0.05, report.GetProperty("whatIfFreed").GetProperty("commitChargeBytes").GetInt64(), after.GetProperty("fork").GetProperty("chargedBytes").GetInt64());
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
    public void Verify_gives_back_the_pages_of_a_fragmented_malloc_and_says_what_charge_stays()
    {
        using var target = new HeldMemory("fragments");
        var report = Report(tool.Run("measure", target.PidText, "--trials", "2", "--verify", "--format", "json"));
        var pages = report.GetProperty("savings").EnumerateArray().First(saving => saving.GetProperty("kind").GetString() == "native").GetProperty("childResidentBytes").GetInt64();
        var verified = report.GetProperty("verified");
        Within(0.05, pages, Resident("before") - Resident("after"));
        Assert.InRange(verified.GetProperty("realisedBytes").GetInt64(), -target.HeldBytes / 20, target.HeldBytes / 20);
        Assert.True(verified.GetProperty("latencyAfterMicroseconds").GetDouble() < verified.GetProperty("latencyBeforeMicroseconds").GetDouble());

        long Resident(string when) => verified.GetProperty(when).GetProperty("residentBytes").GetInt64();
    }

    [Fact]
    public void The_latest_size_replaces_an_older_one_unless_the_largest_is_kept()
    {
        using var target = new HeldMemory("cache");
        var path = Path.Combine(tool.NewFolder(), "ForkLint.Measured.txt");
        File.WriteAllText(path, $"{Table}; 999999999999\n");
        Report(tool.Run("measure", target.PidText, "--trials", "1", "--write-measured", path, "--keep-largest", "--format", "json"));
        Assert.Equal(999999999999, Size());
        Report(tool.Run("measure", target.PidText, "--trials", "1", "--write-measured", path, "--format", "json"));
        Within(0.02, target.HeldBytes, Size());
        File.WriteAllText(path, $"{Table}; 12\n");
        Report(tool.Run("measure", target.PidText, "--trials", "1", "--write-measured", path, "--keep-largest", "--format", "json"));
        Within(0.02, target.HeldBytes, Size());

        long Size() => long.Parse(File.ReadLines(path).Single(line => line.StartsWith(Table + ";", StringComparison.Ordinal)).Split(';')[1], CultureInfo.InvariantCulture);
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
    [InlineData("--write-measured {0}/ForkLint.Measured.txt", "the measured sizes could not be written")]
    [InlineData("--output {0}/report.json", "the report could not be written")]
    [InlineData("--output {0}/report.json --write-measured {0}/ForkLint.Measured.txt", "the report could not be written", "the measured sizes could not be written")]
    public void What_was_measured_is_printed_although_a_disk_is_full(string options, params string[] lines)
    {
        using var target = new HeldMemory("cache");
        var small = tool.NewFolder();
        var given = string.Format(CultureInfo.InvariantCulture, options, small);
        string[] arguments = ["-m", "--propagation=private", "sh", "-c", $"mount -t tmpfs -o size=4k forklint-test {small} && head -c 4096 /dev/zero > {small}/full; '{tool.Executable}' measure {target.PidText} --trials 1 --format json {given}; code=$?; ls -A {small} >&2; exit $code"];
        var result = Command.Run("unshare", arguments);
        Assert.True(result.ExitCode == 7, result.ToString());
        Assert.True(JsonDocument.Parse(result.Output).RootElement.GetProperty("fork").GetProperty("succeeded").GetBoolean());
        var said = result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal([.. lines.Order(StringComparer.Ordinal), "full"], said.Select(line => lines.FirstOrDefault(known => line.Contains(known, StringComparison.Ordinal)) ?? line).Order(StringComparer.Ordinal).OrderBy(line => line == "full"));
    }

    [Theory]
    [InlineData("--no-heap", "--what-if-freed", "F:A.B")]
    [InlineData("--keep-largest")]
    public void Wishes_that_contradict_each_other_are_refused(params string[] options)
    {
        var result = tool.Run(["measure", "1", .. options]);
        Assert.Equal(1, result.ExitCode);
    }

    private static string? There(JsonElement verdicts) =>
        verdicts.EnumerateArray().Single(verdict => verdict.GetProperty("where").GetString()!.StartsWith("as-if", StringComparison.Ordinal)).GetProperty("succeeds").GetString();

    private static JsonElement Report(CommandResult result) => SavingsReport.Of(result);

    private static void Within(double share, long expected, long actual) => SavingsReport.Within(share, expected, actual);
}
