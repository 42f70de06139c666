using ForkLint.Fleet.Tests.Support;
using ForkLint.LiveTargets;
using ForkLint.Tests.Shared;
using ForkLint.Tool.Live;
using ForkLint.Tool.Watching;
using Spectre.Console;

namespace ForkLint.Fleet.Tests;

/// <summary>The live view, on terminals of several widths and behind a pipe.</summary>
public sealed class WatchTests
{
    [Theory]
    [InlineData(60, "  PID        RSS  FORK CHARGE  NAME")]
    [InlineData(80, "PID  RSS  FORK CHARGE  FORK  ROOM FOR A CHILD  CHILDREN  NAME")]
    [InlineData(200, "PID  RSS  FORK CHARGE  FORK  ROOM FOR A CHILD  CHILDREN  CHILD PEAK  USS  NAME")]
    public void It_fits_the_terminal(int width, string headings)
    {
        var table = new WatchTable(Looks.Of(Looks.Shop, Looks.Foreign, Looks.Shop with { Pid = 9, Name = new string('n', 300) }), LastTrials.None);
        var lines = Drawn(table, width, 24).Split('\n').Select(static line => line.TrimEnd()).ToArray();
        Assert.Equal(Words(headings), Words(lines[0]));
        Assert.All(lines, line => Assert.True(line.Length <= width, $"{line.Length} characters: {line}"));
        Assert.Contains(lines, static line => line.Contains("4242  271.0 MiB", StringComparison.Ordinal) && line.EndsWith("Shop.Api", StringComparison.Ordinal));
        Assert.StartsWith("q ends; 3 .NET processes, 1 that may not be read with", lines.Last(static line => line.Length > 0), StringComparison.Ordinal);
    }

    [Fact]
    public void What_has_no_space_is_counted()
    {
        var table = new WatchTable(Looks.Of([.. Enumerable.Range(1, 50).Select(static pid => Looks.Shop with { Pid = pid })]), LastTrials.None);
        var lines = Drawn(table, 100, 24).TrimEnd().Split('\n');
        Assert.True(lines.Length < 24, $"{lines.Length} lines");
        Assert.Contains("50 .NET processes, 30 not shown", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Hostile_names_are_harmless()
    {
        var table = new WatchTable(Looks.Of([.. HostileText.Names.Append("[red]x[/] [link=http://evil.example]y").Select(static (name, index) => Looks.Shop with { Pid = index + 1, Name = name })]), LastTrials.None);
        HostileText.AssertHarmlessOnTerminal(Drawn(table, 200, 100));
        HostileText.AssertHarmlessOnTerminal(WatchLines.Write(table, DateTimeOffset.UnixEpoch, hasHeadings: true));
        Assert.Contains("[red]x[/]", Drawn(table, 200, 100), StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_are_whole_and_have_headings_once()
    {
        var table = new WatchTable(Looks.Of(Looks.Shop), LastTrials.None);
        var first = WatchLines.Write(table, DateTimeOffset.UnixEpoch, hasHeadings: true);
        Assert.Equal(
            """
            TIME       PID        RSS  FORK CHARGE  FORK      ROOM FOR A CHILD  CHILDREN  CHILD PEAK        USS  NAME
            00:00:00  4242  271.0 MiB    312.0 MiB  succeeds         120.0 MiB         3     9.0 MiB  242.0 MiB  Shop.Api

            """, first);
        Assert.Equal(first.Split('\n')[1] + "\n", WatchLines.Write(table, DateTimeOffset.UnixEpoch, hasHeadings: false));
    }

    [Fact]
    public void The_stall_of_a_trial_is_taken_from_its_report()
    {
        var folder = Directory.CreateTempSubdirectory("forklint-watch-").FullName;
        var report = Path.Combine(folder, "cost.json");
        File.WriteAllText(report, """{ "process": { "pid": 4242, "name": "Shop.Api" }, "fork": { "longestStallMicroseconds": 6150.4 } }""");
        var lines = WatchLines.Write(new WatchTable(Looks.Of(Looks.Shop, Looks.Foreign), LastTrials.Read([report])), DateTimeOffset.UnixEpoch, hasHeadings: true).Split('\n');
        Assert.Contains("  STALL  ", lines[0], StringComparison.Ordinal);
        Assert.Contains("  6.15 ms  ", lines[1], StringComparison.Ordinal);
        Assert.DoesNotContain("6.15", lines[2], StringComparison.Ordinal);

        // Another process that was given the same id was not measured.
        Assert.DoesNotContain("6.15", WatchLines.Write(new WatchTable(Looks.Of(Looks.Shop with { Name = "Other" }), LastTrials.Read([report])), DateTimeOffset.UnixEpoch, hasHeadings: true), StringComparison.Ordinal);
        File.WriteAllText(report, "{}");
        var (exitCode, _, error) = Commands.Run(Commands.Tool, "watch", "--measurement", report, "--for", "1s");
        Assert.Equal(1, exitCode);
        Assert.StartsWith($"forklint: {report} is JSON but not a measurement report", error, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Behind_a_pipe_it_writes_lines_until_the_process_ends()
    {
        using var target = LiveTarget.Start("hold");
        using var watch = Commands.Start(Commands.Tool, "watch", $"{target.Pid}", "--every", "100ms");
        Assert.StartsWith("TIME ", watch.StandardOutput.ReadLine()!, StringComparison.Ordinal);
        var line = watch.StandardOutput.ReadLine()!;
        Assert.EndsWith("  forklint-testapp", line, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', line);
        target.Kill();
        Assert.All(watch.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries), static more => Assert.EndsWith("  forklint-testapp", more, StringComparison.Ordinal));
        watch.WaitForExit();
        Assert.Equal((0, ""), (watch.ExitCode, watch.StandardError.ReadToEnd()));
    }

    [Theory]
    [InlineData("q")]
    [InlineData("\u0003")]
    public async Task In_a_terminal_a_key_ends_it_and_the_terminal_is_as_before(string key)
    {
        using var target = LiveTarget.Start("hold");
        // The terminal sends ^C to the shell as well, which some shells end for.
        using var terminal = Commands.Start("script", "-qec", $"trap : INT; stty cols 80 rows 24; stty -g; {Commands.Tool} watch {target.Pid} --every 200ms; echo code $?; stty -g", "/dev/null");
        var output = new System.Text.StringBuilder();
        var reading = Task.Run(() =>
        {
            var buffer = new char[4096];
            while (terminal.StandardOutput.Read(buffer) is > 0 and var read)
            {
                lock (output)
                {
                    output.Append(buffer, 0, read);
                }
            }
        });
        string Seen()
        {
            lock (output)
            {
                return output.ToString();
            }
        }

        // Again and again, so that it is in the middle of its work. In 80 columns the name is cut.
        Commands.Until(() => Seen().Split("forklint-te").Length > 3, "the view");
        terminal.StandardInput.Write(key);
        terminal.StandardInput.Flush();
        Commands.Until(() => terminal.HasExited, "the end");
        await reading;

        var settings = Seen().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains("code 0", settings[^2], StringComparison.Ordinal);
        Assert.Equal(settings[0], settings[^1]);

        // The other screen was entered and left, the cursor hidden and shown, and no key was echoed.
        Assert.Equal(("\e[?1049h", "\e[?1049l"), (LastOf(Seen(), "\e[?1049h"), LastOf(Seen(), "\e[?1049l")));
        Assert.True(Seen().LastIndexOf("\e[?25h", StringComparison.Ordinal) > Seen().LastIndexOf("\e[?25l", StringComparison.Ordinal), "the cursor is hidden");
        Assert.Contains("q ends", Seen(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "forklint: a process is named in one way only; give its PID, or --name", "watch", "1", "--name", "x")]
    [InlineData(1, "forklint: --all is every process, and one was named; leave out --all", "watch", "1", "--all")]
    [InlineData(1, "forklint: 'x' is not a process id; give a number, or --name NAME", "watch", "x")]
    [InlineData(1, "forklint: --output, --listen and --otlp exclude each other", "export", "-o", "x.prom", "--otlp", "http://localhost")]
    [InlineData(1, "forklint: --every needs a file or a collector to write to", "export", "--every", "1s")]
    [InlineData(1, "forklint: --once looks once, and --listen answers until it is ended", "export", "--once", "--listen", "127.0.0.1:1")]
    [InlineData(1, "forklint: --listen: 'localhost:9778' is not an address and a port", "export", "--listen", "localhost:9778")]
    [InlineData(1, "forklint: --listen: '9778' is not an address and a port", "export", "--listen", "9778")]
    [InlineData(1, "forklint: --otlp: 'localhost:4318' is not an address", "export", "--otlp", "localhost:4318")]
    [InlineData(1, "forklint: --max-processes: '0' is not a number from 1 to 10000", "export", "--max-processes", "0")]
    [InlineData(3, "forklint: process 4194999 does not exist", "export", "--process-id", "4194999")]
    [InlineData(3, "forklint: no .NET process has 'no such name' in its name", "watch", "--name", "no such name")]
    [InlineData(7, "forklint: the metrics could not be written to '/nowhere/x.prom'", "export", "-o", "/nowhere/x.prom")]
    public void Mistakes_are_one_line(int expected, string start, params string[] arguments)
    {
        var (exitCode, output, error) = Commands.Run(Commands.Tool, arguments);
        Assert.Equal((expected, ""), (exitCode, output));
        Assert.StartsWith(start, error, StringComparison.Ordinal);
        Assert.Equal(1, error.Count(static character => character == '\n'));
    }

    private static string LastOf(string text, string what) => text.Contains(what, StringComparison.Ordinal) ? what : "";

    private static string Words(string line) => string.Join("  ", line.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    private static string Drawn(WatchTable table, int width, int height)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(writer) });
        console.Profile.Width = width;
        console.Write(LiveView.Draw(table, width, height));
        return writer.ToString();
    }
}
