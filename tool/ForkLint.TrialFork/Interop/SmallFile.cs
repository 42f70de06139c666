using System.Text;

namespace ForkLint.TrialFork;

/// <summary>Reads a file whose kind the application can choose: a pipe or a device must not block the reader.</summary>
internal static unsafe class SmallFile
{
    private const int NonBlocking = 0x800;

    /// <summary>The text of a regular file; null where it is none, too long or unreadable.</summary>
    public static string? ReadText(string path, int limitBytes)
    {
        int opened = Libc.OpenAt(Libc.CurrentDirectory, path, Libc.ReadOnly | Libc.CloseOnExec | Libc.NoFollow | NonBlocking, 0);
        if (opened < 0)
        {
            return null;
        }

        using var file = new Descriptor(opened);
        var facts = file.Facts();
        byte[]? bytes = facts.IsRegularFile && facts.LengthBytes <= (ulong)limitBytes ? ReadAll(file, (int)facts.LengthBytes) : null;
        return bytes == null ? null : Encoding.UTF8.GetString(bytes);
    }

    /// <summary>The first bytes of an open file; null where reading fails.</summary>
    public static byte[]? ReadAll(Descriptor file, int lengthBytes)
    {
        var bytes = new byte[lengthBytes];
        fixed (byte* start = bytes)
        {
            int got = 0;
            while (got < lengthBytes)
            {
                nint count = Libc.ReadAt(file.Value, start + got, lengthBytes - got, got);
                if (count <= 0)
                {
                    return count < 0 ? null : bytes[..got];
                }

                got += (int)count;
            }
        }

        return bytes;
    }
}
