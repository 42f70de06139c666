using ForkLint.Verification;

namespace ForkLint.Analyzers.Spawning;

/// <summary>Every form of <c>Process.Start</c>, and what only looks like one.</summary>
public class ProcessStartTests
{
    [Fact]
    public void Every_form_is_a_spawn() => Assert.Equal(
        Enumerable.Repeat("shares Process.Start", 7),
        SpawnProbe.SpawnsOf(Lint.CSharp(
            """
            class Tool : Process
            {
                void Own() { Start(); base.Start(); this.Start(); }
            }
            class C
            {
                void M(Process process, Tool tool)
                {
                    Process.Start("git");
                    Process.Start("git", new[] { "status" });
                    process.Start();
                    tool.Start();
                }
            }
            """)));

    [Fact]
    public void A_conditional_access_and_a_lambda_spawn_too() => Assert.Equal(
        Enumerable.Repeat("shares Process.Start", 3),
        SpawnProbe.SpawnsOf(Lint.CSharp(
            """
            class C
            {
                void M(Process? process)
                {
                    process?.Start();
                    Task.Run(() => Process.Start("git"));
                    void Local() => Process.Start("git");
                    Local();
                }
            }
            """)));

    [Fact]
    public void The_members_that_came_with_NET_11_are_known_by_name() => Assert.Equal(
        [
            "shares SafeProcessHandle.Start", "shares Process.StartAndForget", "shares Process.RunAndCaptureText",
            "shares Process.RunAndCaptureTextAsync", "shares Process.Run",
        ],
        SpawnProbe.SpawnsOf(Lint.CSharp(
            """
            namespace Microsoft.Win32.SafeHandles
            {
                class SafeProcessHandle { public static SafeProcessHandle Start(System.Diagnostics.ProcessStartInfo info) => null!; }
            }
            namespace System.Diagnostics
            {
                class ProcessStartInfo;
                class Process
                {
                    public static int StartAndForget(string file) => 0;
                    public static string RunAndCaptureText(string file) => "";
                    public static string RunAndCaptureTextAsync(string file) => "";
                    public static int Run(ProcessStartInfo info) => 0;
                    public ProcessStartInfo StartInfo => null!;
                }
            }
            class C
            {
                void M(System.Diagnostics.ProcessStartInfo info)
                {
                    Microsoft.Win32.SafeHandles.SafeProcessHandle.Start(info);
                    Process.StartAndForget("git");
                    Process.RunAndCaptureText("git");
                    Process.RunAndCaptureTextAsync("git");
                    Process.Run(info);
                }
            }
            """)));

    [Fact]
    public void Running_a_process_waits_for_it()
    {
        var code = Lint.CSharp(
            """
            namespace System.Diagnostics { class Process { public static int Run(string file) => 0; public static int Start(string file) => 0; } }
            class C { void M() { Process.Run("git"); Process.Start("git"); } }
            """);
        var compilation = code.Compile();
        var catalog = SpawnProbe.Catalog(code, compilation)!;
        var sites = Operations.Of<Microsoft.CodeAnalysis.Operations.IInvocationOperation>(compilation).Select(call => catalog.Classify(call)!);
        Assert.Equal([true, false], sites.Select(site => site.WaitsForChild));
    }

    [Fact]
    public void Other_members_of_these_names_are_none() => Assert.Empty(
        SpawnProbe.SpawnsOf(Lint.CSharp(
            """
            class Server { public void Start() { } public static void Run(Action action) => action(); public int Fork() => 0; public void fork() { } }
            class Process2 { public static void Start(string file) { } }
            namespace My { class Process { public static void Start(string file) { } public void Run() { } } }
            class C
            {
                event Action? Started;
                async Task M(Server server, Process process, Stopwatch watch, Thread thread, System.Timers.Timer timer)
                {
                    server.Start();
                    Server.Run(() => { });
                    server.Fork();
                    server.fork();
                    Process2.Start("git");
                    My.Process.Start("git");
                    new My.Process().Run();
                    watch.Start();
                    Stopwatch.StartNew();
                    thread.Start();
                    timer.Start();
                    await Task.Run(() => 1);
                    _ = Task.Factory.StartNew(() => 1);
                    _ = process.StartInfo.FileName + process.StartTime;
                    process.WaitForExit();
                    Process.GetCurrentProcess().Refresh();
                    Func<string, System.Diagnostics.Process?> group = System.Diagnostics.Process.Start;
                    _ = nameof(System.Diagnostics.Process.Start);
                    Started?.Invoke();
                }
            }
            """)));

    [Theory]
    [InlineData("var info = new ProcessStartInfo(\"git\") { UserName = \"nobody\" }; Process.Start(info);")]
    [InlineData("var info = new ProcessStartInfo(\"git\"); info.UserName = user; Process.Start(info);")]
    [InlineData("Process.Start(new ProcessStartInfo { FileName = \"git\", UserName = user });")]
    [InlineData("using var process = new Process(); process.StartInfo.UserName = user; process.Start();")]
    [InlineData("using var process = new Process { StartInfo = { UserName = user } }; process.Start();")]
    [InlineData("using var process = new Process { StartInfo = new ProcessStartInfo { UserName = user } }; process.Start();")]
    [InlineData("var info = new ProcessStartInfo { UserName = user }; using var process = new Process { StartInfo = info }; process.Start();")]
    [InlineData("var info = new ProcessStartInfo { UserName = user }; using var process = new Process(); process.StartInfo = info; process.Start();")]
    [InlineData("var info = new ProcessStartInfo(); var same = info; same.UserName = user; Process.Start(same);")]
    [InlineData("_info.UserName = user; Process.Start(_info);")]
    [InlineData("if (user.Length > 0) { given.UserName = user; } Process.Start(given);")]
    public void UserName_forks_on_musl_where_the_body_sets_it(string body)
    {
        Assert.Equal(
            "duplicates Process.Start [UserName is set, which forks on musl (linux-musl-x64)]",
            Assert.Single(SpawnProbe.SpawnsOf(With(body).BuildProperty("RuntimeIdentifier", "linux-musl-x64"))));
        Assert.Equal("shares Process.Start", Assert.Single(SpawnProbe.SpawnsOf(With(body).BuildProperty("RuntimeIdentifier", "linux-x64"))));
    }

    [Theory]
    [InlineData("Process.Start(new ProcessStartInfo(\"git\"));")]
    [InlineData("Process.Start(new ProcessStartInfo { FileName = \"git\", UserName = \"\" });")]
    [InlineData("Process.Start(new ProcessStartInfo { FileName = \"git\", WorkingDirectory = user });")]
    [InlineData("var other = new ProcessStartInfo { UserName = user }; var info = new ProcessStartInfo(); Process.Start(info);")]
    [InlineData("var account = new Account { UserName = user }; Process.Start(given);")]
    [InlineData("Process.Start(\"git\");")]
    public void UserName_elsewhere_changes_nothing(string body) =>
        Assert.Equal("shares Process.Start", Assert.Single(SpawnProbe.SpawnsOf(With(body).BuildProperty("RuntimeIdentifier", "linux-musl-x64"))));

    [Fact]
    public void UserName_forks_on_macOS_where_posix_spawn_cannot_set_it() => Assert.Equal(
        "duplicates uncharged Process.Start [UserName is set, which forks on macOS (osx-arm64)]",
        Assert.Single(SpawnProbe.SpawnsOf(With("Process.Start(new ProcessStartInfo { UserName = user });")
            .BuildProperty("TargetFramework", "net11.0").BuildProperty("RuntimeIdentifier", "osx-arm64"))));

    [Fact]
    public void The_model_option_is_the_one_of_the_spawns_file() => Assert.Equal(
        "duplicates Process.Start [forklint.process_start_model says so]",
        Assert.Single(SpawnProbe.SpawnsOf(With("Process.Start(\"git\");").Option("forklint.process_start_model", "duplicates", Lint.MainFile))));

    private static Lint With(string body) => Lint.CSharp(
        $$"""
        class Account { public string UserName { get; set; } = ""; }
        class C
        {
            readonly ProcessStartInfo _info = new();
            void M(string user, ProcessStartInfo given)
            {
                {{body}}
            }
        }
        """);
}
