using System.Globalization;

namespace ForkLint.Linux;

/// <summary>The kinds of namespaces that matter for reaching another process.</summary>
public enum NamespaceKind
{
    /// <summary>mnt: which files a path means.</summary>
    Mount,

    /// <summary>pid: which process a number means.</summary>
    Pid,

    /// <summary>user: what an id and a capability are worth.</summary>
    User,

    /// <summary>cgroup: where a cgroup path starts.</summary>
    Cgroup,

    /// <summary>net: which abstract sockets and ports there are.</summary>
    Network,

    /// <summary>time: from when its start time is counted (Linux 5.6).</summary>
    Time,
}

/// <summary>Compares the namespaces of processes. Reading them takes the right to trace the process (Linux fs/proc/namespaces.c).</summary>
public static class Namespaces
{
    /// <summary>The inode of the initial user namespace, the same on every kernel (PROC_USER_INIT_INO, Linux include/linux/proc_ns.h).</summary>
    public const long InitialUserInode = 0xEFFF_FFFD;

    /// <summary>The inode of the initial cgroup namespace (PROC_CGROUP_INIT_INO).</summary>
    public const long InitialCgroupInode = 0xEFFF_FFFB;

    /// <summary>The inode of the initial pid namespace (PROC_PID_INIT_INO, Linux include/linux/proc_ns.h).</summary>
    public const long InitialPidInode = 0xEFFF_FFFC;

    /// <summary>The number that names the namespace.</summary>
    public static Reading<long> Inode(ProcessFiles process, NamespaceKind kind)
    {
        ArgumentNullException.ThrowIfNull(process);
        return Inode(process.PathOf($"ns/{Name(kind)}"));
    }

    /// <summary>Whether a process is in our own namespace of that kind.</summary>
    /// <param name="process">The process.</param>
    /// <param name="kind">The kind.</param>
    /// <param name="procRoot">Where procfs is mounted.</param>
    public static Reading<bool> IsSame(ProcessFiles process, NamespaceKind kind, string procRoot = "/proc")
    {
        var own = Inode($"{procRoot}/self/ns/{Name(kind)}");
        return Inode(process, kind).Then(theirs => own.Select(ours => ours == theirs));
    }

    /// <summary>
    /// Whether a process is in the initial user namespace. Where its namespace may not be read, its uid_map, which everybody may read,
    /// tells: only the initial namespace maps all ids onto themselves in one line (seen from the initial namespace).
    /// </summary>
    public static Reading<bool> IsInInitialUserNamespace(ProcessFiles process)
    {
        ArgumentNullException.ThrowIfNull(process);
        var inode = Inode(process, NamespaceKind.User);
        if (inode.IsOk || inode.Failure != ReadFailure.NotPermitted)
        {
            return inode.Failure == ReadFailure.NotAvailable ? Reading<bool>.Ok(true) : inode.Select(static number => number == InitialUserInode);
        }

        return ProcFile.ReadTrimmed(process.PathOf("uid_map")).Select(static map =>
            map.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is ["0", "0", "4294967295"]);
    }

    private static Reading<long> Inode(string path) => ProcFile.ReadLink(path).Then(link =>
    {
        // "user:[4026531837]"
        var open = link.IndexOf('[', StringComparison.Ordinal);
        return open > 0 && link[^1] == ']' && long.TryParse(link.AsSpan(open + 1, link.Length - open - 2), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? Reading<long>.Ok(number)
            : Reading<long>.Fail(ReadFailure.Malformed, $"{path}: no namespace: {link}");
    });

    private static string Name(NamespaceKind kind) => kind switch
    {
        NamespaceKind.Mount => "mnt",
        NamespaceKind.Pid => "pid",
        NamespaceKind.User => "user",
        NamespaceKind.Cgroup => "cgroup",
        NamespaceKind.Network => "net",
        NamespaceKind.Time => "time",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a kind of namespace"),
    };
}
