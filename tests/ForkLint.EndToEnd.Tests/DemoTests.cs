using System.Text.RegularExpressions;

namespace ForkLint.EndToEnd.Tests;

[Collection(InstalledToolGroup.Name)]
public sealed class DemoTests(InstalledTool tool)
{
    [Fact]
    public void The_demo_states_what_it_measured_and_everything_is_as_expected()
    {
        var result = tool.Run("demo");
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal("", result.Error);
        Assert.DoesNotContain("DIFFERS", result.Output, StringComparison.Ordinal);

        var parts = result.Output.Split("The whole report, as 'measure' prints it");
        Assert.Equal(2, parts.Length);
        var (statements, report) = (parts[0], parts[1]);
        Assert.Equal(8, Regex.Count(statements, "as expected$", RegexOptions.Multiline));

        // What the statements say was measured is what the report says.
        var exact = Regex.Match(statements, @"charge read before and after +([\d,]+ B) +([\d,]+ B)");
        Assert.Equal(exact.Groups[1].Value, exact.Groups[2].Value);
        Assert.Equal(exact.Groups[1].Value, Regex.Match(report, @"predicted +([\d,]+ B)").Groups[1].Value);
        Assert.Equal(exact.Groups[2].Value, Regex.Match(report, @"charged +([\d,]+ B)").Groups[1].Value);
        var charge = Regex.Match(statements, @"commit charge of the fork +about [\d.]+ MiB +([\d.]+ MiB)").Groups[1].Value;
        Assert.Matches($@"commit charge +[\d.]+ MiB +{Regex.Escape(charge)}", report);
        Assert.Contains($"It is charged {charge},", report, StringComparison.Ordinal);
    }

    [Fact]
    public void Its_source_is_checked_and_the_findings_stand_beside_what_was_measured()
    {
        var result = tool.Run("demo");
        Assert.True(result.ExitCode == 0, result.ToString());

        var source = result.Output.Split("What its source shows, as 'check' prints it")[1].Split("The whole report, as 'measure' prints it")[0];
        Assert.Equal(["FORK005", "FORK002", "FORK007"], Regex.Matches(source, @"^DemoProgram\.cs:\d+:\d+: warning (\w+): ", RegexOptions.Multiline).Select(finding => finding.Groups[1].Value));
        Assert.EndsWith(": 3 warnings\n\n", source, StringComparison.Ordinal);

        // The size that the source says, the size that the process has, and the line that is to blame.
        var line = Regex.Match(source, @"^(DemoProgram\.cs:\d+):\d+: warning FORK005: 'DemoProgram\._cache' \(200 MiB\)", RegexOptions.Multiline).Groups[1].Value;
        Assert.Matches($@"200\.0 MiB  F:ForkLint\.Tool\.Demo\.DemoProgram\._cache +FORK005 at {Regex.Escape(line)}\n", result.Output);
    }

    [Fact]
    public void Without_an_sdk_the_rest_of_it_is_shown()
    {
        // A tool that was copied to a server: it finds its runtime, and no SDK is on the PATH.
        var folder = tool.NewFolder();
        var result = Command.Run(tool.Executable, ["demo"], new Dictionary<string, string?> { ["PATH"] = folder, ["DOTNET_ROOT"] = DotNetRoot() });
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("(left out: no .NET SDK on the PATH to compile it with)", result.Output, StringComparison.Ordinal);
        Assert.Equal(8, Regex.Count(result.Output, "as expected$", RegexOptions.Multiline));
    }

    /// <summary>The folder of the runtime that these tests run on, three levels above its own assemblies.</summary>
    private static string DotNetRoot() => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", ".."));
}
