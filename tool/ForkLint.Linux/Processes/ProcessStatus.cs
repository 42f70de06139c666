namespace ForkLint.Linux;

/// <summary>What <c>/proc/PID/status</c> says. A field that this kernel, or this kind of process, lacks is null (a kernel thread and a zombie have no memory).</summary>
public sealed record ProcessStatus
{
    private const ulong KillSignal = 1UL << 8;

    /// <summary>The name of the command, 15 bytes at most.</summary>
    public required string Name { get; init; }

    /// <summary>The state's letter: R, S, D, T (stopped), t (traced), Z (zombie), X (dead), I (idle kernel thread).</summary>
    public required char State { get; init; }

    /// <summary>The process id (Tgid) in the pid namespace of the /proc that was read.</summary>
    public required int Pid { get; init; }

    /// <summary>The parent's process id; 0 where the parent is outside the pid namespace.</summary>
    public required int ParentPid { get; init; }

    /// <summary>The process id in each pid namespace from the reader's inward (NSpid, Linux 4.1); empty where the kernel lacks it.</summary>
    public IReadOnlyList<int> NamespacePids { get; init; } = [];

    /// <summary>The tracer's process id; 0 without one.</summary>
    public int? TracerPid { get; init; }

    /// <summary>The real user id.</summary>
    public required uint RealUid { get; init; }

    /// <summary>The effective user id.</summary>
    public required uint EffectiveUid { get; init; }

    /// <summary>The real group id.</summary>
    public required uint RealGid { get; init; }

    /// <summary>The effective group id.</summary>
    public required uint EffectiveGid { get; init; }

    /// <summary>The supplementary group ids.</summary>
    public IReadOnlyList<uint> Groups { get; init; } = [];

    /// <summary>The size of the address space, reserves included (VmSize, the kernel's total_vm).</summary>
    public long? VirtualBytes { get; init; }

    /// <summary>The resident set (VmRSS). Kernels since 4.5 keep it in counters per thread, so it may lag a few dozen pages.</summary>
    public long? ResidentBytes { get; init; }

    /// <summary>The highest resident set since the program was started (VmHWM).</summary>
    public long? PeakResidentBytes { get; init; }

    /// <summary>Resident anonymous memory (RssAnon, Linux 4.5).</summary>
    public long? AnonymousBytes { get; init; }

    /// <summary>Resident file pages (RssFile, Linux 4.5).</summary>
    public long? FileBytes { get; init; }

    /// <summary>Resident shared memory (RssShmem, Linux 4.5).</summary>
    public long? SharedMemoryBytes { get; init; }

    /// <summary>Page tables (VmPTE): what a fork must copy.</summary>
    public long? PageTableBytes { get; init; }

    /// <summary>Private writable address space (VmData).</summary>
    public long? DataBytes { get; init; }

    /// <summary>The main thread's stack (VmStk).</summary>
    public long? StackBytes { get; init; }

    /// <summary>Anonymous memory in swap (VmSwap).</summary>
    public long? SwapBytes { get; init; }

    /// <summary>Memory of hugetlbfs (HugetlbPages, Linux 4.4).</summary>
    public long? HugeTlbBytes { get; init; }

    /// <summary>The number of threads.</summary>
    public required int Threads { get; init; }

    /// <summary>The effective capabilities, in the process's own user namespace (CapEff).</summary>
    public ulong? EffectiveCapabilities { get; init; }

    /// <summary>The signals that wait for this one thread, signal 1 in the lowest bit (SigPnd).</summary>
    public ulong? PendingSignals { get; init; }

    /// <summary>The signals that wait for any thread of the process, likewise (ShdPnd).</summary>
    public ulong? SharedPendingSignals { get; init; }

    /// <summary>Whether its process is being killed: each thread then has a SIGKILL of its own (zap_other_threads and complete_signal in kernel/signal.c).</summary>
    public bool IsBeingKilled => ((PendingSignals ?? 0) & KillSignal) != 0;

    /// <summary>Whether a core dump is being written (CoreDumping, Linux 4.15).</summary>
    public bool? CoreDumping { get; init; }

    /// <summary>Whether it is a kernel thread (Kthread, Linux 6.8).</summary>
    public bool? IsKernelThread { get; init; }

    /// <summary>Whether transparent huge pages may be used (THP_enabled, Linux 5.0).</summary>
    public bool? HugePagesEnabled { get; init; }

    /// <summary>The seccomp mode: 0 none, 1 strict, 2 filter.</summary>
    public int? SeccompMode { get; init; }

    /// <summary>Whether it and what it starts can gain no privileges (NoNewPrivs, Linux 4.10): what an unprivileged process sets before it confines itself.</summary>
    public bool? NoNewPrivileges { get; init; }
}
