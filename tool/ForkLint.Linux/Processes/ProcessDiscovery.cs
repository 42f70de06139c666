using System.Globalization;

namespace ForkLint.Linux;

/// <summary>Finds processes.</summary>
public static class ProcessDiscovery
{
    /// <summary>The ids of all processes that /proc shows, ascending: with hidepid only those of the tool's own user. Any of them may have ended when it is read.</summary>
    /// <param name="procRoot">Where procfs is mounted.</param>
    public static IReadOnlyList<int> Pids(string procRoot = "/proc")
    {
        var pids = new List<int>();
        if (!Directory.Exists(procRoot))
        {
            return pids;
        }

        foreach (var path in Directory.EnumerateDirectories(procRoot))
        {
            if (int.TryParse(Path.GetFileName(path.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var pid))
            {
                pids.Add(pid);
            }
        }

        pids.Sort();
        return pids;
    }

    /// <summary>What a process has started, and those have started, nearest first. A child that its parent has left is not found.</summary>
    /// <param name="root">The process.</param>
    /// <param name="all">The processes that are looked among.</param>
    public static IReadOnlyList<ProcessStat> Descendants(int root, IEnumerable<ProcessStat> all)
    {
        var children = all.ToLookup(static stat => stat.ParentPid);
        List<ProcessStat> found = [.. children[root]];
        for (var index = 0; index < found.Count; index++)
        {
            found.AddRange(children[found[index].Pid]);
        }

        return found;
    }

    /// <summary>The children of a process, as far as /proc shows them.</summary>
    public static IReadOnlyList<int> Children(int parent, string procRoot = "/proc") =>
        [.. Pids(procRoot).Where(pid => new ProcessFiles(pid, procRoot).Stat() is { IsOk: true } stat && stat.Value.ParentPid == parent)];
}
