using System.Globalization;
using System.Text.RegularExpressions;
using ForkLint.Tool.CommandLine;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Tests;

/// <summary>The command line as a user mistypes it. These tests redirect the console, so they share a collection.</summary>
[Collection("console")]
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("forklint: 'mesure' is neither a command nor an option; did you mean 'measure'? See 'dotnet-forklint --help'", "mesure", "42")]
    [InlineData("forklint: 'mesure' is neither a command nor an option; did you mean 'measure'? See", "help", "mesure")]
    [InlineData("forklint: 'deploy' is neither a command nor an option; see 'dotnet-forklint --help'", "deploy")]
    [InlineData("forklint: '--ingine' is not an option of 'measure'; did you mean '--engine'? See 'dotnet-forklint measure --help'", "measure", "1", "--ingine", "auto")]
    [InlineData("forklint: '--formta' is not an option of 'check'; did you mean '--format'? See", "check", ".", "--formta", "json")]
    [InlineData("forklint: a process is named in one way only; give a PID", "measure", "1", "--process-id", "1")]
    [InlineData("forklint: 'abc' is not a process id; give a number", "trace", "-p", "abc")]
    [InlineData("forklint: --max-charge: '500' has no unit: write 500MiB or 500MB, or 500B for bytes", "measure", "1", "--max-charge", "500")]
    [InlineData("forklint: --as-if: ram=512: it has no unit; write 512MiB or 512MB, or 512B for bytes", "measure", "1", "--as-if", "ram=512")]
    [InlineData("forklint: --max-growth: '50' is not a growth: write a percentage or a size", "gate", "--max-growth", "50")]
    [InlineData("forklint: no process was named; give a PID", "measure")]
    [InlineData("forklint: 'abc' is not a process id; give a number", "measure", "abc")]
    [InlineData("forklint: '-5' is not a process id; give", "measure", "-5")]
    [InlineData("forklint: '0' is not a process id; give a number", "measure", "0")]
    [InlineData("forklint: '99999999999' is not a process id; give a number", "measure", "99999999999")]
    [InlineData("forklint: 'measure' takes one process, but 2 were named: 1 2; to start a command", "measure", "1", "2")]
    [InlineData("forklint: a process is named in one way only; give a PID", "measure", "1", "--name", "x")]
    [InlineData("forklint: a process is named in one way only; give a PID", "measure", "1", "--", "x")]
    [InlineData("forklint: no command follows --; write", "measure", "--")]
    [InlineData("forklint: '--nonsense' is not an option of 'measure'; see", "measure", "--nonsense")]
    [InlineData("forklint: '--fats' is not an option of 'ps'; did you mean '--fast'? See 'dotnet-forklint ps --help'", "ps", "--fats")]
    [InlineData("forklint: --after counts from the start of a command, but no command is started; leave", "measure", "1", "--after", "5s")]
    [InlineData("forklint: --dry-run starts nothing, so it cannot judge a command; start", "measure", "--dry-run", "--", "true")]
    [InlineData("forklint: --dry-run prints text or JSON only; take --format text or", "measure", "1", "--dry-run", "--format", "html")]
    [InlineData("forklint: --format: 'png' is not one of text, json, html", "trace", "1", "--format", "png")]
    [InlineData("forklint: --hold: '' is not a duration of at most 58 s", "measure", "1", "--hold", "")]
    [InlineData("forklint: --hold: '5' is not a duration of at most 58 s", "measure", "1", "--hold", "5")]
    [InlineData("forklint: --hold: '2m' is not a duration of at most 58 s", "measure", "1", "--hold", "2m")]
    [InlineData("forklint: --max-stall: '0s' is not a duration", "measure", "1", "--max-stall", "0s")]
    [InlineData("forklint: --max-latency: '-1ms' is not a duration", "measure", "1", "--max-latency=-1ms")]
    [InlineData("forklint: --child-writes: '25 MX' is not a size", "measure", "1", "--child-writes", "25 MX")]
    [InlineData("forklint: --max-charge: '0' is not a size", "measure", "1", "--max-charge", "0")]
    [InlineData("forklint: --max-resident: 'lots' is not a size", "measure", "1", "--max-resident", "lots")]
    [InlineData("forklint: --child-size: '250' has no unit: write 250B, 250KiB, 250MiB", "measure", "1", "--child-size", "250")]
    [InlineData("forklint: --child-size: '0x250MiB' does not begin with how many", "measure", "1", "--child-size", "250MiB", "--child-size", "0x250MiB")]
    [InlineData("forklint: Required argument missing for option: '--child-size'", "measure", "1", "--child-size")]
    [InlineData("forklint: --trials: '0' is not a number from 1 to 1000", "measure", "1", "--trials", "0")]
    [InlineData("forklint: --trials: '1.5' is not a number from 1 to 1000", "measure", "1", "--trials", "1.5")]
    [InlineData("forklint: --engine: 'perf' is not one of auto, estimate, agent, ptrace", "measure", "1", "--engine", "perf")]
    [InlineData("forklint: --engine: '1' is not one of auto, estimate, agent", "measure", "1", "--engine", "1")]
    [InlineData("forklint: --format: 'xml' is not one of text, json", "measure", "1", "--format", "xml")]
    [InlineData("forklint: --format: 'xml' is not one of text, json", "ps", "--format", "xml")]
    [InlineData("forklint: --max-charge: '99999EiB' is not a size above zero and up to 8 EiB", "measure", "1", "--max-charge", "99999EiB")]
    [InlineData("forklint: --child-size: '9EiB' is not the size of a child, above zero and up to 1 PiB", "measure", "1", "--child-size", "9EiB")]
    [InlineData("forklint: '--al' is not an option of 'ps'; did you mean '--all'?", "ps", "--al")]
    [InlineData("forklint: '--wha' is not an option of 'measure'; did you mean '--what-if-freed'?", "measure", "--wha")]
    [InlineData("forklint: '--ma' is not an option of 'measure'; see", "measure", "--ma")]
    [InlineData("forklint: '-1' is not a process id", "measure", "-1")]
    [InlineData("forklint: '-99999999999' is not a process id", "trace", "-99999999999")]
    [InlineData("forklint: --name: the name is empty", "measure", "--name", "")]
    [InlineData("forklint: --name: the name is empty", "dump", "-n", " ")]
    [InlineData("forklint: --name: the name is empty", "watch", "-n", "")]
    [InlineData("forklint: --name: the name is empty", "export", "-n", "")]
    [InlineData("forklint: --as-if: ", "measure", "1", "--as-if", "ram=much")]
    [InlineData("forklint: Required argument missing for option: '--name'", "measure", "--name")]
    [InlineData("forklint: Option '--trials' expects a single argument but 2 were provided", "measure", "1", "--trials", "1", "--trials", "2")]
    [InlineData("forklint: 'x' is not an option of 'demo'; see", "demo", "x")]
    [InlineData("forklint: --what-if-freed, --write-measured and --sarif need the heap", "measure", "1", "--no-heap", "--sarif", "x.sarif")]
    [InlineData("forklint: the file missing.sarif does not exist", "measure", "1", "--sarif", "missing.sarif")]
    public void Nonsense_is_one_line_and_exit_code_1(string expected, params string[] args)
    {
        var (exitCode, output, error) = Run(args);
        Assert.StartsWith(expected, error, StringComparison.Ordinal);
        Assert.Equal(1, error.Count(character => character == '\n'));
        Assert.Equal("", output);
        Assert.Equal((int)ExitReason.Usage, exitCode);
    }

    /// <summary>A thread has no memory of its own, and a kernel thread none at all; neither is waited for.</summary>
    [Theory]
    [InlineData("measure")]
    [InlineData("trace")]
    [InlineData("watch")]
    [InlineData("export", "-p")]
    [InlineData("dump", "--check")]
    public void Nothing_but_a_process_is_looked_at(params string[] command)
    {
        var thread = Directory.GetDirectories("/proc/self/task").Select(Path.GetFileName).First(static id => id != Environment.ProcessId.ToString(CultureInfo.InvariantCulture))!;
        var (exitCode, output, error) = Run([.. command, thread]);
        Assert.StartsWith($"forklint: {thread} is the id of a thread of process {Environment.ProcessId}; name process {Environment.ProcessId}", error, StringComparison.Ordinal);
        Assert.Equal("", output);
        Assert.Equal((int)ExitReason.NoSuchProcess, exitCode);

        // In a container process 2 may be another one, or none.
        if (File.Exists("/proc/2/comm") && File.ReadAllText("/proc/2/comm") == "kthreadd\n")
        {
            (exitCode, output, error) = Run([.. command, "2"]);
            Assert.StartsWith("forklint: kthreadd (pid 2) is a kernel thread", error, StringComparison.Ordinal);
            Assert.Equal("", output);
            Assert.Equal((int)ExitReason.NotDotNet, exitCode);
        }
    }

    [Theory]
    [InlineData("dotnet-forklint demo")]
    [InlineData("dotnet-forklint demo", "help")]
    [InlineData("dotnet-forklint demo", "--help")]
    [InlineData("dotnet-forklint ps --fast", "help", "ps")]
    [InlineData("dotnet-forklint ps --fast", "ps", "--help")]
    [InlineData("dotnet-forklint measure --after 10s -- dotnet Shop.Api.dll", "measure", "--help")]
    [InlineData("dotnet-forklint measure --after 10s -- dotnet Shop.Api.dll", "measure", "--hold", "nonsense", "--help")]
    [InlineData("dotnet-forklint demo    needs", "demo", "-h")]
    public void Help_ends_with_examples(string example, params string[] args)
    {
        var (exitCode, output, error) = Run(args);
        Assert.Equal((int)ExitReason.Ok, exitCode);
        Assert.Equal("", error);
        Assert.Contains("Examples:", output, StringComparison.Ordinal);
        Assert.Contains(example, output, StringComparison.Ordinal);
        Assert.DoesNotContain("demo-target", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_visible_command_has_examples_and_every_option_a_description()
    {
        foreach (var command in Application.CreateRoot().Subcommands.Where(command => !command.Hidden))
        {
            Assert.IsType<ExampleCommand>(command);
            Assert.All(command.Options, option => Assert.False(string.IsNullOrWhiteSpace(option.Description)));
            Assert.True(File.Exists(Path.Combine(Repository.Root, "docs", "commands", command.Name + ".md")), $"docs/commands/{command.Name}.md");
        }
    }

    /// <summary>The first word of a choice is what a user has without the option.</summary>
    [Fact]
    public void The_page_of_a_command_names_each_of_its_options_and_each_word_that_it_may_be_given()
    {
        var missing = Application.CreateRoot().Subcommands.Where(command => !command.Hidden).SelectMany(command =>
        {
            var page = Repository.Read($"docs/commands/{command.Name}.md");
            return command.Options.Where(option => !option.Hidden).SelectMany(option => (option.HelpName ?? "").Split('|').Skip(1).Prepend(option.Name))
                .Where(word => !Regex.IsMatch(page, $@"(?<![\w-]){Regex.Escape(word)}(?![\w-])", RegexOptions.IgnoreCase)).Select(word => $"docs/commands/{command.Name}.md does not name '{word}'");
        });
        Assert.True(!missing.Any(), string.Join('\n', missing));
    }

    [Fact]
    public void Each_command_that_looks_at_running_processes_goes_first_where_memory_runs_out() => Assert.Equal(
        ["ps", "measure", "trace", "dump", "watch", "export"],
        Application.CreateRoot().Subcommands.Select(static command => command.Name).Where(Application.IsOffered));

    [Theory]
    [InlineData("README.md")]
    [InlineData("tool/ForkLint.Tool/README.md")]
    public void A_list_of_commands_has_every_command(string file) => Assert.Empty(
        Application.CreateRoot().Subcommands.Where(command => !command.Hidden && !Repository.Read(file).Contains($"docs/commands/{command.Name}.md)", StringComparison.Ordinal)).Select(command => command.Name));

    [Theory]
    [InlineData(3, "process 7 does not exist; look again")]
    [InlineData(6, "it is stopped; continue it")]
    public void An_anticipated_failure_ends_with_its_line_and_its_code(int exitCode, string line)
    {
        var parts = line.Split("; ");
        var (actual, _, error) = Capture(() => CommandRunner.Guard(() => throw new ToolException((ExitReason)exitCode, parts[0], parts[1])));
        Assert.Equal(exitCode, actual);
        Assert.Equal($"forklint: {line}\n", error);

        (actual, _, error) = Capture(() => CommandRunner.Guard(() => throw new MeasureException((ExitReason)exitCode, parts[0], parts[1])));
        Assert.Equal(exitCode, actual);
        Assert.Equal($"forklint: {line}\n", error);
    }

    [Fact]
    public void An_unexpected_failure_is_one_line_too()
    {
        var (exitCode, _, error) = Capture(() => CommandRunner.Guard(() => throw new InvalidOperationException("boom\nbang")));
        Assert.Equal((int)ExitReason.MeasurementFailed, exitCode);
        Assert.Equal("forklint: an unexpected failure, InvalidOperationException: boom bang; run it again with FORKLINT_DEBUG=1 and report what it prints\n", error);
    }

    private static (int ExitCode, string Output, string Error) Run(string[] args) =>
        Capture(() => CommandRunner.Run(Application.CreateRoot(), args, "dotnet-forklint demo"));

    private static (int ExitCode, string Output, string Error) Capture(Func<int> action)
    {
        var (output, error) = (Console.Out, Console.Error);
        using var newOutput = new StringWriter { NewLine = "\n" };
        using var newError = new StringWriter { NewLine = "\n" };
        try
        {
            Console.SetOut(newOutput);
            Console.SetError(newError);
            return (action(), newOutput.ToString(), newError.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
        }
    }
}
