using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace ForkLint.AnalyzerSpeed;

/// <summary>The time of one analyzer, as the compiler reports it: execution time summed over its threads.</summary>
/// <param name="Assembly">The assembly it is in.</param>
/// <param name="Name">Its class and rules.</param>
/// <param name="Seconds">The time.</param>
internal sealed record AnalyzerTime(string Assembly, string Name, double Seconds);

/// <summary>Builds a project with <c>-p:ReportAnalyzer=true</c> and reads what the compiler says of its analyzers.</summary>
internal static partial class CompilerReport
{
    /// <summary>Builds; throws with the output where that fails. An analyzer below the report's resolution (1 ms) counts as 0.</summary>
    /// <param name="projectFolder">Where the project is.</param>
    /// <param name="server">The name of the compiler server to build with, which stays for the next build; without one, a compiler of this build's own.</param>
    public static IReadOnlyList<AnalyzerTime> Build(string projectFolder, string? server = null)
    {
        string[] compiler = server is null ? ["-p:UseSharedCompilation=false"] : ["-p:UseSharedCompilation=true", $"-p:SharedCompilationId={server}"];
        var start = new ProcessStartInfo("dotnet", ["build", "--no-incremental", "-tl:off", "-v:d", "-p:ReportAnalyzer=true", "-nodeReuse:false", .. compiler])
        {
            WorkingDirectory = projectFolder,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException(string.Join('\n', output.Split('\n').Where(line => line.Contains("error", StringComparison.Ordinal)).Distinct().Take(20)));
        }

        return [.. Read(output)];
    }

    private static IEnumerable<AnalyzerTime> Read(string output)
    {
        var assembly = "";
        var isReport = false;
        foreach (var line in output.Split('\n'))
        {
            isReport = (isReport || line.Contains("Total analyzer execution time", StringComparison.Ordinal)) && !line.Contains("Total generator execution time", StringComparison.Ordinal);
            var match = ReportLine().Match(line);
            if (!isReport || !match.Success)
            {
                continue;
            }

            // "<0.001" is how the report writes what it cannot resolve.
            var seconds = match.Groups["seconds"].Value.StartsWith('<') ? 0 : double.Parse(match.Groups["seconds"].Value, CultureInfo.InvariantCulture);
            var name = match.Groups["name"].Value.Trim();
            if (name.Contains(", Version=", StringComparison.Ordinal))
            {
                assembly = name[..name.IndexOf(',', StringComparison.Ordinal)];
                continue;
            }

            yield return new AnalyzerTime(assembly, name, seconds);
        }
    }

    [GeneratedRegex(@"^\s*(?<seconds><?\d+\.\d+)\s+<?\d+\s+(?<name>\S.*)$")]
    private static partial Regex ReportLine();
}
