using System.Diagnostics;

namespace ForkLint.HeapSpeed;

/// <summary>Counts what is written to it and forgets it; remembers when the last of it came.</summary>
internal sealed class CountingStream : Stream
{
    private long _length;
    private long _lastWrite = Stopwatch.GetTimestamp();

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => Interlocked.Read(ref _length);

    public override long Position { get => Length; set => throw new NotSupportedException(); }

    public long LastWriteTimestamp => Interlocked.Read(ref _lastWrite);

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count)
    {
        Interlocked.Add(ref _length, count);
        Interlocked.Exchange(ref _lastWrite, Stopwatch.GetTimestamp());
    }
}
