using System.Runtime.InteropServices;

namespace ForkLint.Heap.Child;

/// <summary>Owner and mode of a file, by <c>statx</c>: its layout is the same on every architecture (include/uapi/linux/stat.h).</summary>
internal static unsafe partial class FileOwner
{
    private const int CurrentDirectory = -100;
    private const uint OwnerAndMode = 0x2 | 0x8;

    /// <summary>False if the file cannot be examined.</summary>
    public static bool TryRead(string path, out uint owner, out uint mode)
    {
        byte* buffer = stackalloc byte[256];
        if (StatX(CurrentDirectory, path, 0, OwnerAndMode, buffer) != 0)
        {
            owner = mode = 0;
            return false;
        }

        owner = *(uint*)(buffer + 20);
        mode = *(ushort*)(buffer + 28);
        return true;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int StatX(int directory, string path, int flags, uint mask, byte* buffer);
}
