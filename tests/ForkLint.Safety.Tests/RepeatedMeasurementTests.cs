using ForkLint.Linux;
using ForkLint.Safety.Tests.Support;
using ForkLint.TrialFork;

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
        CollectWhile(_ => false);
        _target.RequireUnharmed("the first");
        int threads = ProcFiles.ThreadCount(_target.Pid);
        var descriptors = ProcFiles.Descriptors(_target.Pid);
        var first = Mappings();
        for (int round = 1; round < times; round++)
        {
            _target.MeasureCompletely();
        }

        _target.RequireUnharmed("the last");
        Until.Holds(() => ProcFiles.ThreadCount(_target.Pid) <= threads, $"more than {threads} threads");
        Assert.Equal(descriptors, ProcFiles.Descriptors(_target.Pid));

        // Less than one agent's worth: its code takes a dozen mappings until it is collected.
        bool IsGrown(IReadOnlyList<Mapping> last) => last.Count > first.Count + 10 || Growth(first, last) > MiB;
        var last = CollectWhile(IsGrown);
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

    private IReadOnlyList<Mapping> Mappings() => new ProcessFiles(_target.Pid).Mappings().Value;

    /// <summary>
    /// What an agent leaves on the managed heap, its assembly and code, is garbage like the application's own. It takes two collections:
    /// the finalizer that the first one runs lets the second one unload the assembly. Each of these measurements makes one.
    /// </summary>
    private IReadOnlyList<Mapping> CollectWhile(Func<IReadOnlyList<Mapping>, bool> isGrown)
    {
        for (int collection = 0; collection < 2 || (collection < 20 && isGrown(Mappings())); collection++)
        {
            Measurer.Run(_target.Request with { MaxTrials = 1, Verify = true }, CancellationToken.None);
        }

        return Mappings();
    }
}
