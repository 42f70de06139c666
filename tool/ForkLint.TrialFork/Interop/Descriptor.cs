using System.Globalization;

namespace ForkLint.TrialFork;

/// <summary>A file descriptor that is closed once.</summary>
internal sealed class Descriptor(int value) : IDisposable
{
    private int _value = value;

    /// <summary>The number; negative once closed.</summary>
    public int Value => _value;

    /// <summary>Its path in this process: opening or connecting through it reaches the very file, wherever names lead by then.</summary>
    public string Path => string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{_value}");

    /// <summary>What the kernel says of the open file.</summary>
    public FileFacts Facts()
    {
        const int emptyPath = 0x1000;
        return FileFacts.Read(_value, "", emptyPath) ?? throw new IOException($"statx: {Libc.Message(Libc.LastError)}");
    }

    /// <summary>Whether something can be read, or the peer is gone, within this time.</summary>
    public unsafe bool IsReadable(int timeoutMilliseconds)
    {
        var entry = new PollEntry { Descriptor = _value, Wanted = 1 };
        return Libc.Poll(&entry, 1, timeoutMilliseconds) > 0;
    }

    /// <summary>Gives up the descriptor: the caller closes it.</summary>
    public int Detach() => Interlocked.Exchange(ref _value, -1);

    /// <inheritdoc/>
    public void Dispose()
    {
        int value = Interlocked.Exchange(ref _value, -1);
        if (value >= 0)
        {
            _ = Libc.Close(value);
        }
    }
}
