namespace ForkLint.Linux;

/// <summary>Capabilities by their bit (Linux include/uapi/linux/capability.h).</summary>
public enum Capability
{
    /// <summary>CAP_DAC_OVERRIDE: the mode of a file or directory does not count.</summary>
    DacOverride = 1,

    /// <summary>CAP_SYS_PTRACE: trace any process.</summary>
    SysPtrace = 19,

    /// <summary>CAP_SYS_ADMIN: among much else, no admin reserve in mode 2 and no RLIMIT_NPROC.</summary>
    SysAdmin = 21,

    /// <summary>CAP_SYS_RESOURCE: no RLIMIT_NPROC.</summary>
    SysResource = 24,
}

/// <summary>Whether a process has a capability.</summary>
public static class Capabilities
{
    /// <summary>Whether a set as status prints it holds a capability.</summary>
    public static bool Holds(ulong set, Capability capability) => (set & (1UL << (int)capability)) != 0;

    /// <summary>
    /// Whether a process holds a capability where the kernel asks for it: in the initial user namespace. A full set in a namespace of its
    /// own (a rootless container) is worth nothing there (Linux security/commoncap.c, cap_capable).
    /// </summary>
    public static Reading<bool> InInitialNamespace(ProcessFiles process, Capability capability)
    {
        ArgumentNullException.ThrowIfNull(process);
        return process.Status().Then(status => status.EffectiveCapabilities switch
        {
            null => Reading<bool>.Fail(ReadFailure.NotAvailable, "this kernel does not print CapEff"),
            { } set when !Holds(set, capability) => Reading<bool>.Ok(false),
            _ => Namespaces.IsInInitialUserNamespace(process),
        });
    }
}
