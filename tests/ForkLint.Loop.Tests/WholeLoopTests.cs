using System.Globalization;
using System.Text.Json;
using ForkLint.CodeFixes;
using ForkLint.Fixing;
using ForkLint.Verification;

namespace ForkLint.WholeLoop;

/// <summary>From source to process and back: what the compiler cannot see is measured, warned about, fixed, and measured again.</summary>
public sealed class WholeLoopTests : IDisposable
{
    private const string Holder = "F:MeasuredCache.Prices.Table";
    private const long LengthBytes = 200_000_000;

    // The GC rounds up to its own units, and the process does other things as well.
    private const long ToleranceBytes = 20_000_000;

    private readonly UsersTree _tree = new("", "MeasuredCache");

    public void Dispose() => _tree.Dispose();

    [Fact]
    public async Task An_unknown_size_is_measured_warned_about_fixed_and_saved()
    {
        // No compiler sees the size, so nothing is said.
        Assert.Empty(Check("silent.sarif"));

        // The running process shows it, and shows that nothing warns.
        _tree.Build("MeasuredCache", "-o", _tree["built"]);
        var before = Measure(
            ["--sarif", "silent.sarif", "--write-measured", "sizes.txt"],
            pid => Assert.Equal("FORK005", FindingOf(MeasureAgain(pid, CheckMeasured())).GetProperty("rule").GetString()));
        Assert.Equal(JsonValueKind.Null, FindingOf(before).ValueKind);
        var measuredBytes = HolderOf(before)!.Value.GetProperty("bytes").GetInt64();
        Assert.InRange(measuredBytes, LengthBytes, LengthBytes + 1000);
        Assert.Contains($"{Holder}; {measuredBytes.ToString(CultureInfo.InvariantCulture)}\n", File.ReadAllText(_tree["sizes.txt"]), StringComparison.Ordinal);

        // The fix is what the light bulb gives.
        var source = Path.Combine(_tree["MeasuredCache"], "Program.cs");
        var code = Lint.CSharp(File.ReadAllText(source)).AdditionalFile("ForkLint.Measured.txt", File.ReadAllText(_tree["sizes.txt"]))
            .EditorConfig(File.ReadAllText(Path.Combine(_tree["MeasuredCache"], ".editorconfig")));
        File.WriteAllText(source, await code.After<ReleaseFieldCodeFixProvider>());
        Assert.Empty(Check("clean.sarif", "--measured", "sizes.txt"));

        // And the fork is cheaper by what it held.
        _tree.Build("MeasuredCache", "-o", _tree["built"]);
        var after = Measure(["--sarif", "clean.sarif"], _ => { });
        Assert.Null(HolderOf(after));
        var saved = Charge(before) - Charge(after);
        Assert.InRange(saved, LengthBytes - ToleranceBytes, LengthBytes + ToleranceBytes);
    }

    private string CheckMeasured()
    {
        var finding = Assert.Single(Check("warned.sarif", "--measured", "sizes.txt"));
        Assert.Equal(("FORK005", "warning"), (finding.GetProperty("ruleId").GetString(), finding.GetProperty("level").GetString()));
        var message = finding.GetProperty("message").GetProperty("text").GetString()!;
        Assert.Contains("Prices.Table", message, StringComparison.Ordinal);
        Assert.Contains("measured", message, StringComparison.Ordinal);
        Assert.Equal(Holder, finding.GetProperty("properties").GetProperty("holderMember").GetString());
        return "warned.sarif";
    }

    private JsonElement[] Check(string log, params string[] options)
    {
        _tree.Tool(["check", "MeasuredCache", "--format", "sarif", "--output", log, .. options]);
        return [.. SarifResults.Read(_tree[log])];
    }

    /// <summary>Starts what was built, measures it, and does something else with it.</summary>
    private JsonElement Measure(string[] options, Action<int> andThen)
    {
        using var process = _tree.StartUntil("Waiting", "built/MeasuredCache", LengthBytes.ToString(CultureInfo.InvariantCulture), "wait");
        try
        {
            var report = Report(process.Id, options);
            andThen(process.Id);
            return report;
        }
        finally
        {
            process.StandardInput.Close();
            process.WaitForExit();
        }
    }

    private JsonElement MeasureAgain(int pid, string log) => Report(pid, ["--sarif", log]);

    private JsonElement Report(int pid, string[] options)
    {
        var json = _tree.Tool(["measure", pid.ToString(CultureInfo.InvariantCulture), "--engine", "agent", "--trials", "2", "--max-stall", "10s", "--format", "json", .. options]);
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    private static long Charge(JsonElement report) => report.GetProperty("fork").GetProperty("predictedChargeBytes").GetInt64();

    private static JsonElement? HolderOf(JsonElement report)
    {
        foreach (var holder in report.GetProperty("holders").EnumerateArray())
        {
            if (holder.GetProperty("holder").GetString() == Holder)
            {
                return holder;
            }
        }

        return null;
    }

    private static JsonElement FindingOf(JsonElement report) => HolderOf(report)!.Value.GetProperty("finding");
}
