using ForkLint.Linux.Text;

namespace ForkLint.Linux;

/// <summary>Reads the two-letter words of a <c>VmFlags</c> line.</summary>
public static class VmFlagsParser
{
    /// <summary>The flags; a word that is not known sets <see cref="VmFlags.Unknown"/>.</summary>
    /// <param name="words">Such as <c>rd wr mr mw me ac</c>.</param>
    public static VmFlags Parse(ReadOnlySpan<byte> words)
    {
        var flags = VmFlags.None;
        while (Utf8Text.NextWord(ref words) is { IsEmpty: false } word)
        {
            flags |= word.Length == 2 ? One((char)word[0], (char)word[1]) : VmFlags.Unknown;
        }

        return flags;
    }

    private static VmFlags One(char first, char second) => (first, second) switch
    {
        ('r', 'd') => VmFlags.Readable,
        ('w', 'r') => VmFlags.Writable,
        ('e', 'x') => VmFlags.Executable,
        ('s', 'h') => VmFlags.Shared,
        ('m', 'r') => VmFlags.MayRead,
        ('m', 'w') => VmFlags.MayWrite,
        ('m', 'e') => VmFlags.MayExecute,
        ('m', 's') => VmFlags.MayShare,
        ('g', 'd') => VmFlags.GrowsDown,
        ('p', 'f') => VmFlags.PfnMap,
        ('l', 'o') => VmFlags.Locked,
        ('i', 'o') => VmFlags.InputOutput,
        ('s', 'r') => VmFlags.SequentialRead,
        ('r', 'r') => VmFlags.RandomRead,
        ('d', 'c') => VmFlags.DontCopy,
        ('d', 'e') => VmFlags.DontExpand,
        ('l', 'f') => VmFlags.LockedOnFault,
        ('a', 'c') => VmFlags.Accounted,
        ('n', 'r') => VmFlags.NoReserve,
        ('h', 't') => VmFlags.HugeTlb,
        ('s', 'f') => VmFlags.Synchronous,
        ('a', 'r') => VmFlags.Architecture,
        ('w', 'f') => VmFlags.WipeOnFork,
        ('d', 'd') => VmFlags.DontDump,
        ('s', 'd') => VmFlags.SoftDirty,
        ('m', 'm') => VmFlags.MixedMap,
        ('h', 'g') => VmFlags.HugePageAdvised,
        ('n', 'h') => VmFlags.NoHugePage,
        ('m', 'g') => VmFlags.Mergeable,
        ('u', 'm') => VmFlags.UserFaultMissing,
        ('u', 'w') => VmFlags.UserFaultWriteProtect,
        ('u', 'i') => VmFlags.UserFaultMinor,
        ('m', 't') => VmFlags.MemoryTagging,
        ('b', 't') => VmFlags.BranchTarget,
        ('s', 's') => VmFlags.ShadowStack,
        ('s', 'l') => VmFlags.Sealed,
        ('d', 'p') => VmFlags.Droppable,
        ('g', 'u') => VmFlags.MaybeGuard,
        _ => VmFlags.Unknown,
    };
}
