using System.Globalization;
using System.Text.Json;

namespace ForkLint.EndToEnd.Tests;

/// <summary><c>trace</c>, as a user starts it.</summary>
[Collection(InstalledToolGroup.Name)]
public sealed class TraceTests(InstalledTool tool)
{
    private static readonly SchemaValidator Schema = new(Repository.Read("docs/trace.schema.json"), refuseUndescribed: true);

    [Fact]
    public void A_command_is_watched_with_all_that_it_starts()
    {
        var result = tool.Run("trace", "--format", "json", "--", "sh", "-c", "/bin/true one; sleep 0.5; sh -c '/bin/false; exit 4'; exit 3");
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Empty(Schema.Validate(result.Output));

        var report = JsonDocument.Parse(result.Output).RootElement;
        Assert.Equal(0, report.GetProperty("lost").GetInt64());
        var root = report.GetProperty("process").GetProperty("pid").GetInt32();
        var spawns = report.GetProperty("spawns").EnumerateArray().Select(spawn => (
            Program: Path.GetFileName(spawn.GetProperty("program").GetString()),
            Exit: spawn.GetProperty("exitCode").GetInt32(),
            IsChild: spawn.GetProperty("parentPid").GetInt32() == root));
        Assert.Equal([("true", 0, true), ("sleep", 0, true), ("sh", 4, true), ("false", 1, false)], spawns);
        Assert.True(report.GetProperty("tree").GetProperty("members").GetArrayLength() > 0);
    }

    [Theory]
    [InlineData("net8.0")]
    [InlineData("net9.0")]
    [InlineData("net10.0")]
    [InlineData("net10.0", "asnobody=1")]
    public void The_method_that_starts_a_process_is_named(string framework, params string[] more)
    {
        using var target = LiveTargets.LiveTarget.Start(new LiveTargets.TargetStart
        {
            Program = framework == "net10.0" ? ["dotnet", LiveTargets.TestApps.FrameworkDependent] : [LiveTargets.TestApps.SelfContained(framework)],
            Arguments = ["busy", "starters=1", .. more],
        });
        var result = tool.Run("trace", target.Pid.ToString(CultureInfo.InvariantCulture), "--for", "2s", "--format", "json");
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Empty(Schema.Validate(result.Output));

        var report = JsonDocument.Parse(result.Output).RootElement;
        var spawns = report.GetProperty("spawns").EnumerateArray().ToList();
        Assert.NotEmpty(spawns);
        Assert.All(spawns, static spawn =>
        {
            Assert.Equal("vfork", spawn.GetProperty("kind").GetString());
            Assert.False(spawn.GetProperty("duplicates").GetBoolean());
        });

        Assert.All(spawns, static spawn =>
        {
            Assert.Equal("ForkLint.TestApps.Scenarios.BusyScenario.StartProcess()", spawn.GetProperty("caller").GetString());
            Assert.Equal("M:ForkLint.TestApps.Scenarios.BusyScenario.StartProcess", spawn.GetProperty("members")[0].GetString());

            // Process.Start itself may be inlined.
            Assert.Contains(spawn.GetProperty("stack").EnumerateArray(), static frame => frame.GetString()!.StartsWith("System.Diagnostics.Process.Start", StringComparison.Ordinal));
        });
    }

    [Fact]
    public void The_text_has_a_row_for_each_process_and_a_summary()
    {
        var result = tool.Run("trace", "--no-stacks", "--", "sh", "-c", "for i in 1 2 3; do /bin/true; done; kill -9 $$");
        Assert.True(result.ExitCode == 0, result.ToString());
        var lines = result.Output.Split('\n');
        Assert.StartsWith("STARTED       KIND ", lines[2], StringComparison.Ordinal);
        Assert.Equal(3, lines.Count(line => line.EndsWith(" 0           true", StringComparison.Ordinal)));
        Assert.Contains(lines, static line => line.StartsWith("3 processes started in ", StringComparison.Ordinal) && line.EndsWith(", none was missed", StringComparison.Ordinal));
    }

    [Fact]
    public void The_page_has_each_process_and_the_room_that_there_was()
    {
        var path = Path.Combine(tool.NewFolder(), "trace.html");
        var result = tool.Run("trace", "--no-stacks", "--output", path, "--", "sh", "-c", "for i in 1 2 3; do sleep 0.2; done");
        Assert.True(result.ExitCode == 0, result.ToString());
        var page = File.ReadAllText(path);
        var json = System.Text.RegularExpressions.Regex.Match(page, """<script type="application/json" id="report">(.*?)</script>""").Groups[1].Value;
        Assert.Empty(Schema.Validate(json));
        Assert.Equal(3, JsonDocument.Parse(json).RootElement.GetProperty("spawns").GetArrayLength());
        Assert.Equal(3, System.Text.RegularExpressions.Regex.Count(page, "<span class=\"name\">sleep 0\\.2</span>"));
        Assert.True(JsonDocument.Parse(json).RootElement.GetProperty("room").GetProperty("limitBytes").GetInt64() > 0);
    }

    [Fact]
    public void It_ends_when_its_time_is_over_and_leaves_the_process_alone()
    {
        using var target = LiveTarget.StartEmpty(tool.Executable);
        var result = tool.Run("trace", target.Pid.ToString(CultureInfo.InvariantCulture), "--for", "300ms", "--format", "json");
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(0, JsonDocument.Parse(result.Output).RootElement.GetProperty("spawns").GetArrayLength());
        Assert.True(target.IsRunning);
    }

    [Theory]
    [InlineData(3, "process 2000000000 does not exist or has ended", "trace", "2000000000")]
    [InlineData(1, "no process was named", "trace")]
    [InlineData(1, "'trace' takes one process", "trace", "1", "2")]
    public void A_wrong_line_is_one_line_and_its_exit_code(int exitCode, string message, params string[] arguments)
    {
        var result = tool.Run(arguments);
        Assert.Equal(exitCode, result.ExitCode);
        Assert.StartsWith("forklint: " + message, result.Error, StringComparison.Ordinal);
        Assert.Equal(1, result.Error.Count(static character => character == '\n'));
    }

    [Theory]
    [InlineData("")]
    [InlineData("unshare --pid --fork --mount-proc ")]
    public void Without_the_rights_it_shows_what_can_be_seen_and_says_what_is_missing(string prefix)
    {
        var user = prefix.Length == 0 ? "setpriv --reuid 65534 --regid 65534 --clear-groups " : "";
        var result = Command.Run("sh", ["-c", $"cd /tmp; exec {prefix}{user}'{tool.Executable}' trace --format json -- sh -c '/bin/true one; sleep 0.6; sh -c \"exit 4\"; exit 3'"]);
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.StartsWith("forklint: only part of what happens can be seen, because ", result.Error, StringComparison.Ordinal);
        Assert.Contains("CAP_PERFMON", result.Error, StringComparison.Ordinal);
        Assert.Empty(Schema.Validate(result.Output));

        var report = JsonDocument.Parse(result.Output).RootElement;
        Assert.True(report.GetProperty("complete").GetBoolean());
        Assert.Equal(0, report.GetProperty("lost").GetInt64());
        Assert.Contains(report.GetProperty("warnings").EnumerateArray(), static warning => warning.GetString()!.StartsWith("unknown: how each process was made", StringComparison.Ordinal));
        var spawns = report.GetProperty("spawns").EnumerateArray().ToList();
        Assert.Equal(3, spawns.Count);
        Assert.All(spawns, static spawn => Assert.Equal((JsonValueKind.Null, JsonValueKind.Null), (spawn.GetProperty("kind").ValueKind, spawn.GetProperty("duplicates").ValueKind)));
        Assert.EndsWith("sleep", spawns[1].GetProperty("program").GetString(), StringComparison.Ordinal);
        Assert.Equal("0.6", spawns[1].GetProperty("arguments")[0].GetString());
        Assert.True(spawns[1].GetProperty("peakResidentBytes").GetInt64() > 0);
        Assert.True(spawns[1].GetProperty("livedMilliseconds").GetDouble() > 500);
    }

    [Fact]
    public void What_needs_stacks_is_refused_without_the_rights()
    {
        var result = Command.Run("setpriv", ["--reuid", "65534", "--regid", "65534", "--clear-groups", tool.Executable, "trace", "--write-measured", "/tmp/ForkLint.Measured.nobody.txt", "--", "/bin/true"]);
        Assert.Equal(4, result.ExitCode);
        Assert.StartsWith("forklint: --write-measured needs the methods that start processes: ", result.Error, StringComparison.Ordinal);
        Assert.Equal(1, result.Error.Count(static character => character == '\n'));
    }

    [Fact]
    public async Task Killed_at_any_moment_it_is_not_noticed_and_leaves_nothing()
    {
        const int kills = 12;
        using var target = LiveTargets.LiveTarget.Start("busy", "starters=1");
        var random = new Random(7);
        for (var kill = 1; kill <= kills; kill++)
        {
            // Processes of a session of its own: what the tool starts is found by that, whoever its parent is by then.
            using var trace = Command.Start("setsid", [tool.Executable, "trace", target.Pid.ToString(CultureInfo.InvariantCulture)]);
            var output = trace.StandardOutput.ReadToEndAsync();
            await Task.Delay(random.Next(1500));
            Assert.False(trace.HasExited);
            trace.Kill();
            _ = await output;

            // Every process that it started has ended with its status unchanged, and the next one starts.
            Assert.StartsWith("Done ", target.Ask("Go"), StringComparison.Ordinal);
            Assert.EndsWith(" 0", target.Ask("Go"), StringComparison.Ordinal);
            Assert.Equal("Spawned 0", target.Ask("Spawn"));
            for (var look = 0; look < 600 && Session(trace.Id).Count > 0; look++)
            {
                await Task.Delay(100);
            }

            Assert.Equal($"kill {kill}: ", $"kill {kill}: {string.Join(' ', Session(trace.Id))}");
        }
    }

    /// <summary>The names of the processes of a session that have not ended.</summary>
    private static List<string> Session(int id)
    {
        var names = new List<string>();
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(static folder => char.IsAsciiDigit(Path.GetFileName(folder)[0])))
        {
            try
            {
                var text = File.ReadAllText(Path.Combine(folder, "stat"));
                var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
                if (fields[0] != "Z" && fields[3] == id.ToString(CultureInfo.InvariantCulture))
                {
                    names.Add(text[(text.IndexOf('(', StringComparison.Ordinal) + 1)..text.LastIndexOf(')')]);
                }
            }
            catch (IOException)
            {
                // It ended meanwhile.
            }
        }

        return names;
    }
}
