using ForkLint.Linux;

namespace ForkLint.TrialFork;

/// <summary>Who was measured. The report has the same record.</summary>
/// <param name="Pid">The process id, in the pid namespace of the tool.</param>
/// <param name="Name">The name of the command; in a report the managed entry assembly where it is known.</param>
/// <param name="Runtime">The version of the .NET runtime, such as "10.0.12"; null where unknown.</param>
/// <param name="IsServerGC">Whether it collects with the server GC; null where unknown.</param>
public sealed record ProcessFacts(int Pid, string Name, string? Runtime, bool? IsServerGC)
{
    /// <summary>Whether it runs .NET in any form.</summary>
    public bool IsDotNet { get; init; } = true;

    /// <summary>The C library it has loaded, <c>glibc</c> or <c>musl</c>: this decides whether Process.Start duplicates. Null where that was not looked at.</summary>
    public string? Libc { get; init; }
}

/// <summary>Everything a measurement found. What is unknown is null.</summary>
public sealed record MeasureResult
{
    /// <summary>The engine that was used: never <see cref="EngineKind.Auto"/>.</summary>
    public required EngineKind Engine { get; init; }

    /// <summary>Why this one, one sentence.</summary>
    public required string EngineWhy { get; init; }

    /// <summary>The target.</summary>
    public required ProcessFacts Process { get; init; }

    /// <summary>What the target shows of its runtime from outside; null where it was not looked at.</summary>
    public DotNetFacts? Facts { get; init; }

    /// <summary>Whether createdump may trace the target; null for one that is not .NET, and where it could not be found out.</summary>
    public IReadOnlyList<TracingRight>? Createdump { get; init; }

    /// <summary>What the verdicts are about: the machine, the process and its limits when the measurement began, without this tool and its agent.</summary>
    public required ForkSituation Situation { get; init; }

    /// <summary>Who shared the tightest limit with the target, and what it had started, before anything was done to it.</summary>
    public Surroundings Surroundings { get; init; } = Surroundings.Unknown;

    /// <summary>How large the target's collector lets its heap become.</summary>
    public CollectorLimit Collector { get; init; } = new(null, null);

    /// <summary>The machine's memory.</summary>
    public HostMemory Host => Situation.Host;

    /// <summary>The nearest limiting memory cgroup; null: no limit.</summary>
    public MemoryCgroup? Cgroup => Situation.Cgroup;

    /// <summary>The parent, with the agent warm and idle; as found, for an estimate.</summary>
    public required MemoryFigures Parent { get; init; }

    /// <summary>The parent's mappings that <see cref="Parent"/> was summed from: savings by mapping stand on them.</summary>
    public required IReadOnlyList<Mapping> ParentMappings { get; init; }

    /// <summary>The forks.</summary>
    public required ForkFigures Fork { get; init; }

    /// <summary>The children that shared the memory; null for an estimate.</summary>
    public VforkFigures? Vfork { get; init; }

    /// <summary>What was seen while a child was held; null if none was.</summary>
    public CopyOnWriteFigures? CopyOnWrite { get; init; }

    /// <summary>Would this fork succeed, here and elsewhere?</summary>
    public required IReadOnlyList<ForkVerdict> Verdicts { get; init; }

    /// <summary>What giving back free memory changed; null if it was not asked for.</summary>
    public VerifyFigures? Verified { get; init; }

    /// <summary>Whether <see cref="MeasureRequest.ReadHeap"/> has read a child to its end.</summary>
    public bool HeapWasRead { get; init; }

    /// <summary>How long the child whose heap was read has lived; null if none was.</summary>
    public long? HeapChildLivedMilliseconds { get; init; }

    /// <summary>How many children were forked for the heap: another one each time that one was forked at a bad moment; 0 if none was.</summary>
    public int HeapCopies { get; init; }

    /// <summary>What the reader of the figures should know.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }
}
