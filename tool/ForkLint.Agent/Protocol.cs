using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace ForkLint.Agent;

/// <summary>What the tool asks of the agent. The tool compiles this file too: both ends share one definition.</summary>
internal enum AgentOperation
{
    /// <summary>Who is there? The reply's text is the runtime's version, its value 1 for server GC.</summary>
    Hello = 1,

    /// <summary>Start the watcher, run every step once with a vfork child, so that nothing is compiled or allocated later.</summary>
    Warm,

    /// <summary>The longest stall in a window of Argument nanoseconds in which nothing is forked.</summary>
    Control,

    /// <summary>Fork a child that the agent ends after Argument seconds, and the kernel with the agent's thread. The reply carries its pidfd and, on request, its memory.</summary>
    Fork,

    /// <summary>A child that shares the memory and ends at once.</summary>
    Vfork,

    /// <summary>Kill and reap the child.</summary>
    EndChild,

    /// <summary>Give back what the runtime and libc keep for later: an Aggressive collection, malloc_trim.</summary>
    Release,

    /// <summary>End the agent.</summary>
    Goodbye,
}

/// <summary>A step of the agent's work at which it can be made to fail, to show that the application does not notice.</summary>
public enum AgentFault
{
    /// <summary>No fault: the only value in use outside tests.</summary>
    None = 0,

    /// <summary>The payload that is sent is no assembly: the shim fails to load it.</summary>
    CorruptPayload,

    /// <summary>An exception at the first request.</summary>
    ThrowAtHello,

    /// <summary>An exception while the agent warms up.</summary>
    ThrowAtWarm,

    /// <summary>An exception in the control window, while the watcher runs.</summary>
    ThrowAtControl,

    /// <summary>An exception with all signals blocked, before the child exists.</summary>
    ThrowBeforeFork,

    /// <summary>An exception while the child lives.</summary>
    ThrowAfterFork,

    /// <summary>The child's pidfd cannot be opened.</summary>
    FailPidDescriptor,

    /// <summary>The agent closes the socket while the child lives.</summary>
    DropConnectionAfterFork,

    /// <summary>The agent does not answer while the child lives.</summary>
    HangAfterFork,

    /// <summary>An exception instead of ending the child.</summary>
    ThrowAtEndChild,

    /// <summary>An exception at a vfork trial.</summary>
    ThrowAtVfork,

    /// <summary>An exception instead of releasing memory.</summary>
    ThrowAtRelease,

    /// <summary>An exception at the last request.</summary>
    ThrowAtGoodbye,
}

/// <summary>Options of a Fork request.</summary>
[Flags]
internal enum ForkOptions
{
    None = 0,

    /// <summary>Let the watcher run through the fork.</summary>
    Watch = 1,

    /// <summary>Hand over /proc/CHILD/mem, opened by the child's ancestor: under Yama 1 no other process may.</summary>
    SendMemory = 2,
}

/// <summary>How a request ended.</summary>
internal enum AgentStatus
{
    Done = 0,

    /// <summary>The kernel refused the fork: Error is its errno. A result, no failure.</summary>
    ForkRefused = 1,

    /// <summary>The agent failed; the text says how.</summary>
    Failed = 2,
}

/// <summary>A request, in the memory order of little-endian 64-bit kernels.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct AgentRequest
{
    public uint Magic;
    public AgentOperation Operation;
    public AgentFault Fault;
    public ForkOptions Options;

    /// <summary>Counts the requests of a connection from 1; the reply repeats it.</summary>
    public uint Number;

    public int Unused;
    public long Argument;
}

/// <summary>A reply.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct AgentReply
{
    public uint Magic;
    public AgentOperation Operation;
    public AgentStatus Status;
    public int Error;

    /// <summary>The number of the request that is answered.</summary>
    public uint Number;

    public int Unused;

    /// <summary>The child's id in the application's pid namespace.</summary>
    public long ChildPid;

    public long LatencyNanoseconds;
    public long StallNanoseconds;
    public long Value;

    /// <summary>Which descriptors come with the reply, in this order: bit 0 the pidfd, bit 1 the memory.</summary>
    public int Descriptors;

    public int TextLengthBytes;
    public fixed byte Text[AgentProtocol.TextCapacityBytes];
}

internal static class AgentProtocol
{
    /// <summary>"FLA" and the version: both ends check it in every message.</summary>
    public const uint Magic = 0x02414C46;

    public const int TextCapacityBytes = 192;

    /// <summary>No child is held for longer.</summary>
    public const int LongestHoldSeconds = 60;

    /// <summary>The agent leaves when the tool is silent for this long (stopped, or hung).</summary>
    public const int IdleSeconds = 120;

    [SuppressMessage("Performance", "CA1802:Use literals where appropriate", Justification = "Sizes of structs are no constants.")]
    public static readonly unsafe int RequestLengthBytes = sizeof(AgentRequest);

    public static readonly unsafe int ReplyLengthBytes = sizeof(AgentReply);
}
