namespace ForkLint.Analyzers.Spawning;

/// <summary>The system calls that create a process.</summary>
internal enum SystemCall
{
    /// <summary>Any other.</summary>
    Other,

    /// <summary>fork.</summary>
    Fork,

    /// <summary>vfork.</summary>
    VFork,

    /// <summary>clone.</summary>
    Clone,

    /// <summary>clone3.</summary>
    Clone3,
}

/// <summary>
/// What a system call number means on a processor: <c>arch/x86/entry/syscalls/syscall_64.tbl</c>, <c>syscall_32.tbl</c>,
/// <c>arch/arm/tools/syscall.tbl</c>, and <c>include/uapi/asm-generic/unistd.h</c> for arm64, riscv64 and loongarch64.
/// </summary>
internal static class SystemCalls
{
    /// <summary>The meaning on any Linux the project is built for; the tables differ, so one number never means two of these. Without an identifier it is x86-64.</summary>
    public static SystemCall Meaning(long number, IReadOnlyList<TargetRuntime> targets)
    {
        var known = false;
        foreach (var target in targets)
        {
            if (target is { Architecture.Length: > 0, System: TargetSystem.Glibc or TargetSystem.Musl or TargetSystem.Android })
            {
                known = true;
                if (Meaning(number, target.Architecture) is var meaning and not SystemCall.Other)
                {
                    return meaning;
                }
            }
        }

        return known ? SystemCall.Other : Meaning(number, "x64");
    }

    private static SystemCall Meaning(long number, string architecture) => (architecture, number) switch
    {
        (_, 435) => SystemCall.Clone3,
        ("x64", 56) => SystemCall.Clone,
        ("x64", 57) => SystemCall.Fork,
        ("x64", 58) => SystemCall.VFork,
        ("arm64" or "riscv64" or "loongarch64", 220) => SystemCall.Clone,
        ("x86" or "arm" or "armel" or "armv6" or "s390x" or "ppc64le", 2) => SystemCall.Fork,
        ("x86" or "arm" or "armel" or "armv6" or "s390x" or "ppc64le", 120) => SystemCall.Clone,
        ("x86" or "arm" or "armel" or "armv6" or "s390x", 190) => SystemCall.VFork,
        ("ppc64le", 189) => SystemCall.VFork,
        _ => SystemCall.Other,
    };
}
