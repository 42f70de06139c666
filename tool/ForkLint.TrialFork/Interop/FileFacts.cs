using System.Runtime.InteropServices;

namespace ForkLint.TrialFork;

/// <summary>struct statx, the same on every architecture (linux/stat.h).</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct FileFacts
{
    private const int AllFields = 0x7FF;

    [FieldOffset(16)]
    public uint Links;

    [FieldOffset(20)]
    public uint UserId;

    [FieldOffset(24)]
    public uint GroupId;

    [FieldOffset(28)]
    public ushort Mode;

    [FieldOffset(32)]
    public ulong Inode;

    [FieldOffset(40)]
    public ulong LengthBytes;

    [FieldOffset(136)]
    public uint DeviceMajor;

    [FieldOffset(140)]
    public uint DeviceMinor;

    /// <summary>What the kernel says of a file; null where it says nothing: the errno is kept.</summary>
    /// <param name="directory">An opened directory, or the file itself.</param>
    /// <param name="path">The path below it; empty for the file itself.</param>
    /// <param name="flags">AT_EMPTY_PATH where the path is empty.</param>
    public static unsafe FileFacts? Read(int directory, string path, int flags)
    {
        FileFacts facts;
        if (Libc.Statx(directory, path, flags, AllFields, &facts) == 0)
        {
            return facts;
        }

        // The seccomp filters of older container engines refuse statx; fstatat gives the same.
        const int notImplemented = 38;
        return Libc.LastError is Libc.ErrorNotPermitted or notImplemented ? ReadOld(directory, path, flags) : null;
    }

    /// <summary>struct stat of the system call (asm/stat.h): the architectures order mode and links differently.</summary>
    private static unsafe FileFacts? ReadOld(int directory, string path, int flags)
    {
        byte* status = stackalloc byte[256];
        if (Libc.FileStatus(directory, path, status, flags) != 0)
        {
            return null;
        }

        bool isArm64 = Libc.IsArm64;
        ulong device = *(ulong*)status;
        return new FileFacts
        {
            Inode = *(ulong*)(status + 8),
            Links = isArm64 ? *(uint*)(status + 20) : (uint)*(ulong*)(status + 16),
            Mode = (ushort)*(uint*)(status + (isArm64 ? 16 : 24)),
            UserId = *(uint*)(status + (isArm64 ? 24 : 28)),
            GroupId = *(uint*)(status + (isArm64 ? 28 : 32)),
            LengthBytes = *(ulong*)(status + 48),
            DeviceMajor = (uint)(device >> 32),
            DeviceMinor = (uint)device,
        };
    }

    public readonly bool IsRegularFile => (Mode & 0xF000) == 0x8000;

    public readonly bool IsSameFile(FileFacts other) => Inode == other.Inode && DeviceMajor == other.DeviceMajor && DeviceMinor == other.DeviceMinor;
}
