using System.IO.Compression;

namespace ForkLint.Dumps.Core;

/// <summary>Where a dump is written to.</summary>
internal interface IDumpFile
{
    /// <summary>Whether it can only be written from its beginning to its end.</summary>
    public bool IsSequential { get; }

    /// <summary>Writes at a place.</summary>
    /// <exception cref="DumpException">The disk is full, or fails.</exception>
    public void Write(ReadOnlySpan<byte> bytes, long offset);

    /// <summary>Ends it: what was not written is zero.</summary>
    /// <param name="bytes">The length of the dump.</param>
    /// <exception cref="DumpException">The disk is full, or fails.</exception>
    public void Complete(long bytes);
}

/// <summary>Compresses a dump on its way into a file (gzip, RFC 1952).</summary>
internal sealed class CompressingFile : IDumpFile, IDisposable
{
    private static readonly byte[] Zeroes = new byte[1 << 16];

    private readonly GZipStream _stream;
    private readonly Appending _target;
    private long _position;

    /// <param name="file">The file; it stays the caller's.</param>
    public CompressingFile(PendingFile file)
    {
        _target = new Appending(file);
        _stream = new GZipStream(_target, CompressionLevel.Fastest, leaveOpen: true);
    }

    /// <inheritdoc/>
    public bool IsSequential => true;

    /// <summary>How long the file is.</summary>
    public long CompressedBytes => _target.Length;

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        Fill(offset);
        _stream.Write(bytes);
        _position += bytes.Length;
    }

    /// <inheritdoc/>
    public void Complete(long bytes)
    {
        Fill(bytes);
        _stream.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            _stream.Dispose();
        }
        catch (DumpException)
        {
            // What failed before fails again: it was said then.
        }
    }

    private void Fill(long offset)
    {
        while (_position < offset)
        {
            int count = (int)Math.Min(Zeroes.Length, offset - _position);
            _stream.Write(Zeroes, 0, count);
            _position += count;
        }
    }

    private sealed class Appending(PendingFile file) : Stream
    {
        private long _length;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => _length;

        public override long Position
        {
            get => _length;
            set => throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            file.Write(buffer, _length);
            _length += buffer.Length;
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
