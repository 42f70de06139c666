namespace ForkLint.LiveTargets;

/// <summary>A memory cgroup for one test, version 1 or 2 as the machine has it; removed at the end.</summary>
public sealed class MemoryLimit : IDisposable
{
    private const string Version1 = "/sys/fs/cgroup/memory";
    private const string Version2 = "/sys/fs/cgroup";
    private readonly bool _isVersion1 = Directory.Exists(Version1);
    private readonly string _folder;

    /// <summary>Makes a cgroup without a limit.</summary>
    public MemoryLimit()
    {
        string parent = _isVersion1 ? Version1 : Version2;
        if (!_isVersion1)
        {
            File.WriteAllText(Path.Combine(parent, "cgroup.subtree_control"), "+memory");
        }

        _folder = Path.Combine(parent, $"forklint-{Guid.NewGuid():N}");
        Directory.CreateDirectory(_folder);
    }

    /// <summary>Put before a command, it starts it in the cgroup.</summary>
    public string[] Launcher => ["/bin/sh", "-c", $"echo $$ > {_folder}/cgroup.procs; exec \"$@\"", "sh"];

    /// <summary>Put before a command, it starts it in the cgroup and in a cgroup namespace of its own, where nothing beside or above the cgroup is mounted.</summary>
    public string[] NamespaceLauncher
    {
        get
        {
            string mount = _isVersion1 ? $"mount -t cgroup -o memory none {Version1}" : $"mount -t cgroup2 none {Version2}";
            return [.. Launcher, "unshare", "-C", "-m", "/bin/sh", "-c", $"umount -l {(_isVersion1 ? Version1 : Version2)} && {mount} && exec \"$@\"", "sh"];
        }
    }

    /// <summary>Put before a command, it starts it in the cgroup, where no folder shows any cgroup: as in a container without /sys.</summary>
    public string[] BlindLauncher => [.. Launcher, "unshare", "-m", "/bin/sh", "-c", $"umount -l {Version2} && exec \"$@\"", "sh"];

    /// <summary>Its name in the hierarchy, without those above it.</summary>
    public string Name => Path.GetFileName(_folder);

    /// <summary>What is charged to it now.</summary>
    public long UsageBytes => long.Parse(File.ReadAllText(Path.Combine(_folder, _isVersion1 ? "memory.usage_in_bytes" : "memory.current")), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Its page cache.</summary>
    public long FileBytes => File.ReadLines(Path.Combine(_folder, "memory.stat"))
        .Select(static line => line.Split(' '))
        .Where(static pair => pair[0] is "inactive_file" or "active_file")
        .Sum(static pair => long.Parse(pair[1], System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>How many processes of it the kernel killed for want of memory.</summary>
    public long KilledProcesses => File.ReadLines(Path.Combine(_folder, _isVersion1 ? "memory.oom_control" : "memory.events"))
        .Select(static line => line.Split(' '))
        .Where(static pair => pair[0] == "oom_kill")
        .Sum(static pair => long.Parse(pair[1], System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Sets the limit.</summary>
    public void Set(long bytes) => File.WriteAllText(Path.Combine(_folder, _isVersion1 ? "memory.limit_in_bytes" : "memory.max"), $"{bytes}");

    /// <inheritdoc/>
    public void Dispose()
    {
        // A process that was just killed may take a moment to leave.
        for (int attempt = 0; attempt < 200 && Directory.Exists(_folder); attempt++)
        {
            try
            {
                Directory.Delete(_folder);
            }
            catch (IOException)
            {
                Thread.Sleep(25);
            }
        }
    }
}
