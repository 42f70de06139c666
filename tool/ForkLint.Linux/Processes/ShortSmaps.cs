using System.Text;
using ForkLint.Linux.Text;

namespace ForkLint.Linux;

/// <summary>The lines of <c>smaps</c> that a report needs: a tenth of the file, which <see cref="SmapsParser"/> reads as it reads the whole.</summary>
public static class ShortSmaps
{
    private static readonly byte[][] Figures = [.. new[] { "Anonymous", "AnonHugePages", "Swap", "KernelPageSize" }.Select(Encoding.ASCII.GetBytes)];

    /// <summary>The lines. A figure that is 0 is left out, as a kernel leaves out what it does not count.</summary>
    /// <param name="smaps">The whole file.</param>
    public static byte[] Of(ReadOnlySpan<byte> smaps)
    {
        using var kept = new MemoryStream(smaps.Length / 6);
        while (Utf8Text.NextLine(ref smaps, out var line))
        {
            if (line.IsEmpty || line[0] is >= (byte)'A' and <= (byte)'Z' && !IsKept(line))
            {
                continue;
            }

            kept.Write(line);
            kept.WriteByte((byte)'\n');
        }

        return kept.ToArray();
    }

    private static bool IsKept(ReadOnlySpan<byte> line)
    {
        if (!Utf8Text.TrySplitKey(line, out var key, out var value))
        {
            return false;
        }

        if (key.SequenceEqual("VmFlags"u8))
        {
            return true;
        }

        foreach (var name in Figures)
        {
            if (key.SequenceEqual(name))
            {
                return !(Utf8Text.TryParseKilobytes(value, out var bytes) && bytes == 0);
            }
        }

        return false;
    }
}
