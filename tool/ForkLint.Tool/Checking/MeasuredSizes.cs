using ForkLint.Linux;

namespace ForkLint.Tool.Checking;

/// <summary>A member of the source and the bytes that it was seen to hold.</summary>
/// <param name="Holder">Its documentation-comment id.</param>
/// <param name="Bytes">What was measured.</param>
internal sealed record MeasuredHolder(string Holder, long Bytes);

/// <summary>
/// The sizes that a running process was measured to hold: <c>ForkLint.Measured*.txt</c>, one member a line with its size after a
/// semicolon, comments after <c>#</c> or <c>//</c> at the beginning of a line. What the analyzer reads, read here again for the join.
/// </summary>
internal static class MeasuredSizes
{
    private const long MaximumFileBytes = 64 << 20;

    /// <summary>Reads the file. A member that is listed twice has its last size.</summary>
    /// <exception cref="UnreadableInputException">It is missing, or a line is none of these.</exception>
    public static IReadOnlyList<MeasuredHolder> Read(string file)
    {
        var sizes = new Dictionary<string, long>(StringComparer.Ordinal);
        using var reader = new StreamReader(OpenAllowingEmpty(file));
        for (var number = 1; reader.ReadLine() is { } line; number++)
        {
            var content = line.Trim();
            if (content.Length == 0 || content[0] == '#' || content.StartsWith("//", StringComparison.Ordinal))
            {
                continue;
            }

            var separator = content.IndexOf(';', StringComparison.Ordinal);
            var holder = separator < 0 ? "" : content[..separator].TrimEnd();
            if (holder.Length < 3 || holder[1] != ':' || !ByteSize.TryParse(content[(separator + 1)..].Trim(), out var bytes))
            {
                throw new UnreadableInputException($"{file}:{number} is no measured size: '{Shortened(content)}'", "write a member and its bytes, such as 'F:App.Cache.Table; 209715200'");
            }

            sizes[holder] = bytes;
        }

        return [.. sizes.Select(size => new MeasuredHolder(size.Key, size.Value))];
    }

    // A measurement in which no member held anything is a result.
    private static FileStream OpenAllowingEmpty(string file) =>
        File.Exists(file) && new FileInfo(file).Length == 0 ? new FileStream(file, FileMode.Open, FileAccess.Read) : InputFile.Open(file, MaximumFileBytes);

    private static string Shortened(string text) => text.Length > 80 ? text[..80] + "…" : text;
}
