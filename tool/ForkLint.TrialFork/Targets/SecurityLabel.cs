namespace ForkLint.TrialFork;

/// <summary>The label that AppArmor or SELinux gave a process (proc_pid_attr(5)).</summary>
internal static class SecurityLabel
{
    /// <summary>
    /// Profiles of container engines: they let a container read and write its own files. The copy of the shim lies among those.
    /// </summary>
    private static readonly string[] OfContainers = ["docker-default", "cri-containerd.apparmor.d", "crio-default", "containers-default", "lxc-container-default"];

    private static readonly string[] FreeTypes = ["container_t", "spc_t", "container_init_t", "unconfined_t", "unconfined_service_t"];

    /// <summary>Whether a module may keep the process from files that its user could read: then it does not load the tool's own file.</summary>
    public static bool MayConfine(Target target)
    {
        string theirs = Of(target.Files.PathOf("attr/current"));
        return theirs.Length > 0 && !theirs.StartsWith("unconfined", StringComparison.Ordinal) && theirs != Of("/proc/self/attr/current");
    }

    /// <summary>The label of a process where it is not known to allow its own temporary folder; null where nothing stands in the way.</summary>
    public static string? Unknown(Target target)
    {
        string theirs = Of(target.Files.PathOf("attr/current"));
        if (!MayConfine(target) || theirs.EndsWith("(complain)", StringComparison.Ordinal) || Array.Exists(OfContainers, name => theirs.StartsWith(name, StringComparison.Ordinal)))
        {
            return null;
        }

        string[] parts = theirs.Split(':');
        bool isSelinux = parts.Length >= 4;
        return isSelinux && (Array.IndexOf(FreeTypes, parts[2]) >= 0 || Of("/sys/fs/selinux/enforce") == "0") ? null : theirs;
    }

    private static string Of(string path)
    {
        try
        {
            return File.ReadAllText(path).TrimEnd('\0', '\n');
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
