using System.Globalization;

namespace ForkLint.Linux;

/// <summary>Processes that are to run beside the one in question: how large each becomes, and how many there are at once.</summary>
public sealed record ChildSize
{
    private const int MostAtOnce = 10_000;

    /// <summary>A larger value is not a size of a process.</summary>
    public const long LargestBytes = 1L << 50;

    /// <summary>The highest resident set of each.</summary>
    public required long Bytes { get; init; }

    /// <summary>How many run at once.</summary>
    public int Count { get; init; } = 1;

    /// <summary>As it was written, such as <c>3x250MiB</c>; null if it was not written by a user.</summary>
    public string? Text { get; init; }

    /// <summary>What all of them have resident, and what the kernel needs for each: page tables, a task (<see cref="ForkKernelMemory.TaskBytes"/>).</summary>
    public long NeededBytes => Count * (Bytes + PageTableBytes + ForkKernelMemory.TaskBytes);

    /// <summary>The page tables of one: a table of 4 KiB maps 512 pages.</summary>
    public long PageTableBytes => Bytes / 512;

    /// <summary>Reads a size with its unit, and a count before it: <c>250MiB</c>, <c>3x250MiB</c>. A number without a unit is refused.</summary>
    /// <param name="text">The text.</param>
    /// <param name="size">The size; null where false is returned.</param>
    /// <param name="error">One line for people; empty where true is returned.</param>
    public static bool TryParse(string? text, out ChildSize? size, out string error)
    {
        size = null;
        var trimmed = (text ?? "").Trim();
        var count = 1;
        var each = trimmed;
        var times = trimmed.IndexOfAny(['x', 'X', '×']);
        if (times >= 0)
        {
            each = trimmed[(times + 1)..].Trim();
            if (!int.TryParse(trimmed.AsSpan(0, times).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out count) || count is < 1 or > MostAtOnce)
            {
                error = string.Create(CultureInfo.InvariantCulture, $"'{trimmed}' does not begin with how many there are, from 1 to {MostAtOnce}: write for example 3x250MiB");
                return false;
            }
        }

        if (!ByteSize.TryParse(each, out var bytes) || bytes <= 0 || bytes > LargestBytes)
        {
            error = $"'{trimmed}' is not the size of a child, above zero and up to 1 PiB: write a number and a unit, such as 250MiB or 3x250MiB";
            return false;
        }

        if (!ByteSize.TryParseWithUnit(each, out _))
        {
            error = $"'{trimmed}' has no unit: write {each}B, {each}KiB, {each}MiB or {each}GiB (powers of 1024), or KB, MB, GB (powers of 1000)";
            return false;
        }

        size = new ChildSize { Bytes = bytes, Count = count, Text = trimmed };
        error = "";
        return true;
    }

    /// <summary>As it was written, else in powers of 1024.</summary>
    public override string ToString() => Text ?? (Count == 1 ? ByteSize.Format(Bytes) : string.Create(CultureInfo.InvariantCulture, $"{Count} × {ByteSize.Format(Bytes)}"));
}
