namespace ForkLint.TrialFork;

/// <summary>The registers of one thread at the instant of a fork, as the kernel lays them out (ptrace(2), PTRACE_GETREGSET).</summary>
/// <param name="Id">The thread's id, as the process itself sees it.</param>
/// <param name="General">NT_PRSTATUS: the general registers.</param>
/// <param name="Floating">NT_PRFPREG: the floating point and vector registers; empty where the kernel gave none.</param>
public sealed record ThreadRegisters(int Id, byte[] General, byte[] Floating);
