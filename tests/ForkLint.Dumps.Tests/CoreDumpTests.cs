using System.Text.RegularExpressions;
using ForkLint.LiveTargets;

namespace ForkLint.Dumps.Tests;

/// <summary>A dump of the frozen copy says what createdump's of the same program at rest says.</summary>
public sealed partial class CoreDumpTests : IDisposable
{
    private const int IdleThreads = 12;
    private readonly TemporaryFolder _folder = new();

    /// <summary>Without the thread that compiles in the background, and ends when it has nothing more to do.</summary>
    private readonly LiveTarget _target = LiveTarget.Start(new TargetStart
    {
        Arguments = ["hold", "managed=20000000", "native=3000000", $"threads={IdleThreads}"],
        Environment = new Dictionary<string, string?> { ["DOTNET_TieredCompilation"] = "0" },
    });

    public void Dispose()
    {
        _target.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Threads_frames_objects_and_fields_are_those_of_createdump()
    {
        string theirs = _folder.File("theirs");
        var made = Programs.CreateDump(_target.Pid, "--withheap", theirs);
        Assert.True(made.ExitCode == 0, made.Output);
        var expected = DumpContents.Read(theirs);
        Assert.True(expected.Threads.Count > IdleThreads);
        Assert.Contains(expected.Threads.Values, static frames => frames.Contains("HoldScenario", StringComparison.Ordinal));
        Assert.Equal("1 array of 20000000 bytes: 1 0 0", expected.Statics);

        foreach (string type in new[] { "heap", "full" })
        {
            var ours = DumpContents.Read(Dump(type));
            Assert.Equal(expected.Threads.OrderBy(static thread => thread.Key), ours.Threads.OrderBy(static thread => thread.Key));
            Assert.Equal(expected.Objects.OrderBy(static type => type.Key, StringComparer.Ordinal), ours.Objects.OrderBy(static type => type.Key, StringComparer.Ordinal));
            Assert.Equal(expected.Statics, ours.Statics);
        }

        var mini = DumpContents.Read(Dump("mini"), hasObjects: false);
        Assert.Equal(expected.Threads.OrderBy(static thread => thread.Key), mini.Threads.OrderBy(static thread => thread.Key));
        Assert.True(new FileInfo(_folder.File("mini")).Length < new FileInfo(_folder.File("full")).Length);
        Assert.NotNull(_target.Ask("Go"));
    }

    [Fact]
    public void Only_its_owner_may_read_it_and_zeroes_take_no_room()
    {
        string file = Dump("full");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        long blocks = long.Parse(Programs.Run("stat", "-c", "%b", file).Output, System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(blocks * 512 < new FileInfo(file).Length);
        Assert.Equal([file], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Every_thread_is_in_it_with_its_registers()
    {
        var result = Programs.RunTool("dump", $"{_target.Pid}", "-o", _folder.File("core"));
        Assert.True(result.ExitCode == 0, result.Output);
        int threads = Directory.GetDirectories($"/proc/{_target.Pid}/task").Length;
        Assert.Equal(threads, int.Parse(ThreadCount().Match(result.Output).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal("0", File.ReadLines($"/proc/{_target.Pid}/status").Single(static line => line.StartsWith("TracerPid:", StringComparison.Ordinal)).Split('\t')[1]);
    }

    [Fact]
    public void A_program_that_is_not_dotnet_is_dumped_as_well()
    {
        using var program = CProgram.Start("10 read futex select event");
        string file = _folder.File("c.core");
        var result = Programs.RunTool("dump", $"{program.Pid}", "--type", "full", "-o", file);
        Assert.True(result.ExitCode == 0, result.Output);
        using var target = Microsoft.Diagnostics.Runtime.DataTarget.LoadDump(file);
        Assert.Empty(target.ClrVersions);
        Assert.Contains(target.EnumerateModules(), static module => module.FileName.EndsWith("libc.so.6", StringComparison.Ordinal));
        var look = program.Look();
        Assert.Equal((0L, 0L), (look.Errors, look.Wrong));
    }

    [Theory]
    [InlineData("no/such/folder/core", "no/such/folder")]
    [InlineData("/dev/null", "a device")]
    [InlineData("/dev/stdout", "")]
    public void What_cannot_be_written_is_said_before_anything_is_stopped(string path, string reason)
    {
        var result = Programs.RunTool("dump", $"{_target.Pid}", "-o", path[0] == '/' ? path : _folder.File(path));
        Assert.Equal(7, result.ExitCode);
        Assert.Contains(reason, result.Output, StringComparison.Ordinal);
        Assert.Single(result.Output.TrimEnd().Split('\n'));
    }

    private string Dump(string type)
    {
        string file = _folder.File(type);
        var result = Programs.RunTool("dump", $"{_target.Pid}", "--type", type, "-o", file);
        Assert.True(result.ExitCode == 0, result.Output);
        return file;
    }

    [GeneratedRegex(@"(\d+) threads")]
    private static partial Regex ThreadCount();
}
