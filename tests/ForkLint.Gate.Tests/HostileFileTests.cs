using System.Net.Sockets;
using System.Text.Json;

namespace ForkLint.Gate.Tests;

/// <summary>Files that are not what they are taken for: nothing hangs, nothing is read without end, and one line says what it is.</summary>
public sealed class HostileFileTests : IDisposable
{
    /// <summary>Far more than a refusal takes on a busy machine, far less than a hang.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly TemporaryFolder _folder = new();
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public HostileFileTests()
    {
        Assert.Equal(0, Cli.Run(_folder.Path, null, "mkfifo", ["fifo", "fifo.csproj", "ForkLint.Measured.fifo.txt"]).ExitCode);
        Directory.CreateDirectory(_folder["folder"]);
        _socket.Bind(new UnixDomainSocketEndPoint(_folder["socket"]));
        _folder.Write("empty", "");
        using (var large = File.Create(_folder["large"]))
        {
            large.SetLength(2L << 30);
        }

        File.CreateSymbolicLink(_folder["link"], "fifo");
        File.CreateSymbolicLink(_folder["loop"], "loop");
        new CompilerLog().Add("FORK001", "src/A.cs", 10, "'buffer' is held", member: "M:App.Run", holder: "buffer").WriteTo(_folder);
    }

    public void Dispose()
    {
        _socket.Dispose();
        _folder.Dispose();
    }

    public static TheoryData<string> Inputs { get; } = new(["fifo", "link", "folder", "socket", "empty", "large", "loop", "missing", "/dev/zero", "/dev/random", "/proc/self/mem", "/proc/self/status", "/proc/kmsg", ""]);

    /// <summary>What is wrong with a file is said, and in no framework's words.</summary>
    [Theory]
    [InlineData("--sarif", "utf16", "is UTF-16")]
    [InlineData("--measurement", "utf16", "is UTF-16")]
    [InlineData("--baseline", "utf16", "is UTF-16")]
    [InlineData("--sarif", "deep", "is nested too deeply to be read (line 1, byte 129)")]
    [InlineData("--measurement", "deep", "is nested too deeply to be read (line 1, byte 65)")]
    [InlineData("--baseline", "deep", "is nested too deeply to be read")]
    [InlineData("--sarif", "cut", "is not valid JSON (line 1, byte ")]
    [InlineData("--measurement", "cut", "is not valid JSON (line 1, byte ")]
    [InlineData("--measurement", "text", "is JSON but not a measurement report; make one")]
    [InlineData("--measurement", "infinite", "is JSON but not a measurement report: chargedBytes is not a number that can be measured")]
    [InlineData("--measurement", "half", "is JSON but not a measurement report: chargedBytes is not a number that can be measured")]
    [InlineData("--baseline", "wrong", "is a damaged baseline; restore it")]
    [InlineData("--sarif", "folder", "is a directory, and only a regular file is read; name a file")]
    [InlineData("--sarif", "fifo", "is a pipe, and only a regular file is read; write it to a file first")]
    [InlineData("--sarif", "loop", "is a loop of symbolic links, and only a regular file is read; name a file")]
    public void What_is_wrong_with_a_file_is_said(string option, string name, string reason)
    {
        File.WriteAllText(_folder["utf16"], "{}", System.Text.Encoding.Unicode);
        _folder.Write("deep", new string('[', 1000) + new string(']', 1000));
        _folder.Write("cut", "{\"a\": [1,");
        _folder.Write("text", "\"text\"");
        _folder.Write("infinite", "{\"process\":{\"name\":\"a\"},\"fork\":{\"chargedBytes\":1e999}}");
        _folder.Write("half", "{\"process\":{\"name\":\"a\"},\"fork\":{\"chargedBytes\":1.5}}");
        _folder.Write("wrong", "{\"schemaVersion\":1,\"findings\":[{}]}");
        string[] arguments = option == "--baseline" ? ["gate", "--sarif", _folder["build.sarif"], option, _folder[name]] : ["gate", option, _folder[name]];
        var result = Cli.Run(_folder.Path, arguments);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"{name} {reason}", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Inputs))]
    public void Nothing_but_a_regular_file_is_read(string name)
    {
        var file = name.Length == 0 || name[0] == '/' ? name : _folder[name];
        AssertRefused("gate", "--sarif", file);
        AssertRefused("gate", "--measurement", file);
        if (name is not "missing" and not "")
        {
            AssertRefused("gate", "--sarif", _folder["build.sarif"], "--baseline", file);
        }

        AssertRefused("measure", "1", "--sarif", file);
        if (name is not "empty" and not "missing")
        {
            AssertRefused("measure", "1", "--write-measured", file);
        }

        if (name is not "empty")
        {
            _folder.Write("App.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\" />");
            AssertRefused("check", _folder["App.csproj"], "--measured", file);
        }
    }

    [Theory]
    [InlineData("fifo")]
    [InlineData("link")]
    [InlineData("folder")]
    [InlineData("socket")]
    [InlineData("loop")]
    [InlineData("")]
    [InlineData("/proc/self/comm")]
    [InlineData("/dev/full")]
    [InlineData("missing/x.json")]
    [InlineData("build.sarif/x.json")]
    public void Nothing_but_a_regular_file_is_written(string name)
    {
        var file = name.Length == 0 || name[0] == '/' ? name : _folder[name];
        AssertRefused("gate", "--sarif", _folder["build.sarif"], "--output", file);
        AssertRefused("gate", "--sarif", _folder["build.sarif"], "--format", "sarif", "--output", file);
        AssertRefused("gate", "--sarif", _folder["build.sarif"], "--update-baseline", "--baseline", file);
        foreach (var survivor in new[] { "fifo", "socket" })
        {
            Assert.False(new FileInfo(_folder[survivor]).Length > 0);
            Assert.NotEqual(FileAttributes.Normal, File.GetAttributes(_folder[survivor]) & FileAttributes.Directory);
        }

        Assert.Equal(ForkLint.Linux.Files.FileKind.Pipe, ForkLint.Linux.Files.FileNature.Of(_folder["fifo"]));
    }

    [Fact]
    public void A_project_is_a_regular_file()
    {
        _folder.Write("App.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\" />");
        AssertRefused("check", _folder["fifo.csproj"]);
        AssertRefused("check", _folder["fifo"]);
        AssertRefused("check", _folder["App.csproj"], "--measured", _folder["ForkLint.Measured.fifo.txt"]);
    }

    [Fact]
    public void Standard_output_can_be_named()
    {
        foreach (var name in new[] { "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1" })
        {
            var result = Cli.Run(_folder.Path, "gate", "--sarif", "build.sarif", "--format", "json", "--output", name);
            Assert.Equal(2, result.ExitCode);
            JsonDocument.Parse(result.Output).Dispose();
        }

        Assert.Equal(2, Cli.Run(_folder.Path, "gate", "--sarif", "build.sarif", "--output", "/dev/null").ExitCode);
    }

    [Theory]
    [InlineData("\\ud800", "\ufffd")]
    [InlineData("\\udc00\\ud800", "\ufffd\ufffd")]
    [InlineData("\\ud83d\\ude00", "\U0001f600")]
    [InlineData("a\\u0000b", "a\\u0000b")]
    [InlineData("\\/\\b\\f\\n\\r\\t\\\"\\\\", "/\\u0008\\u000c\\u000a\\u000d\\u0009\"\\")]
    public void Half_a_character_and_a_NUL_in_a_log_are_shown(string json, string shown)
    {
        var log = File.ReadAllText(_folder["build.sarif"]);
        foreach (var (place, replacement) in new[] { ("is held", json), ("src/A.cs", "src/" + json), ("M:App.Run", json), ("\"buffer\"", $"\"{json}\"") })
        {
            _folder.Write("odd.sarif", log.Replace(place, replacement, StringComparison.Ordinal));
            foreach (var format in new[] { "text", "json", "sarif", "markdown" })
            {
                var result = Cli.Run(_folder.Path, "gate", "--sarif", "odd.sarif", "--format", format);
                Assert.Equal(2, result.ExitCode);
                Assert.DoesNotContain("unexpected", result.Error, StringComparison.Ordinal);
                if (format == "text" && place.Contains("held", StringComparison.Ordinal))
                {
                    Assert.Contains($"buffer' {shown}\n", result.Output, StringComparison.Ordinal);
                }
            }
        }
    }

    [Fact]
    public void A_raw_NUL_and_a_number_beyond_all_numbers_are_one_line()
    {
        _folder.Write("nul.sarif", File.ReadAllText(_folder["build.sarif"]).Replace("is held", "is\0held", StringComparison.Ordinal));
        AssertRefused("gate", "--sarif", _folder["nul.sarif"]);
        foreach (var number in new[] { "1e999", "-1", "1e18", "9223372036854775808", "\"5\"", "-1e999", "0.5" })
        {
            foreach (var report in new[]
            {
                $$$$"""{"process":{"name":"a"},"fork":{"chargedBytes":{{{{number}}}}}}""",
                $$$$"""{"process":{"name":"a"},"fork":{"predictedChargeBytes":{{{{number}}}}}}""",
                $$$$"""{"process":{"name":"a"},"fork":{"chargedBytes":5,"child":{"residentBytes":{{{{number}}}}}}}""",
            })
            {
                _folder.Write("report.json", report);
                var result = Cli.Run(_folder.Path, "gate", "--measurement", "report.json");
                Assert.DoesNotContain("unexpected", result.Error, StringComparison.Ordinal);

                // A child's figure that is a text counts as not known.
                Assert.Equal(number == "\"5\"" && report.Contains("child", StringComparison.Ordinal) ? 0 : 1, result.ExitCode);
            }
        }

        foreach (var number in new[] { "1e999", "-5" })
        {
            _folder.Write("report.json", $$$$"""{"process":{"name":"a"},"fork":{"chargedBytes":5,"latencyMicroseconds":{"median":{{{{number}}}}}}}""");
            AssertRefused("gate", "--measurement", _folder["report.json"]);
            _folder.Write("base.json", $$$$"""{"schemaVersion":1,"findings":[],"measurements":[{"process":"a","commitChargeBytes":5,"childResidentBytes":null,"latencyMicroseconds":{{{{number}}}}}]}""");
            AssertRefused("gate", "--sarif", _folder["build.sarif"], "--baseline", _folder["base.json"]);
        }
    }

    [Theory]
    [InlineData("gate", "--measurement", "x", "--max-charge")]
    [InlineData("gate", "--measurement", "x", "--max-growth")]
    [InlineData("measure", "1", "--max-charge")]
    [InlineData("measure", "1", "--max-resident")]
    [InlineData("measure", "1", "--child-writes")]
    [InlineData("measure", "1", "--max-stall")]
    [InlineData("measure", "1", "--max-latency")]
    [InlineData("measure", "1", "--hold")]
    [InlineData("measure", "1", "--trials")]
    [InlineData("measure", "1", "--after")]
    [InlineData("measure")]
    public void No_number_is_too_strange_for_an_option(params string[] before)
    {
        foreach (var number in new[] { "9223372036854775807TiB", "79228162514264337593543950335", "79228162514264337593543950335GB", "1e999", "1e999s", "NaN", "NaNms", "-1", "-1ms", "-1MiB", "\u0661", "1" + new string('0', 400) + "h", new string('9', 5000), "\0", "" })
        {
            var arguments = before.Length == 1 ? [.. before, "--engine", "estimate", "--as-if", $"ram={number}"] : before[..^1].Append($"{before[^1]}={number}").ToArray();
            AssertRefused(arguments);
        }
    }

    // In this process: a hundred starts of the tool would take a minute.
    private static void AssertRefused(params string[] arguments)
    {
        using var error = new StringWriter { NewLine = "\n" };
        var before = Console.Error;
        Console.SetError(error);
        try
        {
            var run = Task.Run(() => ForkLint.Tool.CommandLine.CommandRunner.Run(ForkLint.Tool.Application.CreateRoot(arguments[0]), arguments, ""));
            Assert.True(run.Wait(Patience), $"{string.Join(' ', arguments)} did not end");
            Assert.Contains(run.Result, (int[])[1, 7]);
        }
        finally
        {
            Console.SetError(before);
        }

        // Where there is no baseline yet, a remark stands before it.
        AssertOneLine(error.ToString()[(error.ToString().StartsWith("forklint.baseline.json does not exist", StringComparison.Ordinal) ? error.ToString().IndexOf('\n', StringComparison.Ordinal) + 1 : 0)..]);
    }

    private static void AssertOneLine(string error)
    {
        Assert.StartsWith("forklint: ", error, StringComparison.Ordinal);
        Assert.Equal(1, error.Count(character => character == '\n'));
        Assert.True(error.Length < 3000, error);
        Assert.DoesNotContain("unexpected", error, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", error, StringComparison.Ordinal);
    }
}
