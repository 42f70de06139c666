namespace ForkLint.TestApps.Lies;

/// <summary>What a fake agent answers where an honest one would tell the truth. One lie for each measurement.</summary>
internal enum Lie
{
    /// <summary>None: the child is real, and so are its descriptors. Shows that the fake is believed where it tells the truth.</summary>
    None,

    /// <summary>The descriptor of a process of somebody else.</summary>
    OtherProcess,

    /// <summary>Its own descriptor.</summary>
    Itself,

    /// <summary>The descriptor of the tool.</summary>
    TheTool,

    /// <summary>The descriptor of process 1.</summary>
    Init,

    /// <summary>The descriptor of a program that it started long before.</summary>
    OlderChild,

    /// <summary>The descriptor of a copy of itself that was made before the request, without an exit signal.</summary>
    OlderCopy,

    /// <summary>The descriptor of a program that it starts now.</summary>
    NewProgram,

    /// <summary>The descriptor of a child of a child.</summary>
    Grandchild,

    /// <summary>The descriptor of one of its threads, where the kernel has such.</summary>
    Thread,

    /// <summary>A process that has ended.</summary>
    EndedChild,

    /// <summary>A real child, named by another number.</summary>
    WrongNumber,

    /// <summary>A pipe in place of a pidfd.</summary>
    PipeAsProcess,

    /// <summary>A file whose name looks like a pidfd's.</summary>
    FileAsProcess,

    /// <summary>No descriptor at all.</summary>
    NoDescriptor,

    /// <summary>Fifty descriptors.</summary>
    ManyDescriptors,

    /// <summary>Fifty descriptors with the first answer, which brings none.</summary>
    DescriptorsAtHello,

    /// <summary>A pipe, open at both ends, as the child's memory.</summary>
    PipeAsMemory,

    /// <summary>A named pipe that is called like a memory file.</summary>
    NamedPipeAsMemory,

    /// <summary>/dev/zero as the child's memory.</summary>
    ZeroAsMemory,

    /// <summary>Its own memory as the child's.</summary>
    OwnMemory,

    /// <summary>A latency below zero.</summary>
    NegativeLatency,

    /// <summary>The smallest number there is as latency.</summary>
    SmallestLatency,

    /// <summary>The largest number there is as latency.</summary>
    HugeLatency,

    /// <summary>A stall that is longer than the request.</summary>
    HugeStall,

    /// <summary>An error number that no kernel gives.</summary>
    HugeError,

    /// <summary>Failure, with a text longer than the reply.</summary>
    EndlessText,

    /// <summary>Failure, with a text of negative length.</summary>
    NegativeText,

    /// <summary>Failure, with escape sequences and lines in its text.</summary>
    EscapesInText,

    /// <summary>A status that does not exist.</summary>
    WrongStatus,

    /// <summary>Another magic number.</summary>
    WrongMagic,

    /// <summary>The answer to another request.</summary>
    WrongNumberOfRequest,

    /// <summary>Server GC 7 times.</summary>
    WrongValue,

    /// <summary>One byte a second.</summary>
    Drips,

    /// <summary>Nothing.</summary>
    Silence,

    /// <summary>Every answer twice.</summary>
    Twice,

    /// <summary>An answer cut short, and the end of the connection.</summary>
    CutShort,

    /// <summary>The end of the connection at once.</summary>
    Closes,
}
