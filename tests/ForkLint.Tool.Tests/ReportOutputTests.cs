using ForkLint.Linux.Files;
using ForkLint.Tool.CommandLine;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Tests;

public sealed class ReportOutputTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("forklint-output-").FullName;

    [Fact]
    public void A_new_file_is_written_and_an_old_one_replaced()
    {
        var file = Path.Combine(_folder, "report.json");
        ReportOutput.WriteFile(file, "one");
        Assert.Equal("one", File.ReadAllText(file));
        ReportOutput.WriteFile(file, "two");
        Assert.Equal("two", File.ReadAllText(file));
        Assert.Equal([file], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void A_symbolic_link_stays_one()
    {
        var file = Path.Combine(_folder, "report.json");
        var link = Path.Combine(_folder, "latest.json");
        File.WriteAllText(file, "old");
        File.CreateSymbolicLink(link, "report.json");
        ReportOutput.WriteFile(link, "new");
        Assert.Equal("new", File.ReadAllText(file));
        Assert.Equal("report.json", new FileInfo(link).LinkTarget);
    }

    [Theory]
    [InlineData("/dev/full")]
    [InlineData("/no/such/folder/report.json")]
    [InlineData("/proc/version")]
    public void What_cannot_be_written_is_exit_code_7_with_advice(string path)
    {
        var failure = Assert.Throws<ToolException>(() => ReportOutput.WriteFile(path, "text"));
        Assert.Equal(ExitReason.MeasurementFailed, failure.Reason);
        Assert.Contains($"'{path}'", failure.Message, StringComparison.Ordinal);
        Assert.NotEmpty(failure.Advice);
    }

    /// <summary>The name that a file has while it is written is nobody's business, and not longer than its own.</summary>
    [Fact]
    public void A_name_as_long_as_a_name_can_be_is_written()
    {
        var file = Path.Combine(_folder, new string('n', 255));
        ReportOutput.WriteFile(file, "text");
        Assert.Equal("text", File.ReadAllText(file));
        var failure = Assert.Throws<ToolException>(() => ReportOutput.WriteFile(file + "n", "text"));
        Assert.EndsWith("its name is too long", failure.Message, StringComparison.Ordinal);
        failure = Assert.Throws<ToolException>(() => ReportOutput.WriteFile("/dev/full", "text"));
        Assert.Equal("the report could not be written to '/dev/full': No space left on device", failure.Message);
        failure = Assert.Throws<ToolException>(() => ReportOutput.WriteFile("/proc/no-such-file", "text"));
        Assert.Equal("the report could not be written to '/proc/no-such-file': no file can be made there", failure.Message);
        Assert.Equal([file], Directory.GetFileSystemEntries(_folder));
    }

    /// <summary>Before a process is measured for it.</summary>
    [Fact]
    public void A_folder_that_takes_no_file_is_told_at_once()
    {
        File.CreateSymbolicLink(Path.Combine(_folder, "loop"), "loop");
        Assert.EndsWith("it is a loop of symbolic links", Assert.Throws<ToolException>(() => OutputFile.Check(Path.Combine(_folder, "loop"), "the report")).Message, StringComparison.Ordinal);

        // Root may write anywhere but where nobody can: /proc/self/fdinfo has no w for anybody.
        foreach (var folder in new[] { "/proc/self/fdinfo", "/sys/fs/cgroup" }.Where(static place => Directory.Exists(place) && FileNature.WriteRefusal(place) is not null))
        {
            var failure = Assert.Throws<ToolException>(() => OutputFile.Check(folder + "/report.json", "the report"));
            Assert.Contains($"the folder {folder} does not take it", failure.Message, StringComparison.Ordinal);
        }

        Assert.Null(FileNature.WriteRefusal(_folder));
        Assert.NotNull(FileNature.WriteRefusal(Path.Combine(_folder, "missing")));
    }

    [Fact]
    public void A_folder_is_no_file_and_stays()
    {
        Assert.Throws<ToolException>(() => ReportOutput.WriteFile(_folder, "text"));
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(_folder)!, Path.GetFileName(_folder) + ".*"));
    }

    [Fact]
    public void A_device_is_written_and_stays_a_device()
    {
        ReportOutput.WriteFile("/dev/null", "text");
        Assert.Equal(0, new FileInfo("/dev/null").Length);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
