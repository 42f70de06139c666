using System.Globalization;

namespace ForkLint.Linux;

/// <summary>Where one mapping of a process lies, and what it is of.</summary>
public sealed record MappingPlace
{
    /// <summary>Where it starts and ends, as in <c>/proc/PID/maps</c>.</summary>
    public required string Range { get; init; }

    /// <summary>Its length.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>The file it maps, or what the kernel calls it; null for anonymous memory.</summary>
    public string? Path { get; init; }

    /// <summary>The place of a mapping.</summary>
    public static MappingPlace Of(MapRegion mapping)
    {
        ArgumentNullException.ThrowIfNull(mapping);
        return new MappingPlace
        {
            Range = string.Create(CultureInfo.InvariantCulture, $"{mapping.Start:x}-{mapping.End:x}"),
            SizeBytes = mapping.SizeBytes,
            Path = mapping.Path.Length == 0 ? null : mapping.Path,
        };
    }
}
