using System.IO.Compression;
using System.Text;

namespace ForkLint.TrialFork;

/// <summary>
/// The files in a single-file program (dotnet/runtime docs/design/features/single-file; src/native/corehost/bundle). Before the signature in
/// the host lies the offset of the manifest, and the manifest says where each file is.
/// </summary>
internal sealed class Bundle
{
    private const int MostFiles = 100_000;
    private const long LargestFileBytes = 128 << 20;
    private const int FirstWithCompression = 6;
    private const int ChunkBytes = 1 << 20;

    /// <summary>The SHA-256 of ".net core bundle" and a line feed, as the host holds it.</summary>
    private static readonly byte[] Signature =
    [
        0x8B, 0x12, 0x02, 0xB9, 0x6A, 0x61, 0x20, 0x38, 0x72, 0x7B, 0x93, 0x02, 0x14, 0xD7, 0xA0, 0x32,
        0x13, 0xF5, 0xB9, 0xE6, 0xEF, 0xAE, 0x33, 0x18, 0xEE, 0x3B, 0x2D, 0xCE, 0x24, 0xB3, 0x6A, 0xAE,
    ];

    private readonly string _program;
    private readonly Dictionary<string, (long Offset, long Bytes, long CompressedBytes)> _files = new(StringComparer.OrdinalIgnoreCase);

    private Bundle(string program) => _program = program;

    /// <summary>The bundle in a program; null where there is none, or one that this cannot read.</summary>
    public static Bundle? Read(string program)
    {
        try
        {
            using var file = OpenProgram(program);
            if (FindManifest(file) is not { } offset || offset <= 0 || offset >= file.Length)
            {
                return null;
            }

            file.Position = offset;
            using var reader = new BinaryReader(file, Encoding.UTF8, leaveOpen: true);
            return ReadManifest(program, reader);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or FormatException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>A file of the bundle, unpacked where it is compressed; null where there is none of that name.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public Stream? Open(string name)
    {
        if (!_files.TryGetValue(name, out var entry) || entry.Bytes is <= 0 or > LargestFileBytes)
        {
            return null;
        }

        using var file = OpenProgram(_program);
        file.Position = entry.Offset;
        var bytes = new byte[entry.Bytes];
        try
        {
            if (entry.CompressedBytes == 0)
            {
                file.ReadExactly(bytes);
            }
            else
            {
                using var inflated = new DeflateStream(file, CompressionMode.Decompress);
                inflated.ReadExactly(bytes);
            }
        }
        catch (InvalidDataException damaged)
        {
            throw new IOException(damaged.Message, damaged);
        }

        return new MemoryStream(bytes);
    }

    private static FileStream OpenProgram(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    private static Bundle? ReadManifest(string program, BinaryReader reader)
    {
        uint major = reader.ReadUInt32();
        _ = reader.ReadUInt32();
        int count = reader.ReadInt32();
        _ = reader.ReadString(); // the bundle's id
        if (count is < 0 or > MostFiles || major < 2)
        {
            return null;
        }

        reader.BaseStream.Position += 5 * sizeof(long); // where deps.json and runtimeconfig.json lie, and flags
        var bundle = new Bundle(program);
        for (int index = 0; index < count; index++)
        {
            long offset = reader.ReadInt64();
            long bytes = reader.ReadInt64();
            long compressed = major >= FirstWithCompression ? reader.ReadInt64() : 0;
            _ = reader.ReadByte(); // the kind of the file
            bundle._files.TryAdd(reader.ReadString(), (offset, bytes, compressed));
        }

        return bundle;
    }

    /// <summary>The 8 bytes before the signature.</summary>
    private static long? FindManifest(FileStream file)
    {
        var buffer = new byte[ChunkBytes + sizeof(long) + Signature.Length];
        int kept = 0;
        while (true)
        {
            int read = file.Read(buffer, kept, buffer.Length - kept);
            int filled = kept + read;
            int at = buffer.AsSpan(0, filled).IndexOf(Signature);
            if (at >= sizeof(long))
            {
                return BitConverter.ToInt64(buffer, at - sizeof(long));
            }

            if (read == 0)
            {
                return null;
            }

            kept = Math.Min(filled, sizeof(long) + Signature.Length - 1);
            buffer.AsSpan(filled - kept, kept).CopyTo(buffer);
        }
    }
}
