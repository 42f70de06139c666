using System.Globalization;

namespace ForkLint.EndToEnd.Tests;

/// <summary>What cannot be measured: one line that explains and advises, and the right exit code.</summary>
[Collection(InstalledToolGroup.Name)]
public sealed class RefusalTests(InstalledTool tool)
{
    /// <summary>One more than the highest id that Linux gives (PID_MAX_LIMIT on 64 bits).</summary>
    private const string NoPid = "4194305";

    [Fact]
    public void No_such_process_is_exit_code_3()
    {
        var result = tool.Run("measure", NoPid);
        Assert.Equal(3, result.ExitCode);
        Assert.Equal("", result.Output);
        MeasureTests.AssertOneLine(result, NoPid);
    }

    /// <summary>hidepid=2 hides the processes of other users, hidepid=1 only what is in them (proc(5)).</summary>
    [Theory]
    [InlineData("2", 3, "hidepid")]
    [InlineData("1", 4, "permission denied")]
    public void A_process_that_proc_hides_is_not_said_to_have_ended(string hidePid, int exitCode, string reason)
    {
        foreach (var command in new[] { "measure", "trace" })
        {
            var result = Command.Run("unshare", ["--mount", "sh", "-c", $"mount -t proc -o hidepid={hidePid} proc /proc && cd /tmp && exec setpriv --reuid 65534 --regid 65534 --clear-groups '{tool.Executable}' {command} 1"]);
            Assert.Equal(exitCode, result.ExitCode);
            MeasureTests.AssertOneLine(result, reason);
        }
    }

    [Fact]
    public void A_c_program_is_exit_code_5_for_the_agent_only()
    {
        using var program = Command.Start("sleep", ["600"]);
        try
        {
            var result = tool.Run("measure", program.Id.ToString(CultureInfo.InvariantCulture), "--engine", "agent");
            Assert.Equal(5, result.ExitCode);
            MeasureTests.AssertOneLine(result, ".NET");
            var other = tool.Run("measure", program.Id.ToString(CultureInfo.InvariantCulture));
            Assert.True(other.ExitCode == 0, other.ToString());
            Assert.Contains("not .NET", other.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("GC.Collect", other.Output, StringComparison.Ordinal);
            Assert.False(program.HasExited);
        }
        finally
        {
            program.Kill();
        }
    }

    [Fact]
    public void Disabled_diagnostics_are_exit_code_5_for_the_agent_and_no_matter_for_the_estimate()
    {
        using var target = LiveTarget.StartEmpty(tool.Executable, new Dictionary<string, string?> { ["DOTNET_EnableDiagnostics"] = "0" });
        var pid = target.Pid.ToString(CultureInfo.InvariantCulture);
        var agent = tool.Run("measure", pid, "--engine", "agent");
        Assert.Equal(5, agent.ExitCode);
        MeasureTests.AssertOneLine(agent, "estimate");
        Assert.Equal(0, tool.Run("measure", pid, "--engine", "estimate").ExitCode);
        Assert.True(target.IsRunning);
    }

    [Fact]
    public void Another_users_process_is_exit_code_4_and_still_has_a_line_in_ps()
    {
        // As root the tool becomes nobody; otherwise root's init is another user's process as it is.
        var isRoot = Environment.UserName == "root";
        using var target = isRoot ? LiveTarget.StartEmpty(tool.Executable) : null;
        var pid = (target?.Pid ?? 1).ToString(CultureInfo.InvariantCulture);
        CommandResult RunAsOther(params string[] arguments) => isRoot
            ? Command.Run("setpriv", ["--reuid", "65534", "--regid", "65534", "--clear-groups", tool.Executable, .. arguments])
            : tool.Run(arguments);

        var result = RunAsOther("measure", pid);
        Assert.Equal(4, result.ExitCode);
        MeasureTests.AssertOneLine(result, "sudo");

        var list = RunAsOther("ps");
        Assert.True(list.ExitCode == 0, list.ToString());
        if (target is not null)
        {
            Assert.Single(list.Output.Split('\n'), line => line.TrimStart().StartsWith(pid + " ", StringComparison.Ordinal) && line.Contains("  -  ", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_kernel_thread_is_exit_code_5_and_a_failure_shows_its_trace_on_request_only()
    {
        // A container may show none; then what is said of a thread id, which is no process, is what can be seen.
        var kernelThread = Directory.EnumerateDirectories("/proc")
            .Select(Path.GetFileName)
            .FirstOrDefault(name => int.TryParse(name, out _) && File.Exists($"/proc/{name}/stat") && IsKernelThread(File.ReadAllText($"/proc/{name}/stat")));
        var (pid, exitCode) = kernelThread is null ? (NoPid, 3) : (kernelThread, 5);
        var quiet = tool.Run("measure", pid);
        Assert.Equal(exitCode, quiet.ExitCode);
        MeasureTests.AssertOneLine(quiet, pid);

        var loud = Command.Run(tool.Executable, ["measure", pid], new Dictionary<string, string?> { ["FORKLINT_DEBUG"] = "1" });
        Assert.Equal(exitCode, loud.ExitCode);
        Assert.Contains("   at ForkLint.", loud.Error, StringComparison.Ordinal);
    }

    // Field 9 of /proc/PID/stat, the seventh after the name in parentheses; PF_KTHREAD is 0x00200000 (include/linux/sched.h).
    private static bool IsKernelThread(string stat) =>
        (uint.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[6], CultureInfo.InvariantCulture) & 0x00200000) != 0;
}
