namespace ForkLint.Tool.Rendering;

/// <summary>
/// Who forks in a program that is not .NET, and which settings of the machine matter to it, as its own documentation says. Programs that are
/// not known get what holds for all.
/// </summary>
internal static class ProgramAdvice
{
    private static readonly string[] Redis =
    [
        "Redis forks for BGSAVE, for BGREWRITEAOF and for a replica's full synchronisation; while the child lives, what it writes is copied.",
        "vm.overcommit_memory=1 is what Redis asks for: with 0 or 2 a background save may fail although memory is free (redis.io, FAQ and Administration).",
        "Redis asks for transparent huge pages to be off: with them it saw more memory copied and longer latencies after a fork (redis.io, Diagnosing latency issues).",
        "Leave room beside maxmemory for what is copied during a save.",
    ];

    private static readonly string[] PostgreSql =
    [
        "The postmaster forks for each connection and each worker: the charge of its own memory counts for each. A connection pool needs fewer forks.",
        "shared_buffers are shared memory: neither charged nor copied.",
        "vm.overcommit_memory=2 is what PostgreSQL recommends, so that the kernel refuses memory instead of killing the server (its documentation, Linux Memory Overcommit).",
    ];

    private static readonly string[] Python =
    [
        "Python forks for os.fork, and for multiprocessing with the start method fork, the default on Linux before Python 3.14; subprocess uses vfork where it can (3.10 and later).",
        "Reference counts are written when objects are used, which copies their pages: gc.freeze() before the fork keeps the collector from writing too (documentation of gc).",
        "multiprocessing.set_start_method(\"forkserver\") or (\"spawn\") does not duplicate the process.",
    ];

    private static readonly string[] Others =
    [
        "Every fork of the program pays it. vfork and posix_spawn share the memory until the child starts its program.",
        "vm.overcommit_memory decides whether a large fork is refused: 0 looks at single mappings, 1 never refuses, 2 counts strictly.",
    ];

    /// <summary>The lines, without indentation.</summary>
    /// <param name="name">The name of the program, as <c>ps</c> shows it.</param>
    public static IReadOnlyList<string> For(string name) => name switch
    {
        _ when name.StartsWith("redis-server", StringComparison.Ordinal) || name.StartsWith("valkey-server", StringComparison.Ordinal) => Redis,
        _ when name.StartsWith("postgres", StringComparison.Ordinal) => PostgreSql,
        _ when name.StartsWith("python", StringComparison.Ordinal) => Python,
        _ => Others,
    };
}
