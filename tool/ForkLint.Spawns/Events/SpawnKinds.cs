namespace ForkLint.Spawns.Events;

/// <summary>Tells from the call and its flags what kind of process creation it was.</summary>
internal static class SpawnKinds
{
    // include/uapi/linux/sched.h
    private const ulong SharesMemory = 0x100;
    private const ulong WaitsForProgram = 0x4000;
    private const ulong Thread = 0x10000;

    /// <summary>What the C libraries add to a plain fork: they only say where the child's thread id is written (CLONE_PARENT_SETTID, CHILD_CLEARTID, CHILD_SETTID).</summary>
    private const ulong ThreadIdFlags = 0x100000 | 0x200000 | 0x1000000;

    /// <summary>The lowest byte is the signal that the parent gets.</summary>
    private const ulong SignalMask = 0xFF;

    /// <summary>Whether the task is a thread of its maker and no process.</summary>
    public static bool IsThread(ulong flags) => (flags & Thread) != 0;

    /// <summary>Whether the child runs in the caller's memory until it starts a program or ends.</summary>
    public static bool Shares(ulong flags) => (flags & SharesMemory) != 0;

    /// <summary>The kind.</summary>
    /// <param name="call">The system call; it decides where the flags of two kinds are equal.</param>
    /// <param name="hasOwnStack">Whether the child has a stack of its own; null where that is not known.</param>
    /// <param name="flags">The flags of clone.</param>
    public static SpawnKind Of(CreationCall call, bool? hasOwnStack, ulong flags)
    {
        if (Shares(flags))
        {
            return (flags & WaitsForProgram) == 0 ? SpawnKind.Clone : call switch
            {
                CreationCall.Vfork => SpawnKind.Vfork,

                // No C library's vfork can return twice on a stack that is not the caller's. On arm64 vfork is clone without a stack.
                CreationCall.Clone => hasOwnStack == false ? SpawnKind.Vfork : SpawnKind.PosixSpawn,
                CreationCall.Clone3 => SpawnKind.PosixSpawn,
                _ => SpawnKind.Vfork,
            };
        }

        return call == CreationCall.Fork || ((flags & ~(ThreadIdFlags | SignalMask)) == 0 && hasOwnStack != true) ? SpawnKind.Fork : SpawnKind.Clone;
    }
}
