using ForkLint.Tool.Commands;
using ForkLint.Tool.Rendering;

namespace ForkLint.Tool.Tests;

public sealed class BudgetsTests
{
    [Fact]
    public void Without_budgets_nothing_is_judged() => Assert.Empty(new Budgets(null, null, null).Judge(SampleReports.Agent));

    [Fact]
    public void A_budget_is_exceeded_by_more_and_kept_by_equal()
    {
        var charge = 270 * SampleReports.MiB;
        Assert.False(new Budgets(charge, null, null).Judge(SampleReports.Agent).Single().Exceeded);
        Assert.True(new Budgets(charge - 1, null, null).Judge(SampleReports.Agent).Single().Exceeded);
    }

    [Fact]
    public void The_resident_budget_is_the_childs_anonymous_memory_and_the_latency_budget_the_median()
    {
        var judged = new Budgets(null, 261 * SampleReports.MiB, TimeSpan.FromMilliseconds(8)).Judge(SampleReports.Agent);
        Assert.Equal(["max-resident", "max-latency"], judged.Select(budget => budget.Name));
        Assert.Equal([false, true], judged.Select(budget => budget.Exceeded));
        Assert.Equal(8120, judged[1].Actual);
    }

    [Fact]
    public void What_could_not_be_measured_counts_as_exceeded()
    {
        var judged = new Budgets(null, 1L << 40, TimeSpan.FromSeconds(1)).Judge(SampleReports.Failed);
        Assert.All(judged, budget => Assert.True(budget is { Exceeded: true, Actual: null }));
        Assert.Equal("Over budget: the fork latency could not be measured, so the budget of 1.00 s is not known to be kept (--max-latency).", BudgetText.Describe(judged[1]));
    }

    [Fact]
    public void An_estimate_is_judged_by_what_its_child_would_have()
    {
        var budget = new Budgets(null, 200 * SampleReports.MiB, null).Judge(SampleReports.Estimate).Single();
        Assert.True(budget.Exceeded);
        Assert.Equal("Over budget: the anonymous memory of the child is 261.0 MiB, the budget is 200 MiB (--max-resident).", BudgetText.Describe(budget));
    }
}
