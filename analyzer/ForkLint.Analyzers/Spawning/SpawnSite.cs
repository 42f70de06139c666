using Microsoft.CodeAnalysis;

namespace ForkLint.Analyzers.Spawning;

/// <summary>An operation that creates a process.</summary>
/// <param name="Operation">The call, creation or property access.</param>
/// <param name="Kind">Whether it duplicates.</param>
/// <param name="DisplayName">The spawn as a message names it: <c>Process.Start</c>, <c>libc fork</c>.</param>
/// <param name="Why">What makes it duplicate where that is not plain from its name: <c>UserName is set on musl (linux-musl-x64)</c>; otherwise <see langword="null"/>.</param>
/// <param name="ChargesCommit">Whether the kernel charges the parent's memory again. A fork on macOS costs time, not commit charge.</param>
internal sealed record SpawnSite(IOperation Operation, SpawnKind Kind, string DisplayName, string? Why, bool ChargesCommit)
{
    /// <summary>Whether managed code itself forks, which FORK007 is about.</summary>
    public bool IsManagedFork { get; init; }

    /// <summary>The entry point where native code is called (<c>fork</c>, <c>vfork</c>, <c>syscall</c> …); <see langword="null"/> otherwise.</summary>
    public string? EntryPoint { get; init; }

    /// <summary>Whether the call returns only after the child has ended: <c>system</c>, <c>Process.Run…</c>.</summary>
    public bool WaitsForChild { get; init; }
}
