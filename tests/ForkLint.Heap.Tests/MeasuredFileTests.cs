namespace ForkLint.Heap.Tests;

public sealed class MeasuredFileTests
{
    private static readonly DateOnly Day = new(2026, 3, 4);

    [Fact]
    public void Each_member_is_a_line_with_its_size_and_where_it_comes_from()
    {
        string text = MeasuredFile.Merge("", [new MemberSize("F:App.Cache.Table", 209715200, 1), new MemberSize("F:App.A.B", 5, 3)], "shop", Day, keepLargest: false);
        Assert.Equal(
            ["# 2026-03-04, shop, 3 instances", "F:App.A.B; 5", "# 2026-03-04, shop, 1 instance", "F:App.Cache.Table; 209715200"],
            text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1));
    }

    [Fact]
    public void The_latest_run_replaces_and_leaves_what_it_did_not_see()
    {
        const string before = "# mine\n# old\nF:A.X; 10\nF:A.Y; 20\n";
        string text = MeasuredFile.Merge(before, [new MemberSize("F:A.X", 7, 1)], "p", Day, keepLargest: false);
        Assert.Contains("F:A.X; 7\n", text, StringComparison.Ordinal);
        Assert.Contains("F:A.Y; 20\n", text, StringComparison.Ordinal);
        Assert.Contains("# mine\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("# old", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_larger_of_two_runs_is_kept_where_that_is_asked_for()
    {
        const string before = "# old\nF:A.X; 10\nF:A.Y; 20\n";
        string text = MeasuredFile.Merge(before, [new MemberSize("F:A.X", 7, 1), new MemberSize("F:A.Y", 30, 1)], "p", Day, keepLargest: true);
        Assert.Contains("# old\nF:A.X; 10\n", text, StringComparison.Ordinal);
        Assert.Contains("F:A.Y; 30\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Writing_twice_changes_nothing()
    {
        MemberSize[] members = [new("F:A.X", 7, 2)];
        string once = MeasuredFile.Merge("", members, "p", Day, keepLargest: false);
        Assert.Equal(once, MeasuredFile.Merge(once, members, "p", Day, keepLargest: false));
    }
}
