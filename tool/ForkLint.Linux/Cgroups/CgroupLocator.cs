using ForkLint.Linux.Text;

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
    /// <param name="Directories">The directories that exist, the cgroup's own first, the mount point last.</param>
    public sealed record Located(int Version, string Path, IReadOnlyList<string> Directories);

    /// <summary>Finds the cgroup for a controller: the version 1 hierarchy that has it, else version 2.</summary>
    public static Reading<Located> Locate(ProcessFiles process, string controller, string procRoot)
    {
        var cgroups = process.Cgroup();
        if (!cgroups.TryGet(out var memberships))
        {
            return cgroups.FailAs<Located>();
        }

        var mountInfo = ProcFile.Parse($"{procRoot}/self/mountinfo", MountInfoParser.Parse);
        return mountInfo.TryGet(out var mounts)
            ? Locate(memberships, mounts, controller, Directory.Exists)
            : mountInfo.FailAs<Located>();
    }

    /// <summary>The same on values: pure but for the question whether a directory exists.</summary>
    public static Reading<Located> Locate(
        IReadOnlyList<CgroupMembership> memberships, IReadOnlyList<Mount> mounts, string controller, Func<string, bool> directoryExists)
    {
        var version = 1;
        var membership = memberships.FirstOrDefault(m => m.Controllers.Contains(controller, StringComparer.Ordinal));
        if (membership is null)
        {
            version = 2;
            membership = memberships.FirstOrDefault(static m => m.IsVersion2);
        }

        if (membership is null)
        {
            return Reading<Located>.Fail(ReadFailure.NotAvailable, $"the process is in no cgroup with the {controller} controller");
        }

        var found = false;
        foreach (var mount in mounts.Reverse())
        {
            if (version == 1
                ? mount.FileSystem != "cgroup" || !mount.SuperOptions.Contains(controller, StringComparer.Ordinal)
                : mount.FileSystem != "cgroup2")
            {
                continue;
            }

            found = true;
            if (RelativeTo(mount.Root, membership.Path) is { } relative)
            {
                return Reading<Located>.Ok(new Located(version, membership.Path, Ancestors(mount.MountPoint, relative, directoryExists)));
            }
        }

        return Reading<Located>.Fail(ReadFailure.NotAvailable, found
            ? $"the cgroup {membership.Path} lies outside of what is mounted here"
            : $"no cgroup file system with the {controller} controller is mounted here");
    }

    // The path below the mount point; null where the cgroup is not below what is mounted.
    private static string? RelativeTo(string root, string path)
    {
        if (root.StartsWith("/..", StringComparison.Ordinal) || path == "/.." || path.StartsWith("/../", StringComparison.Ordinal))
        {
            return root == path ? "" : null;
        }

        if (root == "/")
        {
            return path.TrimEnd('/');
        }

        return path == root ? "" : path.StartsWith(root + "/", StringComparison.Ordinal) ? path[root.Length..] : null;
    }

    private static List<string> Ancestors(string mountPoint, string relative, Func<string, bool> directoryExists)
    {
        var directories = new List<string>();
        while (relative.Length > 0)
        {
            var directory = mountPoint.TrimEnd('/') + relative;

            // A removed cgroup that a zombie is still in has no directory; its ancestors count all the same.
            if (directoryExists(directory))
            {
                directories.Add(directory);
            }

            relative = relative[..relative.LastIndexOf('/')];
        }

        directories.Add(mountPoint);
        return directories;
    }
}
