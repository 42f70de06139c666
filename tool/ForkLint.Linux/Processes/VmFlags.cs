using System.Diagnostics.CodeAnalysis;

namespace ForkLint.Linux;

/// <summary>The flags of a mapping as <c>VmFlags</c> of smaps prints them (Linux fs/proc/task_mmu.c, show_smap_vma_flags).</summary>
[Flags]
[SuppressMessage("Naming", "CA1711:Identifiers should not have incorrect suffix", Justification = "The kernel's name.")]
[SuppressMessage("Design", "CA1028:Enum Storage should be Int32", Justification = "More than 32 flags.")]
public enum VmFlags : ulong
{
    /// <summary>No flag.</summary>
    None = 0,

    /// <summary>rd: readable.</summary>
    Readable = 1UL << 0,

    /// <summary>wr: writable.</summary>
    Writable = 1UL << 1,

    /// <summary>ex: executable.</summary>
    Executable = 1UL << 2,

    /// <summary>sh: shared.</summary>
    Shared = 1UL << 3,

    /// <summary>mr: may be made readable.</summary>
    MayRead = 1UL << 4,

    /// <summary>mw: may be made writable.</summary>
    MayWrite = 1UL << 5,

    /// <summary>me: may be made executable.</summary>
    MayExecute = 1UL << 6,

    /// <summary>ms: may be shared.</summary>
    MayShare = 1UL << 7,

    /// <summary>gd: a stack that grows down.</summary>
    GrowsDown = 1UL << 8,

    /// <summary>pf: raw page frames.</summary>
    PfnMap = 1UL << 9,

    /// <summary>lo: locked in memory.</summary>
    Locked = 1UL << 10,

    /// <summary>io: device memory.</summary>
    InputOutput = 1UL << 11,

    /// <summary>sr: read in sequence.</summary>
    SequentialRead = 1UL << 12,

    /// <summary>rr: read at random.</summary>
    RandomRead = 1UL << 13,

    /// <summary>dc: MADV_DONTFORK, a fork leaves the mapping out.</summary>
    DontCopy = 1UL << 14,

    /// <summary>de: not to be expanded by mremap.</summary>
    DontExpand = 1UL << 15,

    /// <summary>lf: locked on fault.</summary>
    LockedOnFault = 1UL << 16,

    /// <summary>ac: accounted, its length counts as commit charge.</summary>
    Accounted = 1UL << 17,

    /// <summary>nr: MAP_NORESERVE was honoured, so it is not accounted.</summary>
    NoReserve = 1UL << 18,

    /// <summary>ht: huge pages of hugetlbfs.</summary>
    HugeTlb = 1UL << 19,

    /// <summary>sf: synchronous page faults (DAX).</summary>
    Synchronous = 1UL << 20,

    /// <summary>ar: architecture specific.</summary>
    Architecture = 1UL << 21,

    /// <summary>wf: MADV_WIPEONFORK, the child sees zeroes. Charged at fork nevertheless.</summary>
    WipeOnFork = 1UL << 22,

    /// <summary>dd: left out of core dumps.</summary>
    DontDump = 1UL << 23,

    /// <summary>sd: tracks soft-dirty pages.</summary>
    SoftDirty = 1UL << 24,

    /// <summary>mm: mixed page frames and pages.</summary>
    MixedMap = 1UL << 25,

    /// <summary>hg: MADV_HUGEPAGE.</summary>
    HugePageAdvised = 1UL << 26,

    /// <summary>nh: MADV_NOHUGEPAGE.</summary>
    NoHugePage = 1UL << 27,

    /// <summary>mg: KSM may merge its pages.</summary>
    Mergeable = 1UL << 28,

    /// <summary>um: userfaultfd, missing pages.</summary>
    UserFaultMissing = 1UL << 29,

    /// <summary>uw: userfaultfd, write protection; its page tables are copied at fork.</summary>
    UserFaultWriteProtect = 1UL << 30,

    /// <summary>ui: userfaultfd, minor faults.</summary>
    UserFaultMinor = 1UL << 31,

    /// <summary>mt: arm64 memory tagging.</summary>
    MemoryTagging = 1UL << 32,

    /// <summary>bt: arm64 branch targets.</summary>
    BranchTarget = 1UL << 33,

    /// <summary>ss: a shadow stack.</summary>
    ShadowStack = 1UL << 34,

    /// <summary>sl: sealed.</summary>
    Sealed = 1UL << 35,

    /// <summary>dp: droppable, lazily freed.</summary>
    Droppable = 1UL << 36,

    /// <summary>gu: may hold guard regions.</summary>
    MaybeGuard = 1UL << 37,

    /// <summary>A flag that this list does not know: a newer kernel.</summary>
    Unknown = 1UL << 63,
}
