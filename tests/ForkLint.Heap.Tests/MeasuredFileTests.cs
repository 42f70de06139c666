using ForkLint.Tests.Shared;

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
    public void A_hostile_name_writes_no_line_of_its_own()
    {
        foreach (string hostile in HostileText.Names)
        {
            string text = MeasuredFile.Merge("", [new MemberSize("F:App." + hostile, 9, 1), new MemberSize(hostile, 8, 1), new MemberSize("F:App.A.B", 5, 1)], hostile, Day, keepLargest: false);
            string[] lines = [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.StartsWith('#'))];
            Assert.Contains("F:App.A.B; 5", lines);
            Assert.All(lines, line => Assert.Matches(@"^F:App\.\S*; [59]$", line));
            HostileText.AssertHarmlessOnTerminal(text.Replace("##", "", StringComparison.Ordinal));
        }
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

    [Fact]
    public void What_was_traced_is_a_line_for_each_method_and_program_and_stays_beside_the_sizes()
    {
        string sizes = MeasuredFile.Merge("# mine\n", [new MemberSize("F:A.X", 7, 2)], "p", Day, keepLargest: false);
        string text = MeasuredFile.Merge(sizes, [new MeasuredSpawn("M:A.Run", 812, 509607936, "ffmpeg"), new MeasuredSpawn("M:A.Run", 1, null, "git"), new MeasuredSpawn("M:Program.{Main}$", 3, 4096, null)], "p", Day, keepLargest: false);
        Assert.Equal(
            [
                "# mine", "# 2026-03-04, p, 2 instances", "F:A.X; 7", "# 2026-03-04, p, 812 starts", "M:A.Run; starts=812; peak=509607936; program=ffmpeg",
                "# 2026-03-04, p, 1 start", "M:A.Run; starts=1; program=git", "# 2026-03-04, p, 3 starts", "M:Program.{Main}$; starts=3; peak=4096",
            ],
            text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1));
        Assert.Equal(text, MeasuredFile.Merge(text, [new MemberSize("F:A.X", 7, 2)], "p", Day, keepLargest: false));
        Assert.Equal(text, MeasuredFile.Merge(text, [new MeasuredSpawn("M:A.Run", 1, 5, "ffmpeg")], "p", Day, keepLargest: true));
        Assert.Contains("M:A.Run; starts=1; peak=5; program=ffmpeg\n", MeasuredFile.Merge(text, [new MeasuredSpawn("M:A.Run", 1, 5, "ffmpeg")], "p", Day, keepLargest: false), StringComparison.Ordinal);
    }

    [Fact]
    public void The_heading_of_older_versions_is_replaced()
    {
        const string before = "# What members were seen to keep alive in a running process, in bytes. Written by dotnet-forklint measure --write-measured.\n# old\nF:A.X; 10\n";
        string text = MeasuredFile.Merge(before, [new MemberSize("F:A.Y", 7, 2)], "p", Day, keepLargest: false);
        Assert.DoesNotContain("What members were seen", text, StringComparison.Ordinal);
        Assert.Contains("# old\nF:A.X; 10\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hostile_program_writes_no_part_and_no_line_of_its_own()
    {
        foreach (string hostile in HostileText.Names)
        {
            string text = MeasuredFile.Merge("", [new MeasuredSpawn("M:A.Run", 1, 5, hostile), new MeasuredSpawn("M:" + hostile, 9, 9, "x")], hostile, Day, keepLargest: false);
            string[] lines = [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.StartsWith("M:A.Run", StringComparison.Ordinal))];
            Assert.Matches("^M:A.Run; starts=1; peak=5(; program=[^;]+)?$", Assert.Single(lines));
            Assert.True(MeasuredSpawn.TryParse(lines[0], out _));
            HostileText.AssertHarmlessOnTerminal(text.Replace("##", "", StringComparison.Ordinal));
        }
    }
}
