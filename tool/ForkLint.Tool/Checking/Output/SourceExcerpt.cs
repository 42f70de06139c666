using System.Globalization;
using System.Text;
using ForkLint.Tool.Rendering;

namespace ForkLint.Tool.Checking.Output;

/// <summary>Shows the line of the source that a finding is about, with the part it means pointed at.</summary>
/// <param name="root">Where relative paths begin.</param>
internal sealed class SourceExcerpt(SourceRoot root)
{
    private const int MaximumWidth = 160;
    private const long MaximumFileBytes = 16 << 20;

    private readonly Dictionary<string, string[]> _files = new(StringComparer.Ordinal);

    /// <summary>Appends the first line of a place and a line of carets below it; nothing where the source is not at hand.</summary>
    public void Append(StringBuilder text, CodeLocation location, TextStyle style)
    {
        var lines = Lines(location.Path);
        if (location.Line < 1 || location.Line > lines.Length)
        {
            return;
        }

        var line = lines[location.Line - 1];
        var start = Math.Clamp(location.Column - 1, 0, line.Length);
        var end = location.EndLine > location.Line || location.EndColumn == 0 ? line.Length : Math.Clamp(location.EndColumn - 1, start, line.Length);
        var number = location.Line.ToString(CultureInfo.InvariantCulture).PadLeft(6);
        text.Append(style.Apply($"{number} | ", Emphasis.Quiet)).Append(Printable(Cut(line))).Append('\n');
        if (start < MaximumWidth)
        {
            var carets = new string('^', Math.Max(1, Math.Min(end, MaximumWidth) - start));
            text.Append(style.Apply("       | ", Emphasis.Quiet)).Append(Blank(line[..start])).Append(style.Apply(carets, Emphasis.Caution)).Append('\n');
        }
    }

    private static string Cut(string line) => line.Length > MaximumWidth ? line[..MaximumWidth] + "…" : line;

    // Tabs stay, so that the carets below line up whatever a tab's width is; other control characters must not reach a terminal.
    private static string Printable(string text) => string.Concat(text.Select(character => character != '\t' && char.IsControl(character) ? ' ' : character));

    private static string Blank(string text) => string.Concat(text.Select(character => character == '\t' ? '\t' : ' '));

    private string[] Lines(string path)
    {
        if (!_files.TryGetValue(path, out var lines))
        {
            lines = Read(root.Absolute(path));
            _files.Add(path, lines);
        }

        return lines;
    }

    private static string[] Read(string file)
    {
        try
        {
            return new FileInfo(file) is { Exists: true, Length: <= MaximumFileBytes } ? File.ReadAllLines(file) : [];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // A place without its source is still a place.
            return [];
        }
    }
}
