using System.Globalization;
using ForkLint.Safety.Tests.Support;
using ForkLint.TrialFork;

namespace ForkLint.Safety.Tests;

/// <summary>
/// The application is nearly out of file descriptors. A runtime that cannot open a startup hook ends its application, so it must not get
/// one; with a few more descriptors everything works.
/// </summary>
public sealed class ScarceDescriptorsTests : IDisposable
{
    private readonly AttackedTarget _target = AttackedTarget.Start("hold");

    public void Dispose() => _target.Dispose();

    [Fact]
    public void It_is_refused_or_measured_and_lives_at_every_number_left()
    {
        int measured = 0;
        int refused = 0;
        foreach (int left in new[] { 0, 1, 2, 3, 5, 8, 16, 32, 64 })
        {
            SetLimit(LimitThatLeaves(left));
            try
            {
                _target.MeasureCompletely();
                measured++;
            }
            catch (MeasureException failure)
            {
                Assert.Equal(ExitReason.RefusedForSafety, failure.Reason);
                Assert.Contains("files", failure.Message, StringComparison.Ordinal);
                refused++;
            }

            Assert.False(_target.Live.HasExited, $"with {left} descriptors left the application ended");
            SetLimit(1024);
            _target.RequireUnharmed($"{left} left");
        }

        Assert.True(measured > 0 && refused > 0, $"{measured} measured, {refused} refused");
    }

    /// <summary>The limit below which exactly this many numbers are free: the kernel gives the lowest free one.</summary>
    private int LimitThatLeaves(int free)
    {
        var used = Directory.GetFileSystemEntries($"/proc/{_target.Pid}/fd").Select(static path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture)).ToHashSet();
        return Enumerable.Range(0, int.MaxValue).Where(number => !used.Contains(number)).ElementAt(free);
    }

    private void SetLimit(int number) => Shell.Run("prlimit", $"--pid={_target.Pid}", $"--nofile={number}:");
}
