namespace ForkLint.EndToEnd.Tests;

/// <summary><c>export</c> and <c>watch</c> from the package: what needs a runtime finds what it needs beside the tool.</summary>
[Collection(InstalledToolGroup.Name)]
public sealed class FleetTests(InstalledTool tool)
{
    [Fact]
    public void The_program_without_a_runtime_exports_and_watches_the_same_process()
    {
        using var target = LiveTarget.StartEmpty(tool.Executable);
        string[] selection = ["--process-id", $"{target.Pid}"];
        foreach (var switched in new[] { "1", "0" })
        {
            var environment = new Dictionary<string, string?> { ["FORKLINT_NATIVE"] = switched };
            var exported = Command.Run(tool.Executable, ["export", "--once", .. selection], environment);
            Assert.True(exported.ExitCode == 0, exported.ToString());
            Assert.Contains($"forklint_fork_succeeds{{process_pid=\"{target.Pid}\",process_executable_name=\"dotnet-forklint\"}} 1\n", exported.Output, StringComparison.Ordinal);
            Assert.EndsWith("# EOF\n", exported.Output, StringComparison.Ordinal);
            var watched = Command.Run(tool.Executable, ["watch", .. selection, "--for", "1ms"], environment);
            Assert.True(watched.ExitCode == 0, watched.ToString());
            Assert.Contains($" {target.Pid} ", watched.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void OpenTelemetry_is_in_the_package()
    {
        // Nobody listens at port 1: that is said by what would have sent.
        var result = tool.Run("export", "--once", "--otlp", "http://127.0.0.1:1");
        Assert.Equal(7, result.ExitCode);
        Assert.StartsWith("forklint: the metrics did not arrive at http://127.0.0.1:1/", result.Error, StringComparison.Ordinal);
    }
}
