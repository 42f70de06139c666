namespace ForkLint.Linux;

/// <summary>Where a cgroup lies below a mount.</summary>
/// <param name="UnknownLevels">How many directories there are first whose names are not known: a cgroup namespace prints them as "..".</param>
/// <param name="Path">The rest, empty or starting with a slash.</param>
internal readonly record struct CgroupPath(int UnknownLevels, string Path)
{
    private const string Up = "/..";

    /// <summary>
    /// Both paths are printed from the root of the reader's cgroup namespace, and begin with as many <c>/..</c> as they lie above it (Linux
    /// kernel/cgroup/cgroup.c, cgroup_show_path and cgroup_path_ns); null where the cgroup is not below what is mounted.
    /// </summary>
    /// <param name="root">What is mounted.</param>
    /// <param name="path">The cgroup.</param>
    public static CgroupPath? RelativeTo(string root, string path)
    {
        var (rootUps, rootRest) = Split(root);
        var (pathUps, pathRest) = Split(path);
        if (rootUps == pathUps)
        {
            return rootRest.Length == 0 ? new CgroupPath(0, pathRest)
                : pathRest == rootRest ? new CgroupPath(0, "")
                : pathRest.StartsWith(rootRest + "/", StringComparison.Ordinal) ? new CgroupPath(0, pathRest[rootRest.Length..])
                : null;
        }

        return rootUps > pathUps && rootRest.Length == 0 ? new CgroupPath(rootUps - pathUps, pathRest) : null;
    }

    /// <summary>The cgroup above one.</summary>
    public static string Above(string path) => Split(path).Below.Length == 0 ? path.TrimEnd('/') + Up : path[..path.LastIndexOf('/')];

    private static (int Ups, string Below) Split(string path)
    {
        var ups = 0;
        var rest = path.TrimEnd('/');
        while (rest == Up || rest.StartsWith(Up + "/", StringComparison.Ordinal))
        {
            ups++;
            rest = rest[Up.Length..];
        }

        return (ups, rest);
    }
}
