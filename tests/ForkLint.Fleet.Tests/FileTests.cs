using ForkLint.Fleet.Tests.Support;
using ForkLint.LiveTargets;

namespace ForkLint.Fleet.Tests;

/// <summary>The file for node_exporter's textfile collector.</summary>
public sealed class FileTests
{
    [Fact]
    public void A_file_is_written_again_and_again_and_is_whole_at_any_moment()
    {
        using var target = LiveTarget.Start("hold");
        var folder = Directory.CreateTempSubdirectory("forklint-export-").FullName;
        var file = Path.Combine(folder, "forklint.prom");
        using var exporter = Commands.Start(Commands.Tool, "export", "--process-id", $"{target.Pid}", "-o", file, "--every", "100ms");
        HashSet<double> looks = [];
        Commands.Until(
            () =>
            {
                if (File.Exists(file))
                {
                    var text = File.ReadAllText(file);
                    Assert.Contains("forklint_build_info", text.Split('\n')[^2], StringComparison.Ordinal);
                    Assert.DoesNotContain("# EOF", text, StringComparison.Ordinal);
                    looks.Add(OpenMetricsReader.Read(text)["forklint_scrapes_total{}"]);
                }

                return looks.Count > 3;
            },
            "four looks");

        // A folder that goes away is told, once; and when it is there again, so is the file.
        Directory.Move(folder, folder + ".gone");
        Assert.StartsWith("forklint: the metrics could not be written to", exporter.StandardError.ReadLine()!, StringComparison.Ordinal);
        Directory.CreateDirectory(folder);
        Commands.Until(() => File.Exists(file), "the file again");
        Assert.Equal(0, Commands.Run("kill", "-TERM", $"{exporter.Id}").ExitCode);
        exporter.WaitForExit();
        Assert.Equal((0, ""), (exporter.ExitCode, exporter.StandardError.ReadToEnd()));
        Assert.Equal([file], Directory.GetFileSystemEntries(folder));
        Directory.Delete(folder, recursive: true);
        Directory.Delete(folder + ".gone", recursive: true);
    }
}
