using System.Text.Json;

namespace ForkLint.EndToEnd.Tests;

[Collection(InstalledToolGroup.Name)]
public sealed class PsTests(InstalledTool tool)
{
    private const long MiB = 1024 * 1024;

    [Fact]
    public void It_lists_a_process_with_its_charge_and_whether_its_fork_succeeds()
    {
        using var target = LiveTarget.StartHolding(tool.Executable);
        var result = tool.Run("ps", "--format", "json");
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Empty(new SchemaValidator(Repository.Read("docs/ps.schema.json"), refuseUndescribed: true).Validate(result.Output));

        var entry = JsonDocument.Parse(result.Output).RootElement.EnumerateArray().Single(entry => entry.GetProperty("pid").GetInt32() == target.Pid);
        Assert.Equal("dotnet-forklint", entry.GetProperty("name").GetString());
        Assert.StartsWith($"{Environment.Version.Major}.", entry.GetProperty("runtime").GetString(), StringComparison.Ordinal);
        Assert.InRange(entry.GetProperty("residentBytes").GetInt64(), 300 * MiB, 500 * MiB);
        Assert.InRange(entry.GetProperty("uniqueBytes").GetInt64(), 300 * MiB, 500 * MiB);
        Assert.InRange(entry.GetProperty("commitChargeBytes").GetInt64(), 540 * MiB, 800 * MiB);
        Assert.True(entry.GetProperty("forkSucceeds").GetBoolean());
        Assert.EndsWith("demo-target", entry.GetProperty("commandLine").GetString(), StringComparison.Ordinal);
        Assert.InRange(entry.GetProperty("roomBytes").GetInt64(), 1, long.MaxValue);
    }

    [Fact]
    public void Fast_reads_no_mappings()
    {
        using var target = LiveTarget.StartEmpty(tool.Executable);
        var result = tool.Run("ps", "--fast", "--format", "json");
        var entry = JsonDocument.Parse(result.Output).RootElement.EnumerateArray().Single(entry => entry.GetProperty("pid").GetInt32() == target.Pid);
        Assert.True(entry.GetProperty("residentBytes").GetInt64() > MiB);
        Assert.Equal(JsonValueKind.Null, entry.GetProperty("commitChargeBytes").ValueKind);
        Assert.Equal(JsonValueKind.Null, entry.GetProperty("forkSucceeds").ValueKind);
    }

    [Fact]
    public void A_file_has_the_form_that_its_ending_stands_for()
    {
        using var target = LiveTarget.StartEmpty(tool.Executable);
        var folder = tool.NewFolder();
        foreach (var (name, start) in new[] { ("list.json", "["), ("list.txt", " ") })
        {
            var result = tool.Run("ps", "--fast", "-o", Path.Combine(folder, name));
            Assert.Equal((0, ""), (result.ExitCode, result.Output));
            Assert.StartsWith(start, File.ReadAllText(Path.Combine(folder, name)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_process_is_named_by_a_part_of_its_name_and_by_its_id_as_an_option()
    {
        using var target = LiveTarget.StartEmpty("/bin/bash", tool.Executable, "Unmistakable.Service");
        var byPart = tool.Run("measure", "-n", "mistakable", "--dry-run", "--format", "json");
        Assert.True(byPart.ExitCode == 0, byPart.ToString());
        var pid = JsonDocument.Parse(byPart.Output).RootElement.GetProperty("pid").GetInt32();
        Assert.Equal(target.Pid, pid);
        var byOption = tool.Run("measure", "-p", pid.ToString(System.Globalization.CultureInfo.InvariantCulture), "--dry-run", "--format", "json");
        Assert.True(byOption.ExitCode == 0, byOption.ToString());
        Assert.Equal(pid, JsonDocument.Parse(byOption.Output).RootElement.GetProperty("pid").GetInt32());
    }

    [Fact]
    public void The_text_has_a_line_for_each_process_and_no_colours()
    {
        using var target = LiveTarget.StartEmpty(tool.Executable);
        var result = tool.Run("ps");
        Assert.Equal(0, result.ExitCode);
        Assert.Equal("", result.Error);
        Assert.DoesNotContain('\e', result.Output);
        var lines = result.Output.Split('\n');
        Assert.Matches("^ *PID  NAME +RUNTIME +RSS +USS +FORK CHARGE  FORK +ROOM FOR A CHILD +COMMAND$", lines[0]);
        Assert.Single(lines, line => line.TrimStart().StartsWith($"{target.Pid} ", StringComparison.Ordinal) && line.Contains("  succeeds  ", StringComparison.Ordinal) && line.EndsWith("demo-target", StringComparison.Ordinal));
    }

    [Fact]
    public void A_reader_that_goes_away_is_no_failure()
    {
        var result = Command.Run("bash", ["-c", $"set -o pipefail; '{tool.Executable}' ps | true"]);
        Assert.Equal(0, result.ExitCode);
        Assert.Equal("", result.Error);
    }

    [Fact]
    public void A_full_disk_is_one_line_and_exit_code_7()
    {
        var result = Command.Run("bash", ["-c", $"'{tool.Executable}' ps > /dev/full"]);
        Assert.Equal(7, result.ExitCode);
        Assert.StartsWith("forklint: the report could not be written to standard output: No space left on device", result.Error, StringComparison.Ordinal);
        Assert.Equal(1, result.Error.Count(character => character == '\n'));
    }
}
