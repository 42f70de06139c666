using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>
/// Where on a thread's stack a trial may put its frames: what lies below the stack pointer is dead, as long as it is the stack. A signal
/// stack or a coroutine's stack of a few pages has other memory below it.
/// </summary>
internal static class StackPlace
{
    /// <summary>A signal handler that runs below the frames has this much left: as much as the largest frame and some calls take.</summary>
    private const ulong RoomForHandlersBytes = 32 << 10;

    /// <summary>A stack smaller than this is one for signals, or a coroutine's.</summary>
    private const long SmallestStackBytes = 128 << 10;

    /// <summary>Whether so many bytes can be written below a stack pointer.</summary>
    /// <param name="maps">The mappings, ascending.</param>
    /// <param name="stackPointer">The stack pointer.</param>
    /// <param name="bytes">How many.</param>
    public static bool HasRoom(IReadOnlyList<MapRegion> maps, ulong stackPointer, int bytes)
    {
        for (int index = 0; index < maps.Count; index++)
        {
            var region = maps[index];
            if (stackPointer < region.Start || stackPointer >= region.End)
            {
                continue;
            }

            bool isWritable = region.IsPrivate && region.Permissions.StartsWith("rw", StringComparison.Ordinal) && !region.IsFile;
            bool hasRoom = stackPointer - region.Start >= (ulong)bytes + RoomForHandlersBytes;

            // The main thread's stack grows by itself; pthread stacks of every C library end in an inaccessible guard. The guard of
            // glibc 2.42 (MADV_GUARD_INSTALL) does not show here, so such a stack is not used.
            bool isStack = region.Path == "[stack]"
                || (region.SizeBytes >= SmallestStackBytes && index > 0 && maps[index - 1].End == region.Start && maps[index - 1].Permissions.StartsWith("---", StringComparison.Ordinal));
            return isWritable && hasRoom && isStack;
        }

        return false;
    }
}
