using ForkLint.Tool.CommandLine;

namespace ForkLint.Tool.Tests;

/// <summary>The command line as a user mistypes it. These tests redirect the console, so they share a collection.</summary>
[Collection("console")]
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("forklint: no command was given; see 'dotnet-forklint --help'")]
    [InlineData("forklint: 'mesure' is neither a command nor an option; see", "mesure", "42")]
    [InlineData("forklint: nothing to measure was named; give a PID", "measure")]
    [InlineData("forklint: 'abc' is not a process id; give a number", "measure", "abc")]
    [InlineData("forklint: '-5' is no option of measure; see", "measure", "-5")]
    [InlineData("forklint: '0' is not a process id; give a number", "measure", "0")]
    [InlineData("forklint: '99999999999' is not a process id; give a number", "measure", "99999999999")]
    [InlineData("forklint: one process is measured at a time, but 2 were named: 1 2; to start a command", "measure", "1", "2")]
    [InlineData("forklint: a process is named in one way only; give a PID", "measure", "1", "--name", "x")]
    [InlineData("forklint: a process is named in one way only; give a PID", "measure", "1", "--", "x")]
    [InlineData("forklint: there is no command after --; write", "measure", "--")]
    [InlineData("forklint: '--nonsense' is no option of measure; see", "measure", "--nonsense")]
    [InlineData("forklint: '--fats' is no option of ps; see 'dotnet-forklint ps --help'", "ps", "--fats")]
    [InlineData("forklint: --after counts from the start of a command, and no command is started; leave", "measure", "1", "--after", "5s")]
    [InlineData("forklint: --dry-run starts nothing, so it cannot judge a command; start", "measure", "--dry-run", "--", "true")]
    [InlineData("forklint: '' is not a duration of at most 58 s", "measure", "1", "--hold", "")]
    [InlineData("forklint: '5' is not a duration of at most 58 s", "measure", "1", "--hold", "5")]
    [InlineData("forklint: '2m' is not a duration of at most 58 s", "measure", "1", "--hold", "2m")]
    [InlineData("forklint: '0s' is not a duration", "measure", "1", "--max-stall", "0s")]
    [InlineData("forklint: '-1ms' is not a duration", "measure", "1", "--max-latency=-1ms")]
    [InlineData("forklint: '25 MX' is not a size", "measure", "1", "--child-writes", "25 MX")]
    [InlineData("forklint: '0' is not a size", "measure", "1", "--max-charge", "0")]
    [InlineData("forklint: 'lots' is not a size", "measure", "1", "--max-resident", "lots")]
    [InlineData("forklint: '0' is not a number from 1 to 1000", "measure", "1", "--trials", "0")]
    [InlineData("forklint: '1.5' is not a number from 1 to 1000", "measure", "1", "--trials", "1.5")]
    [InlineData("forklint: 'ptrace' is not one of auto, estimate, agent", "measure", "1", "--engine", "ptrace")]
    [InlineData("forklint: '1' is not one of auto, estimate, agent", "measure", "1", "--engine", "1")]
    [InlineData("forklint: 'xml' is not one of text, json", "measure", "1", "--format", "xml")]
    [InlineData("forklint: 'xml' is not one of text, json", "ps", "--format", "xml")]
    [InlineData("forklint: --as-if: ", "measure", "1", "--as-if", "ram=much")]
    [InlineData("forklint: Required argument missing for option: '--name'", "measure", "--name")]
    [InlineData("forklint: Option '--trials' expects a single argument but 2 were provided", "measure", "1", "--trials", "1", "--trials", "2")]
    [InlineData("forklint: 'x' is no option of demo; see", "demo", "x")]
    [InlineData("forklint: --what-if-freed, --write-measured and --sarif need the heap", "measure", "1", "--no-heap", "--sarif", "x.sarif")]
    [InlineData("forklint: there is no file missing.sarif", "measure", "1", "--sarif", "missing.sarif")]
    public void Nonsense_is_one_line_and_exit_code_1(string expected, params string[] args)
    {
        var (exitCode, output, error) = Run(args);
        Assert.StartsWith(expected, error, StringComparison.Ordinal);
        Assert.Equal(1, error.Count(character => character == '\n'));
        Assert.Equal("", output);
        Assert.Equal(ExitCode.Usage, exitCode);
    }

    [Theory]
    [InlineData("dotnet-forklint demo", "--help")]
    [InlineData("dotnet-forklint ps --fast", "ps", "--help")]
    [InlineData("dotnet-forklint measure --after 10s -- dotnet Shop.Api.dll", "measure", "--help")]
    [InlineData("dotnet-forklint measure --after 10s -- dotnet Shop.Api.dll", "measure", "--hold", "nonsense", "--help")]
    [InlineData("dotnet-forklint demo    needs", "demo", "-h")]
    public void Help_ends_with_examples(string example, params string[] args)
    {
        var (exitCode, output, error) = Run(args);
        Assert.Equal(ExitCode.Ok, exitCode);
        Assert.Equal("", error);
        Assert.Contains("Examples:", output, StringComparison.Ordinal);
        Assert.Contains(example, output, StringComparison.Ordinal);
        Assert.DoesNotContain("demo-target", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_visible_command_has_examples_and_every_option_a_description()
    {
        foreach (var command in Program.CreateRoot().Subcommands.Where(command => !command.Hidden))
        {
            Assert.IsType<ExampleCommand>(command);
            Assert.All(command.Options, option => Assert.False(string.IsNullOrWhiteSpace(option.Description)));
            Assert.True(File.Exists(Path.Combine(Repository.Root, "docs", "commands", command.Name + ".md")), $"docs/commands/{command.Name}.md");
        }
    }

    [Theory]
    [InlineData(3, "there is no process 7; look again")]
    [InlineData(6, "it is stopped; continue it")]
    public void An_anticipated_failure_ends_with_its_line_and_its_code(int exitCode, string line)
    {
        var parts = line.Split("; ");
        var (actual, _, error) = Capture(() => CommandRunner.Guard(() => throw new ToolException(exitCode, parts[0], parts[1])));
        Assert.Equal(exitCode, actual);
        Assert.Equal($"forklint: {line}\n", error);

        (actual, _, error) = Capture(() => CommandRunner.Guard(() => throw new TrialFork.MeasureException((TrialFork.ExitReason)exitCode, parts[0], parts[1])));
        Assert.Equal(exitCode, actual);
        Assert.Equal($"forklint: {line}\n", error);
    }

    [Fact]
    public void An_unexpected_failure_is_one_line_too()
    {
        var (exitCode, _, error) = Capture(() => CommandRunner.Guard(() => throw new InvalidOperationException("boom\nbang")));
        Assert.Equal(ExitCode.Failed, exitCode);
        Assert.Equal("forklint: an unexpected failure, InvalidOperationException: boom bang; run it again with FORKLINT_DEBUG=1 and report what it prints\n", error);
    }

    private static (int ExitCode, string Output, string Error) Run(string[] args) =>
        Capture(() => CommandRunner.Run(Program.CreateRoot(), args, "dotnet-forklint demo"));

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
