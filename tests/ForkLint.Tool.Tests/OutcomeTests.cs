using ForkLint.Tool.CommandLine;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Tests;

/// <summary>What was measured is told, whatever becomes of the files that it goes to. A second failure goes to the console, which other tests listen to.</summary>
[Collection("console")]
public class OutcomeTests
{
    [Fact]
    public void Each_part_is_tried_and_the_first_failure_ends_the_command()
    {
        var outcome = new Outcome();
        var done = new List<string>();
        Assert.False(outcome.Try(static () => throw new ToolException(ExitReason.MeasurementFailed, "first")));
        Assert.True(outcome.Try(() => done.Add("second")));
        Assert.False(outcome.Try(static () => throw new ToolException(ExitReason.Usage, "third")));
        Assert.True(outcome.Try(() => done.Add("fourth")));

        Assert.Equal(["second", "fourth"], done);
        var failure = Assert.Throws<ToolException>(outcome.Require);
        Assert.Equal(("first", ExitReason.MeasurementFailed), (failure.Message, failure.Reason));
    }

    [Fact]
    public void A_report_whose_file_cannot_be_written_is_printed_instead()
    {
        var outcome = new Outcome();
        var isPrinted = false;
        outcome.Deliver("/dev/full", "the report", () =>
        {
            isPrinted = true;
            return "";
        });
        Assert.True(isPrinted);
        Assert.StartsWith("the report could not be written to '/dev/full'", Assert.Throws<ToolException>(outcome.Require).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_wrong_where_all_is_done()
    {
        var outcome = new Outcome();
        outcome.Deliver("/dev/null", "the report", static () => throw new InvalidOperationException("not asked for"));
        outcome.Require();
    }
}
