using System.Diagnostics;
using System.Globalization;
using ForkLint.LiveTargets;

namespace ForkLint.EndToEnd.Tests;

/// <summary>An application on .NET Core 3.1, which the agent cannot enter: it forks by ptrace, and its heap is read.</summary>
[Collection(InstalledToolGroup.Name)]
public sealed class EarlyRuntimeTests(InstalledTool tool)
{
    private const string Cache = "F:EarlyRuntimeApp.Program.s_cache";
    private const long HeldBytes = 48_000_000;

    [Fact]
    public void Its_cache_is_named_and_dropping_it_saves_what_was_predicted()
    {
        using var application = Start();
        var pid = application.Id.ToString(CultureInfo.InvariantCulture);
        var result = tool.Run("measure", pid, "--trials", "2", "--what-if-freed", Cache, "--format", "json");
        var report = SavingsReport.Of(result);
        Assert.Equal("ptrace", report.GetProperty("engine").GetString());
        Assert.Equal("3.1.3", report.GetProperty("process").GetProperty("runtime").GetString());
        var first = report.GetProperty("savings")[0];
        Assert.Equal(Cache, first.GetProperty("holder").GetString());
        SavingsReport.Within(0.02, HeldBytes, first.GetProperty("commitChargeBytes").GetInt64());
        Assert.Equal("estimated", first.GetProperty("confidence").GetString());

        var predicted = report.GetProperty("whatIfFreed").GetProperty("commitChargeBytes").GetInt64();
        Assert.Equal("3.1.3 ", Tell(application, "drop"));
        var after = SavingsReport.Of(tool.Run("measure", pid, "--trials", "1", "--no-heap", "--format", "json"));
        SavingsReport.Within(0.05, predicted, after.GetProperty("fork").GetProperty("chargedBytes").GetInt64());
        End(application);
    }

    /// <summary>Before .NET 6 the variables began with COMPlus_, and before .NET 7 there was no Aggressive collection.</summary>
    [Fact]
    public void What_it_is_advised_to_do_exists_on_its_runtime()
    {
        using var application = Start();
        var pid = application.Id.ToString(CultureInfo.InvariantCulture);
        foreach (var arguments in new string[][] { ["measure", pid, "--trials", "1"], ["measure", pid, "--trials", "1", "--details"], ["measure", pid, "--engine", "estimate"] })
        {
            var result = tool.Run(arguments);
            Assert.True(result.ExitCode == 0, result.ToString());
            Assert.Contains("COMPlus_Thread_DefaultStackSize=", result.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("DOTNET_Thread", result.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("Call GC.Collect(2, GCCollectionMode.Aggressive", result.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("collect is GC.Collect(2, GCCollectionMode.Aggressive", result.Output, StringComparison.Ordinal);
        }

        var check = tool.Run("dump", pid, "--check");
        Assert.Contains("COMPlus_DbgEnableMiniDump=1 is not set", check.Output, StringComparison.Ordinal);
        End(application);
    }

    private static Process Start()
    {
        var program = TestApps.SelfContained("netcoreapp3.1", "EarlyRuntimeApp", "forklint-early-app");
        var application = Process.Start(new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        Assert.Equal("3.1.3 48", Tell(application, "fill"));
        Assert.Equal("3.1.3 ", Tell(application, "drop"));
        Assert.Equal("3.1.3 48", Tell(application, "fill"));
        return application;
    }

    private static string? Tell(Process application, string command)
    {
        application.StandardInput.WriteLine(command);
        return application.StandardOutput.ReadLine();
    }

    private static void End(Process application)
    {
        application.StandardInput.Close();
        application.WaitForExit();
        Assert.Equal(0, application.ExitCode);
    }
}
