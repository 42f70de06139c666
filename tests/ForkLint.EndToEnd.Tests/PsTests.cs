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
    public void The_text_has_a_line_for_each_process_and_no_colours()
    {
        using var target = LiveTarget.StartEmpty(tool.Executable);
        var result = tool.Run("ps");
        Assert.Equal(0, result.ExitCode);
        Assert.Equal("", result.Error);
        Assert.DoesNotContain('\e', result.Output);
        var lines = result.Output.Split('\n');
        Assert.Matches("^ *PID  NAME +RUNTIME +RSS +USS +FORK CHARGE  FORK$", lines[0]);
        Assert.Single(lines, line => line.TrimStart().StartsWith($"{target.Pid} ", StringComparison.Ordinal) && line.EndsWith("succeeds", StringComparison.Ordinal));
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
