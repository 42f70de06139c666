using System.Globalization;

namespace ForkLint.Linux.Tests.Support;

/// <summary>A cgroup of one's own below the mounted hierarchy that has a controller: version 1, or version 2 where the root hands it down.</summary>
internal sealed class TestCgroup : IDisposable
{
    private readonly List<string> _directories = [];

    private TestCgroup(int version, string root, string name)
    {
        Version = version;
        Directory = MakeChild(root, name);
    }

    public int Version { get; }

    public string Directory { get; }

    /// <summary>Makes one. It fails, and does not skip, where there is no such controller or no right to use it.</summary>
    public static TestCgroup Create(string controller)
    {
        var mounts = MountInfoParser.Parse(File.ReadAllBytes("/proc/self/mountinfo")).Value;
        var name = string.Create(CultureInfo.InvariantCulture, $"forklint-tests-{Environment.ProcessId}-{Guid.NewGuid():N}");
        if (mounts.LastOrDefault(m => m.FileSystem == "cgroup" && m.SuperOptions.Contains(controller)) is { } version1)
        {
            return new TestCgroup(1, version1.MountPoint, name);
        }

        var version2 = mounts.LastOrDefault(m => m.FileSystem == "cgroup2" && File.ReadAllText($"{m.MountPoint}/cgroup.subtree_control").Split(' ', '\n').Contains(controller));
        Assert.True(version2 is not null, $"these tests need a mounted cgroup hierarchy with the {controller} controller, and root");
        return new TestCgroup(2, version2!.MountPoint, name);
    }

    /// <summary>A cgroup inside this one; version 2 lets a process live in a leaf only.</summary>
    public string AddChild(string name, string controller)
    {
        if (Version == 2)
        {
            File.WriteAllText($"{Directory}/cgroup.subtree_control", $"+{controller}");
        }

        return MakeChild(Directory, name);
    }

    /// <summary>Writes one of its files, named as in version 1 and in version 2.</summary>
    public void Write(string version1File, string version2File, long value) =>
        File.WriteAllText($"{Directory}/{(Version == 1 ? version1File : version2File)}", value.ToString(CultureInfo.InvariantCulture));

    public static void Move(int pid, string directory) => File.WriteAllText($"{directory}/cgroup.procs", pid.ToString(CultureInfo.InvariantCulture));

    public void Dispose()
    {
        foreach (var directory in Enumerable.Reverse(_directories))
        {
            // The kernel refuses for a moment after the last process has ended.
            for (var attempt = 0; ; attempt++)
            {
                try
                {
                    System.IO.Directory.Delete(directory);
                    break;
                }
                catch (IOException) when (attempt < 200)
                {
                    Thread.Sleep(25);
                }
            }
        }
    }

    private string MakeChild(string parent, string name)
    {
        var directory = System.IO.Directory.CreateDirectory($"{parent}/{name}").FullName;
        _directories.Add(directory);
        return directory;
    }
}
