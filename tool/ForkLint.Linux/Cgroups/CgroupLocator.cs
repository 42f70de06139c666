
namespace ForkLint.Linux;

/// <summary>
/// Where the files of a process's cgroup are. Version 1 and 2 may be mounted side by side (systemd's hybrid layout), a container sees
/// a part of the hierarchy mounted as if it were the whole, and a cgroup namespace cuts the paths that /proc prints.
/// </summary>
internal static class CgroupLocator
{
    /// <summary>The cgroup of a process that governs one controller, and its ancestors as far as they are mounted here.</summary>
    /// <param name="Version">1 or 2.</param>
    /// <param name="Path">The path as /proc/PID/cgroup prints it.</param>
    /// <param name="Places">The cgroups that exist, its own first, the mount point last; empty where nothing can limit it.</param>
    public sealed record Located(int Version, string Path, IReadOnlyList<Place> Places);

    /// <summary>One cgroup.</summary>
    /// <param name="Directory">Its directory.</param>
    /// <param name="Group">Its path from the root of our cgroup namespace, with a <c>/..</c> for each level above it.</param>
    public sealed record Place(string Directory, string Group);

    /// <summary>
    /// Finds the cgroup for a controller: the version 1 hierarchy that has it, else version 2. Where it lies outside of what is mounted here, as that of a
    /// container beside ours does, it is looked for in what the process itself has mounted (/proc/PID/root), and then in the hierarchy itself
    /// (<see cref="DetachedMounts"/>).
    /// </summary>
    public static Reading<Located> Locate(ProcessFiles process, string controller, string procRoot)
    {
        var cgroups = process.Cgroup();
        if (!cgroups.TryGet(out var memberships))
        {
            return cgroups.FailAs<Located>();
        }

        if (Membership(memberships, controller) is not var (version, membership))
        {
            return Reading<Located>.Ok(new Located(0, "/", []));
        }

        var mountInfo = ProcessFiles.OwnMounts(procRoot);
        if (!mountInfo.TryGet(out var mounts))
        {
            return mountInfo.FailAs<Located>();
        }

        var here = Locate(version, membership.Path, new Sight(mounts, "", process.Pid), controller);
        if (here.IsOk || here.Failure != ReadFailure.NotAvailable)
        {
            return here;
        }

        var there = process.Mounts();
        var found = there.TryGet(out var theirs)
            ? Locate(version, membership.Path, new Sight(theirs, process.PathOf("root"), process.Pid), controller)
            : there.FailAs<Located>();
        if (found.IsOk)
        {
            return found;
        }

        if (IsInitialRoot(membership.Path, procRoot))
        {
            return Reading<Located>.Ok(new Located(0, "/", []));
        }

        var itself = procRoot == "/proc" && DetachedMounts.Of(membership.Controllers) is { } mount
            ? Locate(version, membership.Path, new Sight([mount], "", process.Pid), controller)
            : here;
        return itself.IsOk ? itself : here;
    }

    // In the initial cgroup namespace the path is complete, and the root cgroup has no limits, mounted or not (PROC_CGROUP_INIT_INO).
    private static bool IsInitialRoot(string path, string procRoot) =>
        path == "/" && Namespaces.Inode(new ProcessFiles(Environment.ProcessId, procRoot), NamespaceKind.Cgroup) is { IsOk: true, Value: Namespaces.InitialCgroupInode };

    /// <summary>The line of /proc/PID/cgroup that counts for a controller; null where the kernel has no such controller, and nothing of its kind limits the process.</summary>
    public static (int Version, CgroupMembership Membership)? Membership(IReadOnlyList<CgroupMembership> memberships, string controller) =>
        memberships.FirstOrDefault(m => m.Controllers.Contains(controller, StringComparer.Ordinal)) is { } first ? (1, first)
        : memberships.FirstOrDefault(static m => m.IsVersion2) is { } second ? (2, second)
        : null;

    private static Reading<Located> Locate(int version, string path, Sight sight, string controller)
    {
        var found = false;
        foreach (var mount in sight.Mounts.Reverse())
        {
            if (version == 1
                ? mount.FileSystem != "cgroup" || !mount.SuperOptions.Contains(controller, StringComparer.Ordinal)
                : mount.FileSystem != "cgroup2")
            {
                continue;
            }

            found = true;
            var mountPoint = sight.Prefix + mount.MountPoint.TrimEnd('/');
            if (CgroupPath.RelativeTo(mount.Root, path) is { } relative && Reach(mountPoint, relative, sight.Pid) is { } reached)
            {
                return Reading<Located>.Ok(new Located(version, path, Ancestors(mountPoint, reached, path)));
            }
        }

        return Reading<Located>.Fail(ReadFailure.NotAvailable, found
            ? $"the cgroup {path} lies outside of what is mounted here"
            : $"no cgroup file system with the {controller} controller is mounted here");
    }

    // The names of the cgroups between a mount above our namespace's root and that root are printed as "..": the one of them is meant that holds the process.
    private static string? Reach(string mountPoint, CgroupPath relative, int pid) =>
        relative.UnknownLevels == 0 ? relative.Path : Holding(mountPoint, "", relative.UnknownLevels, relative.Path, pid);

    private static string? Holding(string mountPoint, string above, int levels, string path, int pid)
    {
        if (levels == 0)
        {
            return Holds($"{mountPoint}{above}{path}", pid) ? above + path : null;
        }

        try
        {
            return Directory.EnumerateDirectories(mountPoint + above)
                .Select(directory => Holding(mountPoint, $"{above}/{Path.GetFileName(directory)}", levels - 1, path, pid))
                .FirstOrDefault(static found => found != null);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool Holds(string directory, int pid) =>
        ProcFile.ReadTrimmed($"{directory}/cgroup.procs").TryGet(out var text)
        && text.Split('\n').Contains(pid.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparer.Ordinal);

    private static List<Place> Ancestors(string mountPoint, string relative, string path)
    {
        var places = new List<Place>();
        var group = path.TrimEnd('/');
        while (relative.Length > 0)
        {
            var directory = mountPoint + relative;

            // A removed cgroup that a zombie is still in has no directory; its ancestors still count.
            if (Directory.Exists(directory))
            {
                places.Add(new Place(directory, group));
            }

            relative = relative[..relative.LastIndexOf('/')];
            group = CgroupPath.Above(group);
        }

        places.Add(new Place(mountPoint, group));
        return places;
    }

    // Which mounts to look at, what to put before their mount points, and who is looked for.
    private readonly record struct Sight(IReadOnlyList<Mount> Mounts, string Prefix, int Pid);
}
