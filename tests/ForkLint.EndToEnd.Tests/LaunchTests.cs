using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ForkLint.EndToEnd.Tests;

/// <summary><c>measure -- COMMAND</c>: what it starts it stops, however it ends itself.</summary>
[Collection(InstalledToolGroup.Name)]
public sealed class LaunchTests(InstalledTool tool)
{
    private const string MarkerVariable = "FORKLINT_E2E_MARKER";

    private readonly string _marker = Guid.NewGuid().ToString("N");

    [Fact]
    public void A_command_is_started_measured_and_stopped_and_its_output_is_not_the_reports()
    {
        using var process = Start(tool.Executable, "measure", "--format", "json", "--engine", "agent", "--trials", "2", "--", tool.Executable, "demo-target");
        var result = Command.Finish(process);
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Empty(new SchemaValidator(Repository.Read("docs/report.schema.json"), refuseUndescribed: true).Validate(result.Output));
        Assert.True(JsonDocument.Parse(result.Output).RootElement.GetProperty("fork").GetProperty("succeeded").GetBoolean());
        Assert.Contains("empty\n", result.Error, StringComparison.Ordinal);
        Assert.Empty(Leftovers());
    }

    [Fact]
    public void A_command_that_ends_at_any_moment_is_the_same_error()
    {
        // The moment at which it is gone and not yet known to have ended is short: these ends lie around several looks at it.
        for (var milliseconds = 0; milliseconds < 60; milliseconds += 4)
        {
            using var process = Start(tool.Executable, "measure", "--", "sleep", string.Create(CultureInfo.InvariantCulture, $"0.{milliseconds:000}"));
            var result = Command.Finish(process);
            Assert.True(result.ExitCode == 7, result.ToString());
            Assert.Contains("ended with exit code 0 before it could be measured;", result.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_command_that_ends_early_is_an_error_that_says_so()
    {
        using var process = Start(tool.Executable, "measure", "--", "sh", "-c", "echo sorry; exit 9");
        var result = Command.Finish(process);
        Assert.Equal(7, result.ExitCode);
        Assert.Equal("", result.Output);
        Assert.Contains("sorry\n", result.Error, StringComparison.Ordinal);
        Assert.Contains("forklint: 'sh' ended with exit code 9 before it could be measured;", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'/no/such/program' could not be started", "/no/such/program")]
    [InlineData("'dotnet run' builds and then starts", "dotnet", "run")]
    public void A_command_that_cannot_be_measured_is_not_started(string expected, params string[] command)
    {
        var result = tool.Run(["measure", "--", .. command]);
        Assert.Equal(1, result.ExitCode);
        MeasureTests.AssertOneLine(result, expected);
    }

    [Fact]
    public void What_the_command_has_started_is_stopped_with_it()
    {
        // The shell ignores SIGTERM and has a child: both must go.
        using var process = Start(tool.Executable, "measure", "--engine", "estimate", "--after", "300ms", "--", "sh", "-c", "trap '' TERM; sleep 600 & while :; do sleep 600; done");
        var result = Command.Finish(process);
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Empty(Leftovers());
    }

    [Theory]
    [InlineData("INT", "-", 130)]
    [InlineData("TERM", "", 143)]
    [InlineData("HUP", "", 129)]
    public void An_interruption_leaves_nothing_behind(string signal, string group, int exitCode)
    {
        // A process group of its own, as a terminal gives to a foreground command: Ctrl-C reaches all of it.
        using var process = Start("setsid", tool.Executable, "measure", "--after", "10m", "--", tool.Executable, "demo-target");
        WaitForLine(process.StandardError, "empty");
        Assert.Equal(2, Leftovers().Count);
        Command.Run("kill", ["-s", signal, "--", group + process.Id.ToString(CultureInfo.InvariantCulture)]);
        var result = Command.Finish(process);
        Assert.True(result.ExitCode == exitCode, result.ToString());
        Assert.Equal("", result.Output);
        Assert.Contains("forklint: interrupted before there was a result", result.Error, StringComparison.Ordinal);
        Assert.Empty(Leftovers());
    }

    [Theory]
    [InlineData("INT", "-", 130)]
    [InlineData("TERM", "", 143)]
    public void An_interruption_while_a_child_is_held_ends_the_child(string signal, string group, int exitCode)
    {
        using var target = LiveTarget.StartEmpty(tool.Executable, new Dictionary<string, string?> { [MarkerVariable] = _marker });
        using var process = Start("setsid", tool.Executable, "measure", target.Pid.ToString(CultureInfo.InvariantCulture), "--engine", "agent", "--hold", "50s");

        // Target, tool, and the held child: it is a copy of the target, its environment included.
        WaitUntil(() => Leftovers().Count == 3 || process.HasExited);
        Assert.False(process.HasExited, "the measurement ended before it was interrupted");
        Command.Run("kill", ["-s", signal, "--", group + process.Id.ToString(CultureInfo.InvariantCulture)]);
        var result = Command.Finish(process);
        Assert.True(result.ExitCode == exitCode, result.ToString());
        WaitUntil(() => Leftovers().Count == 1);
        Assert.Equal([target.Pid], Leftovers());
        Assert.True(target.IsRunning);
    }

    private Process Start(string program, params string[] arguments) =>
        Command.Start(program, arguments, new Dictionary<string, string?> { [MarkerVariable] = _marker });

    /// <summary>Every process that has this test's mark in its environment, as whatever a test starts inherits it.</summary>
    private List<int> Leftovers()
    {
        var mark = Encoding.ASCII.GetBytes($"{MarkerVariable}={_marker}");
        var found = new List<int>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            try
            {
                if (int.TryParse(Path.GetFileName(directory), out var pid) && File.ReadAllBytes(directory + "/environ").AsSpan().IndexOf(mark) >= 0)
                {
                    found.Add(pid);
                }
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // It ended meanwhile.
            }
        }

        return found;
    }

    private static void WaitForLine(StreamReader reader, string line)
    {
        while (reader.ReadLine() is { } read)
        {
            if (read == line)
            {
                return;
            }
        }

        Assert.Fail($"'{line}' was never printed");
    }

    private static void WaitUntil(Func<bool> condition)
    {
        var start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromMinutes(2), "it did not happen within two minutes");
            Thread.Sleep(20);
        }
    }
}
