using System.Globalization;
using ForkLint.Tool.Findings;
using ForkLint.Tool.Rendering;

namespace ForkLint.Tool.Checking.Output;

/// <summary>Shows the line of the source that a finding is about, with the part it means pointed at.</summary>
/// <param name="root">Where relative paths begin.</param>
internal sealed class SourceExcerpt(SourceRoot root)
{
    private const int MaximumWidth = 160;
    private const long MaximumFileBytes = 16 << 20;

    private readonly Dictionary<string, string[]> _files = new(StringComparer.Ordinal);

    /// <summary>Appends the first line of a place and a line of carets below it; nothing where the source is not available.</summary>
    public void Append(TextPage page, CodeLocation location)
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
        page.Append($"{($"{number} | ", Emphasis.Quiet)}").AppendSource(Cut(line)).Append($"\n");
        if (start < MaximumWidth)
        {
            var carets = new string('^', Math.Max(1, Math.Min(end, MaximumWidth) - start));
            page.Append($"{("       | ", Emphasis.Quiet)}").AppendSource(Blank(line[..start])).Append($"{(carets, Emphasis.Caution)}\n");
        }
    }

    private static string Cut(string line) => line.Length > MaximumWidth ? line[..MaximumWidth] + "…" : line;

    private static string Blank(string text) => string.Concat(text.Select(character => character == '\t' ? '\t' : ' '));

    private string[] Lines(string path)
    {
        if (!_files.TryGetValue(path, out var lines))
        {
            lines = root.Absolute(path) is { } file ? Read(file) : [];
            _files.Add(path, lines);
        }

        return lines;
    }

    private static string[] Read(string file)
    {
        try
        {
            // A #line directive can name any path: what is not a regular file is not touched.
            return InputFile.ReadText(file, MaximumFileBytes).ReplaceLineEndings("\n").Split('\n');
        }
        catch (UnreadableInputException)
        {
            // A place without its source is still a place.
            return [];
        }
    }
}
