using System.Globalization;
using System.Text;
using ForkLint.Heap.Child;
using ForkLint.Linux;

namespace ForkLint.Heap;

/// <summary>What the runtime's library says of itself, in a core dump: a self-contained application has no folder that names the version.</summary>
public static class RuntimeImage
{
    // coreclr keeps it in its writable data, which every dump holds (runtime: eng/native/version, _version.c).
    private static readonly byte[] Mark = "@(#)Version "u8.ToArray();
    private const int LongestVersion = 32;
    private const int ChunkBytes = 1 << 20;
    private const int PatchFactor = 100;

    /// <summary>The version of the runtime in a core dump.</summary>
    /// <param name="core">The dump's process.</param>
    /// <param name="parts">Where its library was mapped.</param>
    /// <returns>Such as <c>8.0.10</c>, or <c>3</c> of .NET Core 3.0 and 3.1, which their library does not tell apart; null where it cannot be found.</returns>
    /// <exception cref="HeapReadException">The dump cannot be read.</exception>
    public static string? Version(FrozenProcess core, IEnumerable<CoreMappedFile> parts)
    {
        ArgumentNullException.ThrowIfNull(core);
        using ChildMemory memory = ChildMemory.Open(core);
        byte[] buffer = new byte[ChunkBytes + LongestVersion + Mark.Length];

        // The data is the last of its parts.
        foreach (CoreMappedFile part in parts.OrderByDescending(static part => part.Start))
        {
            for (ulong at = part.Start; at < part.End; at += ChunkBytes)
            {
                Span<byte> bytes = buffer.AsSpan(0, (int)Math.Min((ulong)buffer.Length, part.End - at));
                bytes = bytes[..Math.Max(0, memory.Read(at, bytes))];
                if (bytes.IndexOf(Mark) is >= 0 and int found && Product(Text(bytes[(found + Mark.Length)..])) is { } version)
                {
                    return version;
                }
            }
        }

        return null;
    }

    /// <summary>
    /// The product's version from the file's: 8.0.1024.46610 is .NET 8.0.10. Those of .NET Core 3 begin with 4.700, and those before with 4.6.
    /// </summary>
    internal static string? Product(string fileVersion)
    {
        if (!System.Version.TryParse(fileVersion, out Version? version) || version.Build < 0)
        {
            return null;
        }

        return version switch
        {
            { Major: 4, Minor: 700 } => "3",
            { Major: 4, Minor: 6 } => "2",
            { Major: < 5 } => null,
            _ => string.Create(CultureInfo.InvariantCulture, $"{version.Major}.{version.Minor}.{version.Build / PatchFactor}"),
        };
    }

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        int length = 0;
        while (length < Math.Min(bytes.Length, LongestVersion) && bytes[length] is (>= (byte)'0' and <= (byte)'9') or (byte)'.')
        {
            length++;
        }

        return Encoding.ASCII.GetString(bytes[..length]);
    }
}
