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
}
