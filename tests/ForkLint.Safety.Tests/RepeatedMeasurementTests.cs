using ForkLint.Linux;
using ForkLint.Safety.Tests.Support;

namespace ForkLint.Safety.Tests;

/// <summary>An application that is measured again and again, by one tool and by several at once.</summary>
public sealed class RepeatedMeasurementTests : IDisposable
{
    private const long MiB = 1 << 20;
    private readonly AttackedTarget _target = AttackedTarget.Start("hold", "managed=20000000");

    public void Dispose() => _target.Dispose();

    [Fact]
    public void Twenty_in_a_row_add_nothing_to_the_first()
    {
        const int times = 20;
        _target.MeasureCompletely();
        var first = Settled(static _ => false);
        _target.RequireUnharmed("the first");
        int threads = ProcFiles.ThreadCount(_target.Pid);
        var descriptors = ProcFiles.Descriptors(_target.Pid);
        for (int round = 0; round < times; round++)
        {
            _target.MeasureCompletely();
        }

        _target.RequireUnharmed("the last");
        Until.Holds(() => ProcFiles.ThreadCount(_target.Pid) <= threads, $"more than {threads} threads");
        Assert.Equal(descriptors, ProcFiles.Descriptors(_target.Pid));

        // Not even one mapping a measurement stays: an agent's code takes a dozen of them until it is collected.
        bool IsGrown(IReadOnlyList<Mapping> now) => now.Count >= first.Count + times || Growth(first, now) > MiB;
        var last = Settled(IsGrown);
        Assert.False(IsGrown(last), $"{first.Count} mappings became {last.Count}, and the charge grew by {Growth(first, last)}");
    }

    [Fact]
    public void Tools_at_the_same_time_take_turns()
    {
        var tools = Enumerable.Range(0, 3).Select(_ => _target.StartTool("hold=0.1", "writes=100000")).ToList();
        try
        {
            foreach (var tool in tools)
            {
                var outcome = tool.Finish();
                Assert.True(outcome.ExitCode == 0, outcome.Output);
                Assert.Equal(outcome.Figures.GetProperty("predicted").GetInt64(), outcome.Figures.GetProperty("charged").GetInt64());
            }
        }
        finally
        {
            tools.ForEach(static tool => tool.Dispose());
        }

        _target.RequireUnharmed();
    }

    private static long Growth(IReadOnlyList<Mapping> first, IReadOnlyList<Mapping> last) => CommitCharge.PredictBytes(last) - CommitCharge.PredictBytes(first);

    /// <summary>
    /// The mappings once the application has collected its garbage, to which an agent's assembly and code belong when its work is done.
    /// The collection is the application's own: one that a measurement makes would leave the agent that asked for it.
    /// </summary>
    private IReadOnlyList<Mapping> Settled(Func<IReadOnlyList<Mapping>, bool> isGrown)
    {
        IReadOnlyList<Mapping> now;
        int collections = 0;
        do
        {
            Assert.Equal("Collected", _target.Live.Ask("Collect"));
            now = new ProcessFiles(_target.Pid).Mappings().Value;
        }
        while (++collections < 20 && isGrown(now));

        return now;
    }
}
