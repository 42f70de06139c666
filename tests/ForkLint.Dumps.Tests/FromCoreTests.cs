using System.Text.Json;
using System.Text.RegularExpressions;
using ForkLint.Linux;
using ForkLint.LiveTargets;

namespace ForkLint.Dumps.Tests;

/// <summary><c>measure --from</c>: what a dump says is what the process said, and what it does not say is null.</summary>
public sealed partial class FromCoreTests : IDisposable
{
    private const long HeldBytes = 20_000_000;

    private readonly TemporaryFolder _folder = new();
    private readonly LiveTarget _target = LiveTarget.Start(new TargetStart
    {
        Arguments = ["hold", $"managed={HeldBytes}", "native=30000000", "threads=12"],
        Environment = new Dictionary<string, string?> { ["DOTNET_TieredCompilation"] = "0" },
    });

    public void Dispose()
    {
        _target.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_dump_of_ours_says_what_the_process_says()
    {
        var live = Json("measure", $"{_target.Pid}", "--engine", "ptrace", "--trials", "1");
        string core = _folder.File("core");
        Assert.Equal(0, Programs.RunTool("dump", $"{_target.Pid}", "-o", core).ExitCode);
        var dumped = Json("measure", "--from", core);

        Assert.Equal("core", dumped.GetProperty("engine").GetString());
        Assert.Equal(Charge(live), Charge(dumped));
        foreach (string fact in new[] { "pid", "name", "runtime", "isServerGC", "libc" })
        {
            Assert.Equal(live.GetProperty("process").GetProperty(fact).ToString(), dumped.GetProperty("process").GetProperty(fact).ToString());
        }

        Assert.Equal(Savings(live), Savings(dumped));
        Assert.Contains(Savings(dumped), static saving => saving.Contains("System.Byte[]", StringComparison.Ordinal));
        Assert.Equal(live.GetProperty("parent").GetProperty("anonymousBytes").GetInt64(), dumped.GetProperty("parent").GetProperty("anonymousBytes").GetInt64(), tolerance: 1 << 20);
        RequireUnknown(dumped);
    }

    [Theory]
    [InlineData("--full")]
    [InlineData("--withheap")]
    public void A_dump_of_createdump_says_what_the_process_says(string type)
    {
        var live = Json("measure", $"{_target.Pid}", "--engine", "ptrace", "--trials", "1");
        string core = _folder.File("core");
        var made = Programs.CreateDump(_target.Pid, type, core);
        Assert.True(made.ExitCode == 0, made.Output);
        var dumped = Json("measure", "--from", core);

        // Without flags, MAP_NORESERVE memory counts as a strict kernel counts it. createdump does not name the runtime's shared memory (W^X), and leaves out pages of files.
        var mappings = new ProcessFiles(_target.Pid).Mappings().Value;
        long strict = CommitCharge.PredictBytes(mappings) + CommitCharge.NoReserveBytes(mappings);
        Assert.Equal(strict, Charge(dumped), tolerance: strict / 50);
        Assert.Equal(Savings(live, "managed"), Savings(dumped, "managed"));
        Assert.Equal(Savings(live, "threadStacks"), Savings(dumped, "threadStacks"));
        RequireUnknown(dumped);
        Assert.Equal(JsonValueKind.Null, dumped.GetProperty("parent").GetProperty("anonymousBytes").ValueKind);
    }

    [Fact]
    public void What_if_and_as_if_work_where_they_need_known_figures_only()
    {
        string core = _folder.File("core");
        Assert.Equal(0, Programs.RunTool("dump", $"{_target.Pid}", "-o", core).ExitCode);
        var plain = Json("measure", "--from", core);
        long charge = Charge(plain);
        string holder = plain.GetProperty("savings").EnumerateArray().First(static saving => saving.GetProperty("kind").GetString() == "managed").GetProperty("holder").GetString()!;
        var freed = Json("measure", "--from", core, "--what-if-freed", holder, "--as-if", $"kbytes={charge * 3 / 2 / 1024},overcommit=2,swap=0,committed={charge}B");
        Assert.InRange(freed.GetProperty("whatIfFreed").GetProperty("savedBytes").GetInt64(), HeldBytes, HeldBytes + 4096);
        Assert.Equal(charge - freed.GetProperty("whatIfFreed").GetProperty("savedBytes").GetInt64(), freed.GetProperty("whatIfFreed").GetProperty("commitChargeBytes").GetInt64());
        Assert.Equal("no", Assert.Single(freed.GetProperty("verdicts").EnumerateArray()).GetProperty("succeeds").GetString());

        Assert.Equal("yes", Verdict("overcommit=0,ram=64GiB,swap=0"));
        Assert.Equal("no", Verdict("overcommit=0,ram=8MiB,swap=0"));
        Assert.Equal("uncertain", Verdict("overcommit=2,ram=64GiB,swap=0"));
        Assert.Equal("yes", Verdict("overcommit=2,ram=64GiB,swap=0,committed=1GiB"));
        Assert.Equal("no", Verdict("memory-limit=16MiB"));
        var unknown = Programs.RunTool("measure", "--from", core, "--as-if", "overcommit=2");
        Assert.Equal((1, true), (unknown.ExitCode, unknown.Output.Contains("ram=", StringComparison.Ordinal)));
        Assert.Equal(2, Programs.RunTool("measure", "--from", core, "--max-charge", "1MB").ExitCode);

        string Verdict(string asIf) => Assert.Single(Json("measure", "--from", core, "--no-heap", "--as-if", asIf).GetProperty("verdicts").EnumerateArray()).GetProperty("succeeds").GetString()!;
    }

    [Fact]
    public void What_is_not_a_core_dump_is_refused_in_one_line()
    {
        string core = _folder.File("core");
        Assert.Equal(0, Programs.RunTool("dump", $"{_target.Pid}", "--type", "mini", "-o", core).ExitCode);
        string cut = _folder.File("cut");
        byte[] whole = File.ReadAllBytes(core);
        File.WriteAllBytes(cut, whole[..(whole.Length / 2)]);
        string pipe = _folder.File("pipe");
        Assert.Equal(0, Programs.Run("mkfifo", pipe).ExitCode);

        foreach (var (path, reason) in new[] { (cut, "cut short"), (pipe, "a pipe"), ("/dev/zero", "a device"), (_folder.Path, "a directory"), ("/bin/sh", "not a core dump"), (_folder.File("none"), "cannot be opened"), ("/proc/self/mem", "") })
        {
            var result = Programs.RunTool("measure", "--from", path);
            Assert.True(result.ExitCode == 1, $"{path}: {result.ExitCode} {result.Output}");
            Assert.Contains(reason, result.Output, StringComparison.Ordinal);
            Assert.Single(result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }

        string mini = _folder.File("mini");
        Assert.Equal(0, Programs.CreateDump(_target.Pid, "--normal", mini).ExitCode);
        var refused = Programs.RunTool("measure", "--from", mini);
        Assert.Equal((1, true), (refused.ExitCode, refused.Output.Contains("a mini dump", StringComparison.Ordinal)));

        // One of ours has the mappings in it: the charge is known, if not who holds what.
        Assert.Equal(0, Programs.RunTool("measure", "--from", core).ExitCode);
        Assert.Equal(1, Programs.RunTool("measure", "--from", core, $"{_target.Pid}").ExitCode);
        Assert.Equal(1, Programs.RunTool("measure", "--from", core, "--hold", "2s").ExitCode);
    }

    private static void RequireUnknown(JsonElement report)
    {
        Assert.Equal(JsonValueKind.Null, report.GetProperty("host").GetProperty("totalBytes").ValueKind);
        Assert.Equal(JsonValueKind.Null, report.GetProperty("parent").GetProperty("residentBytes").ValueKind);
        Assert.Equal(JsonValueKind.Null, report.GetProperty("fork").GetProperty("latencyMicroseconds").ValueKind);
        Assert.Equal(JsonValueKind.Null, report.GetProperty("beside").ValueKind);
        Assert.All(report.GetProperty("savings").EnumerateArray(), static saving => Assert.Equal(JsonValueKind.Null, saving.GetProperty("childResidentBytes").ValueKind));
        Assert.Equal(0, report.GetProperty("verdicts").GetArrayLength());
    }

    private static long Charge(JsonElement report) => report.GetProperty("fork").GetProperty("predictedChargeBytes").GetInt64();

    /// <summary>Kind, name, holder and charge of what an idle program holds: not what was garbage at that moment, nor how deep a stack was.</summary>
    private static List<string> Savings(JsonElement report, string? kind = null) =>
    [
        .. report.GetProperty("savings").EnumerateArray()
            .Where(saving => saving.GetProperty("kind").GetString() is var found && (kind is null ? found is not ("doNotDuplicate" or "other") : found == kind))
            .Select(static saving => $"{saving.GetProperty("kind")} {Touched().Replace(saving.GetProperty("what").GetString()!, "")} {saving.GetProperty("holder")} {saving.GetProperty("commitChargeBytes")}")
            .Order(StringComparer.Ordinal),
    ];

    private static JsonElement Json(params string[] arguments)
    {
        var result = Programs.RunTool([.. arguments, "--format", "json"]);
        Assert.True(result.ExitCode == 0, result.Output);
        return JsonDocument.Parse(result.Output).RootElement;
    }

    [GeneratedRegex(", at most [0-9,]+ bytes touched in any")]
    private static partial Regex Touched();
}
