using System.Globalization;
using ForkLint.Tool.Findings;

namespace ForkLint.Tool.Checking.Sarif;

/// <summary>Gives each finding of a log its line's hash. Two findings of one rule on one line must not be one alert: the later ones get a number.</summary>
/// <param name="root">Where relative paths begin.</param>
internal sealed class LineFingerprints(SourceRoot root)
{
    private const long MaximumFileBytes = 16 << 20;

    private readonly Dictionary<string, IReadOnlyList<string>> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Rule, string Path, string Hash), int> _given = [];

    /// <summary>The fingerprint of a finding; null where its source is not available.</summary>
    public string? Next(Finding finding)
    {
        if (finding.Location is not { Line: > 0 } location)
        {
            return null;
        }

        var lines = Lines(location.Path);
        if (location.Line > lines.Count)
        {
            return null;
        }

        var hash = lines[location.Line - 1];
        var key = (finding.RuleId, location.Path, hash);
        var count = _given[key] = _given.GetValueOrDefault(key) + 1;
        return count == 1 ? hash : string.Create(CultureInfo.InvariantCulture, $"{hash}:{count}");
    }

    private IReadOnlyList<string> Lines(string path)
    {
        if (!_files.TryGetValue(path, out var lines))
        {
            _files[path] = lines = Read(path);
        }

        return lines;
    }

    private IReadOnlyList<string> Read(string path)
    {
        try
        {
            return root.Absolute(path) is { } file ? LineHashes.Of(InputFile.ReadBytesAsText(file, MaximumFileBytes)) : [];
        }
        catch (UnreadableInputException)
        {
            return [];
        }
    }
}
