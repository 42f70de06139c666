using System.Globalization;
using System.Text.Json;

namespace ForkLint.EndToEnd.Tests;

[Collection(InstalledToolGroup.Name)]
public sealed class MeasureTests(InstalledTool tool)
{
    private const long MiB = 1024 * 1024;

    private static readonly SchemaValidator ReportSchema = new(Repository.Read("docs/report.schema.json"), refuseUndescribed: true);

    [Fact]
    public void A_measurement_in_json_is_exact_and_as_the_schema_says()
    {
        using var target = LiveTarget.StartHolding(tool.Executable);
        var report = Report(tool.Run("measure", Text(target.Pid), "--engine", "agent", "--trials", "5", "--child-writes", "25MiB", "--as-if", "ram=512MiB,swap=0,overcommit=2", "--format", "json"));
        Assert.Equal("agent", report.GetProperty("engine").GetString());
        Assert.Equal("glibc", report.GetProperty("process").GetProperty("libc").GetString());

        var fork = report.GetProperty("fork");
        Assert.True(fork.GetProperty("succeeded").GetBoolean());
        Assert.Equal(fork.GetProperty("predictedChargeBytes").GetInt64(), fork.GetProperty("chargedBytes").GetInt64());
        Assert.InRange(fork.GetProperty("chargedBytes").GetInt64(), 540 * MiB, 800 * MiB);
        Assert.True(fork.GetProperty("child").GetProperty("uniqueBytes").GetInt64() < MiB);
        Assert.True(fork.GetProperty("trials").GetArrayLength() is >= 1 and <= 5);
        Assert.True(report.GetProperty("vfork").GetProperty("latencyMicroseconds").GetProperty("median").GetDouble() < fork.GetProperty("latencyMicroseconds").GetProperty("median").GetDouble());

        var samples = report.GetProperty("copyOnWrite").GetProperty("samples");
        var written = 25 * MiB;
        Assert.InRange(Change(samples, "parentUniqueBytes"), written - MiB, written + MiB);
        Assert.InRange(Change(samples, "childUniqueBytes"), written - MiB, written + MiB);
        Assert.InRange(Change(samples, "childResidentBytes"), -MiB, MiB);

        var verdicts = report.GetProperty("verdicts").EnumerateArray().ToDictionary(verdict => verdict.GetProperty("where").GetString()!, verdict => verdict.GetProperty("succeeds").GetString());
        Assert.Equal("yes", verdicts["here"]);
        Assert.Equal("yes", verdicts["overcommit_memory=1"]);
        Assert.Equal("no", verdicts.Single(verdict => verdict.Key.StartsWith("as-if", StringComparison.Ordinal)).Value);
        Assert.True(target.IsRunning);
    }

    [Fact]
    public void A_fork_that_fails_is_a_result_that_names_the_mapping()
    {
        // Two parts of a reserve that merge into one mapping larger than RAM and swap: mode 0 refuses its fork, and only mode 0 does.
        var installed = File.ReadLines("/proc/meminfo")
            .Where(line => line.StartsWith("MemTotal:", StringComparison.Ordinal) || line.StartsWith("SwapTotal:", StringComparison.Ordinal))
            .Sum(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024);
        using var target = LiveTargets.LiveTarget.Start(new LiveTargets.TargetStart
        {
            Program = ["dotnet", LiveTargets.TestApps.FrameworkDependent],
            Arguments = ["address-space", $"bytes={installed * 5 / 4}"],
        });
        var fails = File.ReadAllText("/proc/sys/vm/overcommit_memory").Trim() == "0";

        var report = Report(tool.Run("measure", Text(target.Pid), "--engine", "agent", "--format", "json"));
        Assert.Equal("forklint-testapp", report.GetProperty("process").GetProperty("name").GetString());
        Assert.Equal(!fails, report.GetProperty("fork").GetProperty("succeeded").GetBoolean());
        if (fails)
        {
            Assert.Equal(12, report.GetProperty("fork").GetProperty("errno").GetInt32());
            var here = report.GetProperty("verdicts").EnumerateArray().Single(verdict => verdict.GetProperty("where").GetString() == "here");
            Assert.Equal("no", here.GetProperty("succeeds").GetString());
            Assert.True(here.GetProperty("mapping").GetProperty("sizeBytes").GetInt64() > installed);

            var text = tool.Run("measure", Text(target.Pid), "--engine", "agent", "--details");
            Assert.Equal(0, text.ExitCode);
            Assert.StartsWith($"A fork of forklint-testapp (pid {target.Pid}) fails here with ENOMEM: ", text.Output, StringComparison.Ordinal);
            Assert.Contains($"({here.GetProperty("mapping").GetProperty("range").GetString()} anonymous)", text.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_measurement_in_text_says_first_whether_the_fork_succeeds()
    {
        using var target = LiveTarget.StartEmpty(tool.Executable);
        var result = tool.Run("measure", Text(target.Pid), "--hold", "300ms", "--details");
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.StartsWith($"A fork of dotnet-forklint (pid {target.Pid}) succeeds here.\nIt is charged ", result.Output, StringComparison.Ordinal);
        Assert.Contains("Copy-on-write, a child held for", result.Output, StringComparison.Ordinal);
        Assert.Contains("Process.Start does not: on glibc it shares the memory", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', result.Output);
        Assert.Equal("", result.Error);
    }

    [Fact]
    public void A_measurement_is_one_screen_with_the_verdicts_and_what_fits_beside_it()
    {
        using var target = LiveTarget.StartEmpty(tool.Executable);
        var result = tool.Run("measure", Text(target.Pid), "--child-size", "2x10MiB");
        Assert.True(result.ExitCode == 0, result.ToString());
        var lines = result.Output.TrimEnd('\n').Split('\n');
        Assert.StartsWith($"dotnet-forklint (pid {target.Pid})   .NET ", lines[0], StringComparison.Ordinal);
        Assert.InRange(lines.Length, 8, 24);
        Assert.Contains(lines, line => line.StartsWith("Beside a child ", StringComparison.Ordinal) && line.Contains("2x10MiB: they fit, ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("Fork            succeeds; charged ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("Process.Start   does not fork", StringComparison.Ordinal));

        var report = Report(tool.Run("measure", Text(target.Pid), "--engine", "estimate", "--child-size", "2x10MiB", "--as-if", "memory-limit=64MiB", "--format", "json"));
        var child = report.GetProperty("beside").GetProperty("children")[0];
        Assert.Equal(("2x10MiB", 2, "yes"), (child.GetProperty("asked").GetString(), child.GetProperty("count").GetInt32(), child.GetProperty("fits").GetString()));
        Assert.Equal(64 * MiB, report.GetProperty("besideAsIf").GetProperty("limitBytes").GetInt64());
        Assert.Equal(48 * MiB, report.GetProperty("besideAsIf").GetProperty("collectorCeilingBytes").GetInt64());
        Assert.True(DateTimeOffset.Parse(report.GetProperty("madeAt").GetString()!, CultureInfo.InvariantCulture) > DateTimeOffset.Now.AddHours(-1));
    }

    [Fact]
    public void The_estimate_forks_nothing_and_knows_the_charge()
    {
        using var target = LiveTarget.StartEmpty(tool.Executable);
        var report = Report(tool.Run("measure", Text(target.Pid), "--engine", "estimate", "--format", "json"));
        Assert.Equal("estimate", report.GetProperty("engine").GetString());
        Assert.Equal(JsonValueKind.Null, report.GetProperty("fork").GetProperty("succeeded").ValueKind);
        Assert.Equal(0, report.GetProperty("fork").GetProperty("trials").GetArrayLength());
        Assert.True(report.GetProperty("fork").GetProperty("predictedChargeBytes").GetInt64() > MiB);
        Assert.True(report.GetProperty("fork").GetProperty("isLatencyEstimated").GetBoolean());
        Assert.Equal(JsonValueKind.Null, report.GetProperty("vfork").ValueKind);
    }

    [Fact]
    public void A_dry_run_says_what_would_be_done_and_does_nothing()
    {
        using var target = LiveTarget.StartEmpty(tool.Executable);
        var result = tool.Run("measure", Text(target.Pid), "--dry-run", "--format", "json");
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Empty(new SchemaValidator(Repository.Read("docs/plan.schema.json"), refuseUndescribed: true).Validate(result.Output));
        Assert.True(JsonDocument.Parse(result.Output).RootElement.GetProperty("allowed").GetBoolean());

        // The shim cannot be unloaded once it is in: a dry run must not have loaded it.
        Assert.DoesNotContain("Shim", File.ReadAllText($"/proc/{target.Pid}/maps"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_dry_run_of_what_would_be_refused_ends_as_the_measurement_would()
    {
        using var target = LiveTarget.StartHolding(tool.Executable);
        var planned = tool.Run("measure", Text(target.Pid), "--engine", "agent", "--max-stall", "1us", "--dry-run");
        var measured = tool.Run("measure", Text(target.Pid), "--engine", "agent", "--max-stall", "1us");
        Assert.Equal(6, planned.ExitCode);
        Assert.StartsWith("Would not measure dotnet-forklint (pid ", planned.Output, StringComparison.Ordinal);
        Assert.Equal(6, measured.ExitCode);
        Assert.Equal("", measured.Output);
        AssertOneLine(measured, "--max-stall");
    }

    [Fact]
    public void A_budget_that_is_exceeded_prints_the_report_and_ends_with_2()
    {
        using var target = LiveTarget.StartEmpty(tool.Executable);
        var over = tool.Run("measure", Text(target.Pid), "--engine", "estimate", "--max-charge", "1MiB");
        Assert.Equal(2, over.ExitCode);
        Assert.Contains("Over budget: the commit charge is ", over.Output, StringComparison.Ordinal);
        AssertOneLine(over, "--max-charge");

        var within = tool.Run("measure", Text(target.Pid), "--engine", "estimate", "--max-charge", "100GiB", "--max-latency", "60s", "--format", "json");
        Assert.Equal(2, Report(within).GetProperty("budgets").GetArrayLength());
    }

    [Fact]
    public void A_report_goes_to_a_file_as_json_when_the_name_says_so()
    {
        using var target = LiveTarget.StartEmpty(tool.Executable);
        var file = Path.Combine(tool.NewFolder(), "report.json");
        var result = tool.Run("measure", Text(target.Pid), "--engine", "estimate", "--output", file);
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal("", result.Output);
        Assert.Empty(ReportSchema.Validate(File.ReadAllText(file)));
        Assert.Equal([file], Directory.GetFiles(Path.GetDirectoryName(file)!));

        var failed = tool.Run("measure", Text(target.Pid), "--engine", "estimate", "--output", "/nowhere/report.json");
        Assert.Equal(7, failed.ExitCode);
        AssertOneLine(failed, "'/nowhere/report.json'");
    }

    [Fact]
    public void A_report_goes_to_a_file_as_a_page_when_the_name_says_so()
    {
        var pages = new[] { "1", "0" }.Select(native =>
        {
            using var target = LiveTarget.StartEmpty(tool.Executable);
            var path = Path.Combine(tool.NewFolder(), "report.html");
            var result = Command.Run(tool.Executable, ["measure", Text(target.Pid), "--no-heap", "--output", path], new Dictionary<string, string?> { ["FORKLINT_NATIVE"] = native });
            Assert.True(result.ExitCode == 0, result.ToString());
            Assert.Empty(result.Output);
            return File.ReadAllText(path);
        }).ToList();
        foreach (var page in pages)
        {
            var json = System.Text.RegularExpressions.Regex.Match(page, """<script type="application/json" id="report">(.*?)</script>""").Groups[1].Value;
            Assert.Empty(ReportSchema.Validate(json));
            Assert.Contains("<dt>Fork</dt><dd>succeeds; charged ", page, StringComparison.Ordinal);
            Assert.True(JsonDocument.Parse(json).RootElement.GetProperty("mappings").GetArrayLength() > 3);
        }

        // The program without a runtime holds the same style and scripts.
        static string Head(string page) => page[page.IndexOf("<meta http-equiv", StringComparison.Ordinal)..page.IndexOf("<body>", StringComparison.Ordinal)];
        Assert.Equal(Head(pages[1]), Head(pages[0]));
        Assert.Contains(" script-src 'sha256-", Head(pages[0]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_is_enough_when_one_process_has_it_and_lists_them_when_several_do()
    {
        // The name of a process is its first argument, and that can be anything: nobody else's process has this one.
        var name = "forklint-e2e-" + Guid.NewGuid().ToString("N");
        using var first = LiveTarget.StartEmpty("bash", tool.Executable, name);
        var single = Report(tool.Run("measure", "--name", name, "--engine", "estimate", "--format", "json"));
        Assert.Equal(first.Pid, single.GetProperty("process").GetProperty("pid").GetInt32());
        Assert.Equal(name, single.GetProperty("process").GetProperty("name").GetString());

        using var second = LiveTarget.StartEmpty("bash", tool.Executable, name);
        var several = tool.Run("measure", "--name", name);
        Assert.Equal(1, several.ExitCode);
        Assert.Equal("", several.Output);
        Assert.Contains($"  {first.Pid}  {name}", several.Error, StringComparison.Ordinal);
        Assert.Contains($"  {second.Pid}  {name}", several.Error, StringComparison.Ordinal);
        Assert.Contains($"forklint: '{name}' means 2 processes", several.Error, StringComparison.Ordinal);

        var none = tool.Run("measure", "--name", name + "x");
        Assert.Equal(3, none.ExitCode);
        AssertOneLine(none, "ps");
    }

    internal static void AssertOneLine(CommandResult result, string mentions)
    {
        Assert.StartsWith("forklint: ", result.Error, StringComparison.Ordinal);
        Assert.True(result.Error.IndexOf('\n', StringComparison.Ordinal) == result.Error.Length - 1, result.ToString());
        Assert.Contains(mentions, result.Error, StringComparison.Ordinal);
    }

    private static JsonElement Report(CommandResult result)
    {
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Empty(ReportSchema.Validate(result.Output));
        return JsonDocument.Parse(result.Output).RootElement;
    }

    private static long Change(JsonElement samples, string figure) => samples[1].GetProperty(figure).GetInt64() - samples[0].GetProperty(figure).GetInt64();

    private static string Text(int pid) => pid.ToString(CultureInfo.InvariantCulture);
}
