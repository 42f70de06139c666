using System.Globalization;

namespace ForkLint.Tool.Rendering;

/// <summary>The names of the error numbers that a fork can fail with (include/uapi/asm-generic/errno-base.h).</summary>
internal static class Errno
{
    /// <summary>ENOMEM.</summary>
    public const int NoMemory = 12;

    /// <summary>The name of an error number, such as <c>ENOMEM</c>; the number itself for one that no fork fails with.</summary>
    public static string Name(int? errno) => errno switch
    {
        null => "an unknown error",
        1 => "EPERM",
        11 => "EAGAIN",
        NoMemory => "ENOMEM",
        22 => "EINVAL",
        38 => "ENOSYS",
        _ => "error " + errno.Value.ToString(CultureInfo.InvariantCulture),
    };
}
