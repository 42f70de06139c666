using ForkLint.Heap.Interop;

namespace ForkLint.Heap.Child;

/// <summary>Owner and mode of a file, by <c>statx</c>: its layout is the same on every architecture (include/uapi/linux/stat.h).</summary>
internal static unsafe class FileOwner
{
    private const int CurrentDirectory = -100;
    private const int OwnerAndMode = 0x2 | 0x8;

    /// <summary>False if the file cannot be examined.</summary>
    public static bool TryRead(string path, out uint owner, out uint mode)
    {
        byte* buffer = stackalloc byte[256];
        if (Libc.Statx(CurrentDirectory, path, 0, OwnerAndMode, buffer) != 0)
        {
            owner = mode = 0;
            return false;
        }

        owner = *(uint*)(buffer + 20);
        mode = *(ushort*)(buffer + 28);
        return true;
    }
}
