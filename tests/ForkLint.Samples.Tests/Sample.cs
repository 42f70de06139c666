using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace ForkLint.Samples.Tests;

/// <summary>Runs a built sample as a user would, and reads the figures it prints.</summary>
internal static partial class Sample
{
    private static readonly TimeSpan HangsAfter = TimeSpan.FromMinutes(3);

    /// <summary>What the sample prints on standard output; fails where it ends with an error.</summary>
    internal static async Task<string> RunAsync(string name, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Folder, name, "bin", Metadata("Configuration"), "net10.0", name))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        using var hangs = new CancellationTokenSource(HangsAfter);
        var error = process.StandardError.ReadToEndAsync(hangs.Token);
        var output = await process.StandardOutput.ReadToEndAsync(hangs.Token);
        await process.WaitForExitAsync(hangs.Token);
        Assert.True(process.ExitCode == 0, $"{name} ended with {process.ExitCode}: {await error}");
        return output;
    }

    /// <summary>The README of the sample.</summary>
    internal static string Readme(string name) => File.ReadAllText(Path.Combine(Folder, name, "README.md"));

    /// <summary>The figures in the first line that starts so.</summary>
    internal static double[] Figures(string output, string lineStart)
    {
        var line = output.Split('\n').First(line => line.StartsWith(lineStart, StringComparison.Ordinal));
        return [.. Number().Matches(line[lineStart.Length..]).Select(match => double.Parse(match.Value, CultureInfo.InvariantCulture))];
    }

    /// <summary>A text with every figure replaced, so that two runs can be compared.</summary>
    internal static string Shape(string text) =>
        string.Join('\n', Spaces().Replace(Number().Replace(text, "N"), " ").Split('\n').Select(line => line.Trim())).Trim();

    private static string Folder => Metadata("SamplesFolder");

    private static string Metadata(string key) =>
        typeof(Sample).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == key).Value!;

    [GeneratedRegex(@"[-+]?\d+(\.\d+)?")]
    private static partial Regex Number();

    [GeneratedRegex(@" +")]
    private static partial Regex Spaces();
}
