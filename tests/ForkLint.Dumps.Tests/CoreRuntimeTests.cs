using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ForkLint.LiveTargets;

namespace ForkLint.Dumps.Tests;

/// <summary>A dump of a self-contained application has no folder that names its runtime: the runtime's library does, and advice fits it.</summary>
public sealed class CoreRuntimeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Advice_from_a_dump_of_a_runtime_of_2020_exists_there()
    {
        string program = TestApps.SelfContained("netcoreapp3.1", "EarlyRuntimeApp", "forklint-early-app");
        using var application = Process.Start(new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        application.StandardInput.WriteLine("fill");
        Assert.Equal("3.1.3 48", application.StandardOutput.ReadLine());
        string core = _folder.File("core");
        var dumped = Programs.RunTool("dump", application.Id.ToString(CultureInfo.InvariantCulture), "-o", core);
        application.StandardInput.Close();
        application.WaitForExit();
        Assert.True(dumped.ExitCode == 0, dumped.Output);

        foreach (string[] options in new string[][] { [], ["--details"], ["--no-heap"] })
        {
            var text = Programs.RunTool(["measure", "--from", core, .. options]);
            Assert.True(text.ExitCode == 0, text.Output);
            Assert.DoesNotContain("DOTNET_Thread", text.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("Call GC.Collect(2, GCCollectionMode.Aggressive", text.Output, StringComparison.Ordinal);
            Assert.Equal(options is not ["--no-heap"], text.Output.Contains("COMPlus_Thread_DefaultStackSize=", StringComparison.Ordinal));
        }

        Assert.Equal("3", Runtime(core));
    }

    [Fact]
    public void The_version_is_found_without_the_folder_of_its_name()
    {
        using var target = LiveTarget.Start(new TargetStart { Program = [TestApps.SelfContained("net8.0")], Arguments = ["hold", "managed=1000000"] });
        string core = _folder.File("core");
        Assert.Equal(0, Programs.RunTool("dump", $"{target.Pid}", "-o", core).ExitCode);
        Assert.Matches(@"^8\.0\.[0-9]+$", Runtime(core)!);
    }

    private static string? Runtime(string core) =>
        JsonDocument.Parse(Programs.RunTool("measure", "--from", core, "--format", "json").Output).RootElement.GetProperty("process").GetProperty("runtime").GetString();
}
