using System.Text.Json;
using ForkLint.LiveTargets;

namespace ForkLint.Dumps.Tests;

/// <summary>The verdict of <c>dump --check</c> in situations that are then tried with createdump.</summary>
public sealed class TriedVerdictTests : IDisposable
{
    private static readonly string[] Arguments = ["hold", "managed=60000000"];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Directories_of_every_kind()
    {
        using var target = LiveTarget.Start(Arguments);
        string file = _folder.File("file");
        File.WriteAllText(file, "");
        RequireTrue(target, "yes", "heap", _folder.Path);
        RequireTrue(target, "no", "heap", _folder.File("missing"));
        RequireTrue(target, "no", "heap", file);
        RequireTrue(target, "no", "heap", _folder.Mount("size=30m"));
        RequireTrue(target, "no", "heap", _folder.Mount("size=500m,ro"));
        string between = _folder.Mount("size=190m");
        RequireTrue(target, "yes", "heap", between);
        RequireTrue(target, "no", "full", _folder.Mount("size=150m"));
        RequireTrue(target, "yes", "mini", between);
    }

    [Fact]
    public void Names_and_inodes()
    {
        RequireNone($"{_folder.Path}/{new string('x', 256)}", "directory");
        Directory.CreateDirectory(_folder.File("core"));
        RequireNone(_folder.File("core"), "directory");
        RequireNone($"{_folder.Mount("size=500m,nr_inodes=1")}/core", "directory");
    }

    [Fact]
    public void Directories_above_and_powers_that_were_dropped()
    {
        string[] user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
        string below = _folder.File("closed/open");
        Directory.CreateDirectory(below);
        File.SetUnixFileMode(below, (UnixFileMode)0b111_111_111);
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_101_101);
        File.SetUnixFileMode(_folder.File("closed"), (UnixFileMode)0b111_000_000);
        using (var target = LiveTarget.Start(new TargetStart { Arguments = Arguments, Launcher = user, Environment = new Dictionary<string, string?> { ["HOME"] = "/tmp" } }))
        {
            RequireTrue(target, "no", "heap", below, user);
        }

        string[] dropped = ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override"];
        string theirs = _folder.File("theirs");
        Directory.CreateDirectory(theirs);
        Assert.Equal(0, Programs.Run("chown", "65533", theirs).ExitCode);
        using var root = LiveTarget.Start(new TargetStart { Arguments = Arguments, Launcher = dropped });
        RequireTrue(root, "no", "heap", theirs, dropped);
    }

    [Fact]
    public void A_tracer_that_is_there_already()
    {
        using var target = LiveTarget.Start(Arguments);
        using var tracer = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("strace", ["-f", "-p", $"{target.Pid}", "-o", "/dev/null"]) { RedirectStandardError = true })!;
        Assert.Contains("attached", tracer.StandardError.ReadLine(), StringComparison.Ordinal);
        RequireTrue(target, "no", "heap", _folder.Path);
        tracer.Kill();
        tracer.WaitForExit();
    }

    [Fact]
    public void A_limit_on_files()
    {
        using var target = LiveTarget.Start(new TargetStart { Arguments = Arguments, Launcher = ["prlimit", "--fsize=20000000"] });
        RequireTrue(target, "no", "heap", _folder.Path, "prlimit", "--fsize=20000000");
        RequireTrue(target, "yes", "mini", _folder.Path, "prlimit", "--fsize=20000000");
    }

    [Fact]
    public void Another_user()
    {
        string[] user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
        using var target = LiveTarget.Start(new TargetStart { Arguments = Arguments, Launcher = user, Environment = new Dictionary<string, string?> { ["HOME"] = "/tmp" } });
        string open = _folder.File("open");
        Directory.CreateDirectory(open);
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_101_101);
        File.SetUnixFileMode(open, (UnixFileMode)0b111_111_111);
        RequireTrue(target, "no", "heap", _folder.Path, user);
        RequireTrue(target, "yes", "heap", open, user);
    }

    [Fact]
    public void A_file_in_memory_counts_against_the_limit()
    {
        using var limit = new MemoryLimit();
        string memory = _folder.Mount("size=2g");
        using (var target = LiveTarget.Start(new TargetStart { Arguments = ["hold", "managed=200000000"], Launcher = limit.Launcher }))
        {
            // Beside createdump's own memory there is room for the pages that its reading makes of untouched stacks, where the kernel has no page of zeroes to share.
            limit.Set(limit.UsageBytes - limit.FileBytes + (160 << 20));
            RequireTrue(target, "yes", "heap", _folder.Path, limit.Launcher);
            RequireTrue(target, "no", "heap", memory, limit.Launcher);
        }

        Assert.True(limit.KilledProcesses > 0);
    }

    [Fact]
    public void The_path_of_the_application_is_looked_at_below_its_own_root()
    {
        string[] launcher = ["unshare", "-m", "--propagation=private", "sh", "-c", $"mount -t tmpfs -o size=30m forklint-test {_folder.Path} && exec \"$@\"", "sh"];
        var settings = new Dictionary<string, string?> { ["DOTNET_DbgEnableMiniDump"] = "1", ["DOTNET_DbgMiniDumpName"] = $"{_folder.Path}/%e.%p" };
        using var target = LiveTarget.Start(new TargetStart { Arguments = Arguments, Launcher = launcher, Environment = settings });
        var check = Check(target, []);
        Assert.Equal(("no", "tmpfs", _folder.Path), (check.GetProperty("fits").GetString(), check.GetProperty("fileSystem").GetString(), check.GetProperty("directory").GetString()));
        var section = check.GetProperty("settings");
        Assert.Equal((true, true, $"{_folder.Path}/dotnet.{target.Pid}"), (section.GetProperty("enabled").GetBoolean(), section.GetProperty("directoryExists").GetBoolean(), section.GetProperty("path").GetString()));
    }

    [Fact]
    public void Seccomp_that_refuses_ptrace()
    {
        using var target = LiveTarget.Start(new TargetStart { Arguments = Arguments, Launcher = [Launcher.Build("seccomp"), "1", "101", "--"] });
        var check = Check(target, ["-o", _folder.Path]);
        Assert.Equal("no", check.GetProperty("fits").GetString());
        Assert.Equal("tracing", check.GetProperty("reasons")[0].GetProperty("requirement").GetString());
    }

    /// <summary>The application's own settings name a file that cannot be made.</summary>
    private static void RequireNone(string name, string requirement)
    {
        var settings = new Dictionary<string, string?> { ["DOTNET_DbgEnableMiniDump"] = "1", ["DOTNET_DbgMiniDumpName"] = name };
        using var target = LiveTarget.Start(new TargetStart { Arguments = Arguments, Environment = settings });
        var check = Check(target, []);
        Assert.Equal(("no", requirement), (check.GetProperty("fits").GetString(), check.GetProperty("reasons")[0].GetProperty("requirement").GetString()));
        Assert.NotEqual(0, Programs.CreateDump(target.Pid, "--withheap", name).ExitCode);
    }

    private static JsonElement Check(LiveTarget target, string[] arguments)
    {
        var result = Programs.RunTool(["dump", $"{target.Pid}", "--check", "--format", "json", .. arguments]);
        Assert.True(result.ExitCode is 0 or 2, result.Output);
        var check = JsonDocument.Parse(result.Output).RootElement;
        Assert.Equal(result.ExitCode == 2, check.GetProperty("fits").GetString() == "no");
        return check;
    }

    /// <summary>Asks, then tries.</summary>
    private static void RequireTrue(LiveTarget target, string fits, string type, string directory, params string[] launcher)
    {
        var check = Check(target, ["--type", type, "-o", directory]);
        string answer = $"{type} in {directory}: {check.GetProperty("fits")}, {check.GetProperty("reasons")[0].GetProperty("text")}";
        Assert.True(fits == check.GetProperty("fits").GetString(), answer);
        string file = Path.Combine(directory, "tried");
        var tried = Programs.CreateDump(target.Pid, type switch { "heap" => "--withheap", "full" => "--full", _ => "--normal" }, file, launcher);
        Assert.True((tried.ExitCode == 0) == (fits == "yes"), $"{answer}; createdump ended with {tried.ExitCode}: {tried.Output}");
        if (File.Exists(file))
        {
            File.Delete(file);
        }
    }
}
