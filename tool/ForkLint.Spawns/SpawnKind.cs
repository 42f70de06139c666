namespace ForkLint.Spawns;

/// <summary>How a process was made: fork, vfork, posix_spawn or clone.</summary>
public enum SpawnKind
{
    /// <summary>fork: the address space was duplicated. glibc's <c>fork</c>, <c>forkpty</c> and <c>daemon</c> call clone for it.</summary>
    Fork,

    /// <summary>vfork: the child borrows the caller's memory until it starts its program. <c>Process.Start</c> does this on glibc.</summary>
    Vfork,

    /// <summary>posix_spawn, and <c>system</c> and <c>popen</c>, which call it in glibc 2.29 and later: as vfork, on a stack of its own.</summary>
    PosixSpawn,

    /// <summary>clone or clone3 with other flags than the C library's own functions use.</summary>
    Clone,
}
