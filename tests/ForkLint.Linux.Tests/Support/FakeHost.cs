namespace ForkLint.Linux.Tests.Support;

/// <summary>A directory that looks like the /proc and the cgroup file systems of another machine.</summary>
internal sealed class FakeHost : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("forklint-fake-host-");

    public string Root => _root.FullName;

    public string Proc => $"{Root}/proc";

    /// <summary>Writes a file; <c>@</c> in the text stands for the root, for mount points.</summary>
    public FakeHost With(string path, string text)
    {
        var full = $"{Root}/{path}";
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text.Replace("@", Root, StringComparison.Ordinal));
        return this;
    }

    /// <summary>A version 2 cgroup with a limit; page cache is part of what is used.</summary>
    public FakeHost WithVersion2(string directory, string max, long current, long inactiveFile, long activeFile) => this
        .With($"{directory}/memory.max", max + "\n")
        .With($"{directory}/memory.current", $"{current}\n")
        .With($"{directory}/memory.stat", $"anon 1048576\nfile {inactiveFile + activeFile}\nkernel_stack 16384\npagetables 262144\ninactive_anon 0\nactive_anon 0\ninactive_file {inactiveFile}\nactive_file {activeFile}\n")
        .With($"{directory}/memory.high", "max\n")
        .With($"{directory}/memory.events", "low 0\nhigh 0\nmax 3\noom 1\noom_kill 1\n")
        .With($"{directory}/memory.oom.group", "1\n")
        .With($"{directory}/memory.pressure", "some avg10=12.50 avg60=1.00 avg300=0.10 total=12345\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n");

    /// <summary>A version 1 cgroup.</summary>
    public FakeHost WithVersion1(string directory, long limit, long usage, long inactiveFile, long activeFile, long hierarchicalLimit = 9223372036854771712) => this
        .With($"{directory}/memory.limit_in_bytes", $"{limit}\n")
        .With($"{directory}/memory.usage_in_bytes", $"{usage}\n")
        .With($"{directory}/memory.use_hierarchy", "1\n")
        .With($"{directory}/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n")
        .With($"{directory}/memory.stat", $"cache 0\nrss 4096\ninactive_file 1\nactive_file 2\nhierarchical_memory_limit {hierarchicalLimit}\ntotal_cache {inactiveFile + activeFile}\ntotal_inactive_file {inactiveFile}\ntotal_active_file {activeFile}\n");

    public void Dispose() => _root.Delete(recursive: true);
}
