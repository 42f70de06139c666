using ForkLint.Linux;

namespace ForkLint.Dumps;

/// <summary>The directory of a dump, as the application sees it.</summary>
public sealed record DumpPlace
{
    /// <summary>The directory.</summary>
    public required string Directory { get; init; }

    /// <summary>Why it cannot be looked at, in the system's words: it is not there, or it may not be entered. Null where it was looked at.</summary>
    public string? Missing { get; init; }

    /// <summary>Whether the application may make a file in it.</summary>
    public Answer IsWritable { get; init; } = Answer.Uncertain;

    /// <summary>Whether its file system is mounted read-only.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>The kind of file system, such as <c>tmpfs</c>; null where the kernel's number for it is not known here.</summary>
    public string? FileSystem { get; init; }

    /// <summary>Whether a file there is memory: of tmpfs and ramfs it is, and counts against the memory limit.</summary>
    public bool IsMemory { get; init; }

    /// <summary>Why no file of the name that is set can be made in it; null where one can, and where no name is set.</summary>
    public string? NameObstacle { get; init; }

    /// <summary>Whether its file system can hold another file at all: one may run out of inodes before it runs out of space. True where that is not counted.</summary>
    public bool HasFreeFiles { get; init; } = true;

    /// <summary>What the application's user may still write there; null where that is not known.</summary>
    public long? FreeBytes { get; init; }
}
