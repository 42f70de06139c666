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
