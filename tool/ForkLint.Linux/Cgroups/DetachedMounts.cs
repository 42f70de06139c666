using System.Collections.Concurrent;
using System.Globalization;
using ForkLint.Linux.Text;

namespace ForkLint.Linux;

/// <summary>
/// Cgroup hierarchies that no folder shows here, as in a container without <c>/sys/fs/cgroup</c>: mounted for this process alone, at no place (fsopen(2),
/// fsmount(2), Linux 5.2). Nobody else sees the mount, and it goes with the process.
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
    private static readonly ConcurrentDictionary<string, Lazy<string?>> Opened = new(StringComparer.Ordinal);

    /// <summary>Whether a path leads through one of these mounts: it means nothing to anybody else.</summary>
    public static bool Covers(string path) => path.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The folder of a version 1 hierarchy (all of its controllers), or of version 2 where there are none; null where the kernel refuses it (it takes CAP_SYS_ADMIN).</summary>
    public static string? Folder(IReadOnlyList<string> controllers)
    {
        var key = string.Join(',', controllers);
        return Opened.GetOrAdd(key, _ => new Lazy<string?>(() => Open(controllers))).Value;
    }

    private static string? Open(IReadOnlyList<string> controllers)
    {
        var context = Call(CallOpen, Text(controllers.Count > 0 ? "cgroup" : "cgroup2"), CloseOnExec);
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
            return mount < 0 ? null : Prefix + mount.ToString(CultureInfo.InvariantCulture);
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
