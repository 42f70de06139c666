using System.Collections.Concurrent;
using System.Globalization;
using ForkLint.Linux.Text;

namespace ForkLint.Linux;

/// <summary>
/// Cgroup hierarchies that no folder shows here, as in a container without <c>/sys/fs/cgroup</c>: mounted for this process alone, at no place (fsopen(2),
/// fsmount(2), Linux 5.2). No other process sees the mount, and it ends with this one.
/// </summary>
internal static unsafe class DetachedMounts
{
    // The same numbers on every architecture (asm-generic/unistd.h).
    private const nint CallOpen = 430;
    private const nint CallConfigure = 431;
    private const nint CallMount = 432;

    // include/uapi/linux/mount.h
    private const nint CloseOnExec = 1;
    private const nint SetFlag = 0;
    private const nint Create = 6;
    private const nint ReadOnlyWithoutPrograms = 0x1 | 0x2 | 0x4 | 0x8; // MOUNT_ATTR_RDONLY, NOSUID, NODEV, NOEXEC

    private const string Prefix = "/proc/self/fd/";

    /// <summary>One for each hierarchy, kept open until the process ends: the limits are read again while a trial runs.</summary>
    private static readonly ConcurrentDictionary<string, Lazy<Mount?>> Opened = new(StringComparer.Ordinal);

    /// <summary>Whether a path leads through one of these mounts: it means nothing to another process.</summary>
    public static bool Covers(string path) => path.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>A hierarchy as the cgroup namespace of this process shows it; null where the kernel refuses it (it takes CAP_SYS_ADMIN).</summary>
    /// <param name="controllers">All controllers of the hierarchy of version 1; none for version 2.</param>
    public static Mount? Of(IReadOnlyList<string> controllers) =>
        Opened.GetOrAdd(string.Join(',', controllers), _ => new Lazy<Mount?>(() => Open(controllers))).Value;

    private static Mount? Open(IReadOnlyList<string> controllers)
    {
        var fileSystem = controllers.Count > 0 ? "cgroup" : "cgroup2";
        var context = Call(CallOpen, Text(fileSystem), CloseOnExec);
        if (context < 0)
        {
            return null;
        }

        try
        {
            // A version 1 hierarchy that has these controllers exists, since the process is in it: this finds it and makes none.
            var isConfigured = controllers.All(controller => Call(CallConfigure, context, SetFlag, Text(controller)) == 0)
                && Call(CallConfigure, context, Create, null) == 0;
            var mount = isConfigured ? Call(CallMount, context, CloseOnExec, ReadOnlyWithoutPrograms) : -1;
            return mount < 0 ? null : new Mount("/", Prefix + mount.ToString(CultureInfo.InvariantCulture), fileSystem, controllers);
        }
        finally
        {
            _ = Libc.Close((int)context);
        }
    }

    private static byte[] Text(string text) => [.. System.Text.Encoding.ASCII.GetBytes(text), 0];

    private static nint Call(nint number, byte[] text, nint second)
    {
        fixed (byte* bytes = text)
        {
            return Libc.SystemCall(number, (nint)bytes, second, 0, 0, 0);
        }
    }

    private static nint Call(nint number, nint descriptor, nint command, byte[]? text)
    {
        fixed (byte* bytes = text)
        {
            return Libc.SystemCall(number, descriptor, command, (nint)bytes, 0, 0);
        }
    }

    private static nint Call(nint number, nint descriptor, nint first, nint second) => Libc.SystemCall(number, descriptor, first, second, 0, 0);
}
