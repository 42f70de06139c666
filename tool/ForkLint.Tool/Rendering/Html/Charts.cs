using System.Text.Json;
using System.Text.Json.Serialization;

namespace ForkLint.Tool.Rendering.Html;

/// <summary>What the charts of a page are drawn from: everything is worked out and worded here, and the page's script only draws.</summary>
internal sealed record Charts
{
    /// <summary>Who holds the memory; null without a breakdown.</summary>
    public HolderNode? Holders { get; init; }

    /// <summary>Copy-on-write over time; null where no child was held.</summary>
    public CopyOnWriteChart? CopyOnWrite { get; init; }

    /// <summary>The children over time; null on the page of a measurement.</summary>
    public TimelineChart? Timeline { get; init; }
}

/// <summary>A part of a process's memory.</summary>
internal sealed record HolderNode
{
    /// <summary>What it is called where it is drawn.</summary>
    public required string Name { get; init; }

    /// <summary>The whole of its name.</summary>
    public required string Title { get; init; }

    /// <summary>The colour: the kind of memory, as the style sheet names it.</summary>
    public required string Kind { get; init; }

    /// <summary>Its part of the fork's commit charge.</summary>
    public required long ChargeBytes { get; init; }

    /// <summary>Its part of the child's resident memory.</summary>
    public required long ResidentBytes { get; init; }

    /// <summary>The first in words.</summary>
    public string Charge => Units.Bytes(ChargeBytes);

    /// <summary>The second in words.</summary>
    public string Resident => Units.Bytes(ResidentBytes);

    /// <summary>What to do about it; null where nothing is to be done, or where the parts say it.</summary>
    public string? Action { get; init; }

    /// <summary>Its parts; empty for a holder.</summary>
    public IReadOnlyList<HolderNode> Children { get; init; } = [];
}

/// <summary>Lines over the time that a child was held.</summary>
internal sealed record CopyOnWriteChart
{
    /// <summary>The moments, ascending.</summary>
    public required IReadOnlyList<CopyOnWritePoint> Points { get; init; }

    /// <summary>The most that copy-on-write can add.</summary>
    public required long SharedBytes { get; init; }
}

/// <summary>One moment.</summary>
/// <param name="At">Milliseconds since the fork.</param>
/// <param name="Child">By how much the child's own memory (USS) grew.</param>
/// <param name="Parent">The same of the parent.</param>
internal sealed record CopyOnWritePoint(double At, long Child, long Parent);

/// <summary>The children of a trace over time.</summary>
internal sealed record TimelineChart
{
    /// <summary>How long the watch lasted, in milliseconds.</summary>
    public required double Length { get; init; }

    /// <summary>The children, in the order of their starts.</summary>
    public required IReadOnlyList<TimelineSpan> Spans { get; init; }

    /// <summary>How many lanes the children take without two of them at one place.</summary>
    public required int Lanes { get; init; }

    /// <summary>What the children that live could have in memory together: their peaks added up, at each change.</summary>
    public required IReadOnlyList<TimelineStep> Steps { get; init; }

    /// <summary>The programs in the order of their colours; what has none of its own is the last.</summary>
    public required IReadOnlyList<string> Programs { get; init; }

    /// <summary>The room that there was for them; null where it is not known.</summary>
    public required long? RoomBytes { get; init; }

    /// <summary>That in words.</summary>
    public required string? Room { get; init; }
}

/// <summary>One child.</summary>
/// <param name="From">When it started, in milliseconds since the watch began.</param>
/// <param name="To">When it ended, or the end of the watch.</param>
/// <param name="Lane">Its lane, from 0.</param>
/// <param name="Program">The index of its program.</param>
/// <param name="Peak">Its highest resident set; 0 where it is not known.</param>
/// <param name="Title">The program with its arguments.</param>
/// <param name="Figures">Peak, life, and how it ended, in words.</param>
/// <param name="Caller">The method that started it; null where it is not known.</param>
internal sealed record TimelineSpan(double From, double To, int Lane, int Program, long Peak, string Title, string Figures, string? Caller);

/// <summary>From a moment on.</summary>
/// <param name="At">Milliseconds since the watch began.</param>
/// <param name="Bytes">The peaks of the children that live then.</param>
internal sealed record TimelineStep(double At, long Bytes);

/// <summary>Writes the data of the charts, without a character that has a meaning in HTML.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Charts))]
internal sealed partial class ChartJson : JsonSerializerContext
{
    /// <summary>The document, on one line.</summary>
    public static string Write(Charts charts) => JsonSerializer.Serialize(charts, Default.Charts);
}
