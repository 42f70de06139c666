using ForkLint.Tool.CommandLine;
using ForkLint.Tool.Processes;
using ForkLint.Tool.Rendering;
using ForkLint.Tool.Report;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Tests;

[Collection("console")]
public sealed class ProcessNameTests
{
    [Theory]
    [InlineData("App", "dotnet", "bin/App.dll")]
    [InlineData("App", "/usr/bin/dotnet", "exec", "--depsfile", "x.deps.json", "/srv/App.DLL", "arg.dll")]
    [InlineData("Shop.Api", "/srv/shop/Shop.Api", "--urls", "http://*:80")]
    [InlineData("dotnet", "dotnet", "--info")]
    [InlineData("dotnet", "dotnet", "build")]
    [InlineData("a b", "/opt/a b")]
    [InlineData(null)]
    [InlineData(null, "")]
    public void A_process_is_called_by_its_entry_assembly(string? expected, params string[] arguments) =>
        Assert.Equal(expected, ProcessName.FromArguments(arguments));

    [Fact]
    public void A_socket_names_a_process_by_its_id_and_start_time()
    {
        var folder = Directory.CreateTempSubdirectory("forklint-sockets-").FullName;
        foreach (var name in new[] { "dotnet-diagnostic-7-1234-socket", "dotnet-diagnostic-x-1-socket", "dotnet-diagnostic-8-socket", "dotnet-diagnostic-9-99999999999999999999-socket", "clr-debug-pipe-7-1234-in" })
        {
            File.WriteAllText(Path.Combine(folder, name), "");
        }

        Assert.Equal([new ProcessIdentity(7, 1234)], RuntimeSight.WithSocket(folder));
        Directory.Delete(folder, recursive: true);
        Assert.Empty(RuntimeSight.WithSocket(folder));
    }

    [Fact]
    public void One_match_is_the_process_and_no_match_is_exit_3()
    {
        Assert.Equal(7, NameResolver.Choose("App", [new ProcessListEntry { Pid = 7, Name = "App" }]));
        var failure = Assert.Throws<ToolException>(() => NameResolver.Choose("App", []));
        Assert.Equal(ExitReason.NoSuchProcess, failure.Reason);
    }

    [Fact]
    public void Several_matches_are_exit_1()
    {
        var failure = Assert.Throws<ToolException>(() => NameResolver.Choose("App", [new ProcessListEntry { Pid = 7, Name = "App" }, new ProcessListEntry { Pid = 8, Name = "App" }]));
        Assert.Equal(ExitReason.Usage, failure.Reason);
        Assert.Contains("'App' means 2 processes", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("shop.api", 7)]
    [InlineData("Shop.Api.Worker", 8)]
    [InlineData("work", 8)]
    [InlineData("Shop", 7, 8)]
    [InlineData("App")]
    [InlineData("")]
    public void A_name_means_those_that_have_it_else_those_that_have_it_in_theirs(string name, params int[] pids) => Assert.Equal(
        pids,
        NameResolver.Matches(name, [new ProcessListEntry { Pid = 7, Name = "Shop.Api" }, new ProcessListEntry { Pid = 8, Name = "Shop.Api.Worker" }]).Select(static entry => entry.Pid));

    [Fact]
    public void The_list_lines_up_and_shows_what_is_not_known()
    {
        IReadOnlyList<ProcessListEntry> processes =
        [
            new ProcessListEntry { Pid = 812, Name = "Shop.Api", Runtime = "10.0.12", ResidentBytes = 300L << 20, UniqueBytes = 280L << 20, CommitChargeBytes = 270L << 20, ForkSucceeds = true, CommandLine = "/usr/bin/dotnet Shop.Api.dll \"a b\"" },
            new ProcessListEntry { Pid = 90210, Name = "Worker", ResidentBytes = 4096 },
            new ProcessListEntry { Pid = 90211, Name = "Huge", Runtime = "8.0.1", ResidentBytes = 4096, UniqueBytes = 4096, CommitChargeBytes = 40L << 30, ForkSucceeds = false },
        ];
        GoldenText.Verify("ProcessList", ProcessListText.Render(processes, isFast: false, TextStyle.Plain));
        GoldenText.Verify("ProcessListFast", ProcessListText.Render(processes, isFast: true, TextStyle.Plain));
        Assert.Equal("No .NET process was found that this user may see.\n", ProcessListText.Render([], isFast: false, TextStyle.Plain));
    }

    [Theory]
    [InlineData(40, "PID NAME FORK")]
    [InlineData(60, "PID NAME FORK-CHARGE FORK ROOM-FOR-A-CHILD")]
    [InlineData(80, "PID NAME RUNTIME RSS FORK-CHARGE FORK ROOM-FOR-A-CHILD")]
    [InlineData(110, "PID NAME RUNTIME RSS USS FORK-CHARGE FORK ROOM-FOR-A-CHILD COMMAND")]
    public void On_a_terminal_no_line_is_longer_than_it_is_wide_and_the_name_is_cut_last(int columns, string headings)
    {
        IReadOnlyList<ProcessListEntry> processes =
        [
            new ProcessListEntry { Pid = 4242, Name = "Shop.Api", Runtime = "10.0.12", ResidentBytes = 270L << 20, UniqueBytes = 242L << 20, CommitChargeBytes = 316L << 20, ForkSucceeds = true, RoomBytes = 22L << 30, CommandLine = "/srv/shop/Shop.Api --urls http://localhost:5000" },
            new ProcessListEntry { Pid = 7, Name = "::x", CommandLine = "##[error]" },
        ];
        var lines = ProcessListText.Render(processes, isFast: false, TextStyle.Plain, columns).TrimEnd('\n').Split('\n');
        Assert.All(lines, line => Assert.InRange(line.Length, 1, columns));
        Assert.Equal(headings, System.Text.RegularExpressions.Regex.Replace(lines[0].Trim().Replace("FORK CHARGE", "FORK-CHARGE", StringComparison.Ordinal).Replace("ROOM FOR A CHILD", "ROOM-FOR-A-CHILD", StringComparison.Ordinal), " +", " "));
        Assert.Contains("Shop.Api", lines[1], StringComparison.Ordinal);

        var narrow = ProcessListText.Render(processes, isFast: true, TextStyle.Plain, 10).TrimEnd('\n').Split('\n');
        Assert.Equal([" PID  NAME", "4242  Sho…", "   7  \\u0…"], narrow);
    }

    [Theory]
    [InlineData("redis-server *:6379", "redis-server", "redis-server")]
    [InlineData("postgres: checkpointer", "postgres", "postgres")]
    [InlineData("nginx: master process /usr/sbin/nginx -g daemon off;", "nginx", "nginx")]
    [InlineData("/usr/lib/chromium/chromium --type=renderer --crashpad=/usr/lib/x", "chromium", "chromium")]
    [InlineData("/opt/headless/chrome-headless-shell --type=gpu-process", "chrome-headless", "chrome-headless-shell")]
    [InlineData("My App", "My App", "My App")]
    [InlineData("/opt/My Apps/Shop.Api", "Shop.Api", "Shop.Api")]
    [InlineData("/opt/My Own Long Application", "My Own Long App", "My Own Long Application")]
    [InlineData("redis-server", "redis-server", "redis-server")]
    [InlineData("", "kworker", "kworker")]
    public void A_title_that_a_program_wrote_over_its_command_line_is_no_name(string commandLine, string command, string expected) =>
        Assert.Equal(expected, ProcessName.Of([commandLine], command));
}
