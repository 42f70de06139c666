using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using ForkLint.Dumps.Core;
using ForkLint.Linux;

namespace ForkLint.Dumps;

/// <summary>Looks at directories and files as another process sees them: below its root, and no link leads out of it.</summary>
public static unsafe class PlaceReader
{
    private const int PathOnly = 0x200000;
    private const ulong NoMagicLinks = 2;
    private const ulong InRoot = 16;
    private const int OpenAt2Call = 437;
    private const int ReadOnlyMount = 1; // ST_RDONLY
    private const int MayWriteAndSearch = 3;
    private const int UserAt = 20; // struct statx
    private const int GroupAt = 24;
    private const int ModeAt = 28;
    private const int StatxBytes = 256;
    private const int BasicFields = 0x7FF;
    private const int AsEffectiveUser = 0x200;
    private const int MostNameBytes = 255; // NAME_MAX
    private const uint Tmpfs = 0x01021994;
    private const uint Ramfs = 0x858458F6;

    /// <summary>The numbers that identify file systems (statfs(2), linux/magic.h).</summary>
    private static readonly Dictionary<uint, string> FileSystems = new()
    {
        [Tmpfs] = "tmpfs",
        [Ramfs] = "ramfs",
        [0xEF53] = "ext4",
        [0x58465342] = "xfs",
        [0x9123683E] = "btrfs",
        [0x794C7630] = "overlay",
        [0x6969] = "nfs",
        [0xFF534D42] = "cifs",
        [0xFE534D42] = "smb",
        [0x2FC12FC1] = "zfs",
        [0x65735546] = "fuse",
        [0xF2F52010] = "f2fs",
        [0x01021997] = "9p",
    };

    /// <summary>Looks at a directory.</summary>
    /// <param name="process">The process.</param>
    /// <param name="directory">The directory, as the process sees it.</param>
    /// <param name="user">Who makes the file.</param>
    /// <param name="name">The name of the file; null where any may be chosen.</param>
    public static DumpPlace Read(ProcessFiles process, string directory, FileUser user, string? name)
    {
        ArgumentNullException.ThrowIfNull(process);
        ArgumentNullException.ThrowIfNull(directory);
        ArgumentNullException.ThrowIfNull(user);
        int opened = Open(process, directory, out string why);
        if (opened < 0)
        {
            return new DumpPlace { Directory = directory, Missing = why, IsWritable = Answer.No };
        }

        using var handle = new Microsoft.Win32.SafeHandles.SafeFileHandle(opened, ownsHandle: true);
        string path = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{opened}");
        if (!System.IO.Directory.Exists(path))
        {
            return new DumpPlace { Directory = directory, Missing = "it is not a directory", IsWritable = Answer.No };
        }

        long* facts = stackalloc long[16];
        if (Libc.StatFileSystem(path, facts) != 0)
        {
            return new DumpPlace { Directory = directory, IsWritable = MayMakeFiles(process, directory, path, user) };
        }

        // struct statfs of 64-bit systems: type, block size, blocks, free, free to all, files, free files, id, length of names, fragment, flags.
        uint type = (uint)facts[0];
        bool isReadOnly = (facts[10] & ReadOnlyMount) != 0;
        return new DumpPlace
        {
            Directory = directory,
            IsReadOnly = isReadOnly,
            NameObstacle = name is null ? null
                : Encoding.UTF8.GetByteCount(name) > MostNameBytes ? string.Create(CultureInfo.InvariantCulture, $"the name of the file is longer than {MostNameBytes} bytes")
                : System.IO.Directory.Exists(Path.Combine(path, name)) ? $"{name} is a directory there"
                : null,
            IsWritable = isReadOnly ? Answer.No : MayMakeFiles(process, directory, path, user),
            FileSystem = FileSystems.GetValueOrDefault(type),
            IsMemory = type is Tmpfs or Ramfs,

            // A file system without a fixed number of files counts none.
            HasFreeFiles = facts[5] <= 0 || facts[6] > 0,

            // ramfs has no size of its own: what is free is the machine's memory.
            FreeBytes = type == Ramfs ? null : (user.IsRoot ? facts[3] : facts[4]) * facts[1],
        };
    }

    /// <summary>Whether a process sees a program at a path that can be run.</summary>
    /// <param name="process">The process.</param>
    /// <param name="path">The path, as the process sees it.</param>
    public static bool HasProgram(ProcessFiles process, string path)
    {
        ArgumentNullException.ThrowIfNull(process);
        ArgumentNullException.ThrowIfNull(path);
        int opened = Open(process, path, out _);
        if (opened < 0)
        {
            return false;
        }

        using var handle = new Microsoft.Win32.SafeHandles.SafeFileHandle(opened, ownsHandle: true);
        string own = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{opened}");
        return File.Exists(own) && Facts(own) is { } facts && (facts.Mode & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;
    }

    /// <summary>Opens a path below the process's root, for looking at it only; negative where it cannot be. The caller closes it.</summary>
    internal static int Open(ProcessFiles process, string path, out string why)
    {
        why = "";
        int root = Libc.OpenFile(process.PathOf("root"), PathOnly | Libc.CloseOnExec);
        if (root < 0)
        {
            why = Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());
            return -1;
        }

        using var handle = new Microsoft.Win32.SafeHandles.SafeFileHandle(root, ownsHandle: true);
        ulong* how = stackalloc ulong[3];
        (how[0], how[1], how[2]) = (PathOnly | Libc.CloseOnExec, 0, InRoot | NoMagicLinks);
        nint bytes = Marshal.StringToCoTaskMemUTF8(path);
        try
        {
            int opened = (int)Libc.SystemCall(OpenAt2Call, root, bytes, (nint)how, 3 * sizeof(ulong), 0);
            why = opened < 0 ? Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()) : "";
            return opened;
        }
        finally
        {
            Marshal.FreeCoTaskMem(bytes);
        }
    }

    /// <summary>
    /// As this process sees it where that is the same user with the same power over modes; else by owner, groups and modes of the directory and of those above it, which an access list
    /// (ACL) can overrule.
    /// </summary>
    private static Answer MayMakeFiles(ProcessFiles process, string directory, string path, FileUser user)
    {
        if (user.UserId == Libc.EffectiveUser() && user.OverridesModes == OverridesModes())
        {
            return Libc.MayAccess(Libc.CurrentDirectory, path, MayWriteAndSearch, AsEffectiveUser) == 0 ? Answer.Yes : Answer.No;
        }

        for (string? above = System.IO.Path.GetDirectoryName(directory); above is not null; above = System.IO.Path.GetDirectoryName(above))
        {
            int opened = Open(process, above, out _);
            if (opened < 0)
            {
                return Answer.Uncertain;
            }

            using var handle = new Microsoft.Win32.SafeHandles.SafeFileHandle(opened, ownsHandle: true);
            if (Facts(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{opened}")) is { } on && !user.MaySearch(on.Mode, on.Owner, on.Group))
            {
                return Answer.No;
            }
        }

        return Facts(path) is { } facts ? user.MayMakeFiles(facts.Mode, facts.Owner, facts.Group) : Answer.Uncertain;
    }

    private static bool OverridesModes() =>
        new ProcessFiles(Environment.ProcessId).Status() is { IsOk: true, Value.EffectiveCapabilities: { } set } && Capabilities.Holds(set, Capability.DacOverride);

    /// <summary>statx, whose layout is the same on every architecture (linux/stat.h); null where the kernel says nothing.</summary>
    private static (UnixFileMode Mode, uint Owner, uint Group)? Facts(string path)
    {
        byte* facts = stackalloc byte[StatxBytes];
        nint bytes = Marshal.StringToCoTaskMemUTF8(path);
        try
        {
            int call = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 291 : 332;
            return Libc.SystemCall(call, Libc.CurrentDirectory, bytes, 0, BasicFields, (nint)facts) == 0
                ? ((UnixFileMode)(*(ushort*)(facts + ModeAt) & 0xFFF), *(uint*)(facts + UserAt), *(uint*)(facts + GroupAt))
                : null;
        }
        finally
        {
            Marshal.FreeCoTaskMem(bytes);
        }
    }
}
