using System.Buffers.Binary;

namespace ForkLint.Heap.GcDump;

/// <summary>The marks between the parts of a stream (Microsoft.Diagnostics.FastSerialization, Tags).</summary>
internal enum SerializedTag : byte
{
    NullReference = 1,
    ObjectReference = 2,
    BeginObject = 4,
    EndObject = 6,
    Byte = 8,
    SkipRegion = 12,
    String = 13,
}

/// <summary>
/// Writes the stream that gcdump files are in: "!FastSerialization.1", objects with their types, and a table of places at the end. Places take four bytes, so that
/// a stream ends below 4 GiB.
/// </summary>
/// <param name="output">Where it goes; it need not be able to seek.</param>
internal sealed class SerializedStream(Stream output)
{
    private const string Header = "!FastSerialization.1";
    private const int BufferBytes = 1 << 16;

    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly Dictionary<string, uint> _types = new(StringComparer.Ordinal);
    private readonly List<uint> _skips = [];
    private int _used;
    private long _flushed;

    private uint Place => _flushed + _used is var place and <= uint.MaxValue
        ? (uint)place
        : throw new HeapReadException("The heap is too large for a gcdump, whose file ends below 4 GiB.");

    /// <summary>The first bytes.</summary>
    public void Begin() => Write(Header);

    /// <summary>Begins an object. Its fields follow, then <see cref="EndObject"/>.</summary>
    /// <param name="type">The full name of the class that reads it.</param>
    /// <param name="version">The version of what is written.</param>
    /// <param name="oldestReader">The oldest version of that class that can read it.</param>
    public void BeginObject(string type, int version, int oldestReader)
    {
        Write(SerializedTag.BeginObject);
        if (_types.TryGetValue(type, out uint known))
        {
            Write(SerializedTag.ObjectReference);
            Write((int)known);
            return;
        }

        _types.Add(type, Place);
        Write(SerializedTag.BeginObject);
        Write(SerializedTag.NullReference);
        Write(version);
        Write(oldestReader);
        Write(type);
        Write(SerializedTag.EndObject);
    }

    /// <summary>Ends it.</summary>
    public void EndObject() => Write(SerializedTag.EndObject);

    /// <summary>An object that is not there.</summary>
    public void WriteNull() => Write(SerializedTag.NullReference);

    /// <summary>An object that is not there, among the fields that older readers skip.</summary>
    public void WriteTaggedNull()
    {
        Write(SerializedTag.SkipRegion);
        Write(_skips.Count);
        WriteNull();
        _skips.Add(Place);
    }

    /// <summary>A field that older readers skip.</summary>
    public void WriteTagged(bool value)
    {
        Write(SerializedTag.Byte);
        Write(value);
    }

    /// <summary>A field that older readers skip.</summary>
    public void WriteTagged(string value)
    {
        Write(SerializedTag.String);
        Write(value);
    }

    public void Write(bool value) => Write(value ? (byte)1 : (byte)0);

    public void Write(byte value)
    {
        if (_used == BufferBytes)
        {
            Flush();
        }

        _buffer[_used++] = value;
    }

    public void Write(int value)
    {
        Reserve(sizeof(int));
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(_used), value);
        _used += sizeof(int);
    }

    public void Write(long value)
    {
        Reserve(sizeof(long));
        BinaryPrimitives.WriteInt64LittleEndian(_buffer.AsSpan(_used), value);
        _used += sizeof(long);
    }

    public void Write(float value)
    {
        Reserve(sizeof(float));
        BinaryPrimitives.WriteSingleLittleEndian(_buffer.AsSpan(_used), value);
        _used += sizeof(float);
    }

    /// <summary>The number of UTF-16 units, -1 for none; then each unit in UTF-8 by itself, the halves of a pair too.</summary>
    public void Write(string? value)
    {
        if (value is null)
        {
            Write(-1);
            return;
        }

        Write(value.Length);
        foreach (char unit in value)
        {
            if (unit < 0x80)
            {
                Write((byte)unit);
                continue;
            }

            if (unit < 0x800)
            {
                Write((byte)(0xC0 | (unit >> 6)));
            }
            else
            {
                Write((byte)(0xE0 | (unit >> 12)));
                Write((byte)(0x80 | ((unit >> 6) & 0x3F)));
            }

            Write((byte)(0x80 | (unit & 0x3F)));
        }
    }

    /// <summary>A number in one byte to five, seven bits in each, the highest first; all but the last have the eighth bit set.</summary>
    public void WriteCompressed(int value)
    {
        for (int bytes = CompressedBytes(value); bytes > 1; bytes--)
        {
            Write((byte)((value >> (7 * (bytes - 1))) | 0x80));
        }

        Write((byte)(value & 0x7F));
    }

    /// <summary>How many bytes <see cref="WriteCompressed"/> takes: the sign must be among the bits that are written.</summary>
    public static int CompressedBytes(int value) =>
        value << 25 >> 25 == value ? 1
        : value << 18 >> 18 == value ? 2
        : value << 11 >> 11 == value ? 3
        : value << 4 >> 4 == value ? 4
        : 5;

    /// <summary>The last bytes: the end of all objects, the places that were promised, and where they stand.</summary>
    public void Complete()
    {
        EndObject();
        uint table = Place;
        Write(_skips.Count);
        _skips.ForEach(place => Write((int)place));
        uint trailer = Place;
        Write((int)table);
        Write((int)trailer);
        Flush();
        output.Flush();
    }

    private void Write(SerializedTag tag) => Write((byte)tag);

    private void Reserve(int bytes)
    {
        if (BufferBytes - _used < bytes)
        {
            Flush();
        }
    }

    private void Flush()
    {
        output.Write(_buffer, 0, _used);
        _flushed += _used;
        _used = 0;
    }
}
