using System.Text.Json.Serialization;
using ForkLint.Linux;

namespace ForkLint.Tool.Report;

/// <summary>Whether the next fork succeeds in one place.</summary>
internal sealed record VerdictSection
{
    /// <summary>What the verdict is about: what a program goes by, where <see cref="Where"/> is for people.</summary>
    [JsonConverter(typeof(CamelCaseEnumConverter<AdmissionRule>))]
    public AdmissionRule Rule { get; init; }

    /// <summary>The place: <c>here</c>, <c>overcommit_memory=2</c>, a cgroup, or the <c>--as-if</c> that was asked for.</summary>
    public string Where { get; init; } = "";

    /// <summary>The answer.</summary>
    [JsonConverter(typeof(CamelCaseEnumConverter<Answer>))]
    public Answer Succeeds { get; init; }

    /// <summary>Why, in one sentence.</summary>
    public string Reason { get; init; } = "";

    /// <summary>By how much it fails.</summary>
    public long? ShortfallBytes { get; init; }

    /// <summary>By how much it succeeds.</summary>
    public long? MarginBytes { get; init; }

    /// <summary>The mapping that makes it fail, where a single one does.</summary>
    public MappingSection? Mapping { get; init; }
}

/// <summary>One mapping of the process.</summary>
internal sealed record MappingSection
{
    /// <summary>Where it starts and ends, as in <c>/proc/PID/maps</c>.</summary>
    public string Range { get; init; } = "";

    /// <summary>Its length.</summary>
    public long SizeBytes { get; init; }

    /// <summary>The file it maps, or what the kernel calls it; null for anonymous memory.</summary>
    public string? Path { get; init; }
}

/// <summary>A budget given on the command line.</summary>
internal sealed record BudgetSection
{
    /// <summary>The option: <c>max-charge</c>, <c>max-resident</c> or <c>max-latency</c>.</summary>
    public string Name { get; init; } = "";

    /// <summary>The budget: bytes, or microseconds for a latency.</summary>
    public double Limit { get; init; }

    /// <summary>What was measured, in the same unit; null when it could not be, and the budget counts as exceeded.</summary>
    public double? Actual { get; init; }

    /// <summary>Whether the measurement is over the budget.</summary>
    public bool Exceeded { get; init; }
}
