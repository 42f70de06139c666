using ForkLint.Heap;
using ForkLint.Linux;

namespace ForkLint.Tool.Findings;

/// <summary>A member of the source and the bytes that it was seen to hold.</summary>
/// <param name="Holder">Its documentation-comment id.</param>
/// <param name="Bytes">What was measured.</param>
internal sealed record MeasuredHolder(string Holder, long Bytes);

/// <summary>
/// The sizes that a running process was measured to hold: <c>ForkLint.Measured*.txt</c>, one member a line with its size after a
/// semicolon, what methods start (which is left out here), comments after <c>#</c> or <c>//</c> at the beginning of a line. What the analyzer reads, read here again for the join.
/// </summary>
internal static class MeasuredSizes
{
    /// <summary>A larger file is refused: a line for each member of a large program needs less than a tenth of it.</summary>
    public const long MaximumFileBytes = 16 << 20;

    /// <summary>Reads the file; an empty one is a measurement in which no member held anything. A member that is listed twice has its last size.</summary>
    /// <exception cref="UnreadableInputException">It is missing, or a line is none of these.</exception>
    public static IReadOnlyList<MeasuredHolder> Read(string file)
    {
        var sizes = new Dictionary<string, long>(StringComparer.Ordinal);
        using var reader = new StreamReader(InputFile.Open(file, MaximumFileBytes, mayBeEmpty: true));
        for (var number = 1; reader.ReadLine() is { } line; number++)
        {
            var content = line.Trim();
            if (content.Length == 0 || content[0] == '#' || content.StartsWith("//", StringComparison.Ordinal))
            {
                continue;
            }

            if (MeasuredSpawn.TryParse(content, out _))
            {
                continue;
            }

            var separator = content.IndexOf(';', StringComparison.Ordinal);
            var holder = separator < 0 ? "" : content[..separator].TrimEnd();
            if (holder.Length < 3 || holder[1] != ':' || !ByteSize.TryParse(content[(separator + 1)..].Trim(), out var bytes))
            {
                throw new UnreadableInputException($"{file}:{number} is not a measured size: '{Shortened(content)}'", "write a member and its bytes, such as 'F:App.Cache.Table; 209715200'");
            }

            sizes[holder] = bytes;
        }

        return [.. sizes.Select(size => new MeasuredHolder(size.Key, size.Value))];
    }

    private static string Shortened(string text) => text.Length > 80 ? text[..80] + "…" : text;
}
