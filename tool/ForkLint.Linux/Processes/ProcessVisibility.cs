namespace ForkLint.Linux;

/// <summary>Whether /proc shows this user the processes of others.</summary>
public static class ProcessVisibility
{
    /// <summary>Whether /proc of this process hides others from its user (proc(5), hidepid). Root sees all of them.</summary>
    /// <returns>false, too, where the mounts cannot be read.</returns>
    public static bool IsLimited() =>
        !Environment.IsPrivilegedProcess && new ProcessFiles(Environment.ProcessId).Mounts().TryGet(out var mounts) && IsLimited(mounts);

    /// <summary>Whether the mount that is seen at /proc, the last of them, hides processes.</summary>
    internal static bool IsLimited(IEnumerable<Mount> mounts) =>
        mounts.LastOrDefault(static mount => mount.MountPoint == "/proc")?.SuperOptions.Any(static option =>
            option.StartsWith("hidepid=", StringComparison.Ordinal) && option["hidepid=".Length..] is not ("0" or "off")) == true;
}
