using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using ForkLint.Heap;
using ForkLint.Linux;

namespace ForkLint.Tool.Report;

/// <summary>One thing to free, and whether a finding warns about it.</summary>
internal sealed record SavingSection : Saving
{
    /// <summary>A saving of which no finding is known.</summary>
    [SetsRequiredMembers]
    public SavingSection(Saving saving)
        : base(saving)
    {
    }

    /// <summary>A saving as a report has it.</summary>
    [JsonConstructor]
    public SavingSection()
    {
    }

    /// <summary>The finding that warns about the holder; null when nothing does, or when no findings were given.</summary>
    [JsonPropertyOrder(1)]
    public FindingSection? Finding { get; init; }
}

/// <summary>The managed heap as read from the frozen child, or from the application itself.</summary>
internal sealed record HeapSection
{
    /// <summary>Objects read.</summary>
    public long? Objects { get; init; }

    /// <summary>Bytes of them.</summary>
    public long? Bytes { get; init; }

    /// <summary>Objects that could not be read.</summary>
    public long? UnreadableObjects { get; init; }

    /// <summary>How long the reading took.</summary>
    public double? ReadMilliseconds { get; init; }

    /// <summary>How long the child was kept for it.</summary>
    public double? ChildLivedMilliseconds { get; init; }

    /// <summary>How many copies were taken, or looks at the running application: more than one where the collector moved objects during the first.</summary>
    public int Copies { get; init; } = 1;

    /// <summary>Whether the application itself was read while it ran on, because no copy of it was made.</summary>
    [JsonPropertyName("ofRunningProcess")]
    public bool IsOfRunningProcess { get; init; }

    /// <summary>What no action gives back.</summary>
    public IReadOnlyList<KeptSection> Kept { get; init; } = [];
}

/// <summary>Memory that stays whatever is done.</summary>
internal sealed record KeptSection
{
    /// <summary>What it is.</summary>
    public string What { get; init; } = "";

    /// <summary>How much.</summary>
    public long Bytes { get; init; }

    /// <summary>Why it stays.</summary>
    public string Why { get; init; } = "";
}

/// <summary>The fork without some of what is held, by calculation.</summary>
internal sealed record WhatIfSection
{
    /// <summary>The holders that let go.</summary>
    public IReadOnlyList<string> Freed { get; init; } = [];

    /// <summary>What that takes off the charge, overlaps counted once.</summary>
    public long SavedBytes { get; init; }

    /// <summary>What the fork would be charged.</summary>
    public long CommitChargeBytes { get; init; }

    /// <summary>Whether it would succeed.</summary>
    public IReadOnlyList<ForkVerdict> Verdicts { get; init; } = [];
}

/// <summary>The fewest savings that make a failing fork succeed.</summary>
internal sealed record ShortestListSection
{
    /// <summary>Where it fails.</summary>
    public string Where { get; init; } = "";

    /// <summary>Whether what is known to be freeable is enough.</summary>
    public bool Suffices { get; init; }

    /// <summary>What to free; empty where all of it is not enough.</summary>
    public IReadOnlyList<SavingSection> Savings { get; init; } = [];
}
