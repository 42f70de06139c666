using System.Globalization;
using ForkLint.TrialFork;

namespace ForkLint.Attacks;

/// <summary>One measurement after the other.</summary>
internal static class RepeatedAttack
{
    private const int ReportsInAll = 10;

    public static Outcome Run(AttackedApplication application, int count, bool isIdle)
    {
        int every = Math.Max(1, count / ReportsInAll);
        var start = application.Measure();
        Size? settled = null;
        int failed = 0;
        for (int round = 1; round <= count; round++)
        {
            try
            {
                _ = Measurer.Run(application.Request, CancellationToken.None);
            }
            catch (MeasureException failure)
            {
                failed++;
                Console.WriteLine($"{round}: {failure.Reason} {failure.Message}");
            }

            if (round % every == 0)
            {
                var now = application.Measure();
                settled ??= application.Settled();
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{round}: {now}"));
            }
        }

        string complaint = application.Complaint();
        var end = application.Settled();
        var first = settled ?? start;
        bool hasGrown = end.Descriptors > first.Descriptors || end.Threads > first.Threads
            || (isIdle && (end.Mappings > first.Mappings + (count / 100) || end.ChargeBytes > first.ChargeBytes + (8 << 20)));
        return new Outcome(failed == 0 && complaint.Length == 0 && !hasGrown, $"{failed} failed, {(complaint.Length == 0 ? "unharmed" : complaint)}; before {start}; settled {first}; at the end {end}");
    }
}
