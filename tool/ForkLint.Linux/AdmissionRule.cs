namespace ForkLint.Linux;

/// <summary>What a verdict on a fork is about: one rule of the kernel, or all of them together.</summary>
public enum AdmissionRule
{
    /// <summary>All rules that apply here, together.</summary>
    Here,

    /// <summary><c>overcommit_memory=0</c>: each mapping against RAM and swap.</summary>
    Heuristic,

    /// <summary><c>overcommit_memory=1</c>: everything is admitted.</summary>
    Always,

    /// <summary><c>overcommit_memory=2</c>: the sum of all commitments against the commit limit.</summary>
    Strict,

    /// <summary>The limit of a memory cgroup at which the kernel kills.</summary>
    MemoryCgroup,

    /// <summary>The limit of a memory cgroup at which the kernel slows down (<c>memory.high</c>).</summary>
    MemoryHigh,

    /// <summary>What the machine has available.</summary>
    AvailableMemory,

    /// <summary>The limits on tasks.</summary>
    Tasks,

    /// <summary>All rules of another machine or container, together (<c>--as-if</c>).</summary>
    Elsewhere,
}
