using System.Globalization;

namespace ForkLint.Samples;

/// <summary>What the kernel says of a process's memory, in bytes.</summary>
internal readonly record struct Memory(long VirtualBytes, long ResidentBytes, long ProportionalBytes, long UniqueBytes, long CommitChargeBytes)
{
    // Read into one buffer, again and again: whatever a reading allocates or touches would show in the next one.
    private static readonly byte[] Buffer = GC.AllocateArray<byte>(4_000_000, pinned: true);

    /// <summary>Reads a process: "self" or a process id.</summary>
    internal static Memory Of(string process)
    {
        var memory = default(Memory) with { VirtualBytes = FirstBytes($"/proc/{process}/status", "VmSize:"u8) };
        long mappingBytes = 0;
        foreach (var line in new Lines(ReadAll($"/proc/{process}/smaps")))
        {
            if (TryBytes(line, "Size:"u8, out var size))
            {
                mappingBytes = size;
            }
            else if (TryBytes(line, "Rss:"u8, out var bytes))
            {
                memory = memory with { ResidentBytes = memory.ResidentBytes + bytes };
            }
            else if (TryBytes(line, "Pss:"u8, out bytes))
            {
                memory = memory with { ProportionalBytes = memory.ProportionalBytes + bytes };
            }
            else if (TryBytes(line, "Private_Clean:"u8, out bytes) || TryBytes(line, "Private_Dirty:"u8, out bytes))
            {
                memory = memory with { UniqueBytes = memory.UniqueBytes + bytes };
            }
            else if (line.StartsWith("VmFlags:"u8) && line.IndexOf(" ac"u8) >= 0 && line.IndexOf(" dc"u8) < 0)
            {
                // dup_mmap (kernel/fork.c) charges each accounted mapping in full, unless it is not copied.
                memory = memory with { CommitChargeBytes = memory.CommitChargeBytes + mappingBytes };
            }
        }

        return memory;
    }

    /// <summary>The host's committed memory, from /proc/meminfo.</summary>
    internal static long CommittedBytes() => FirstBytes("/proc/meminfo", "Committed_AS:"u8);

    /// <summary>The host's memory and swap together, from /proc/meminfo.</summary>
    internal static long RamAndSwapBytes() =>
        FirstBytes("/proc/meminfo", "MemTotal:"u8) + FirstBytes("/proc/meminfo", "SwapTotal:"u8);

    /// <summary>Bytes as megabytes of 1000 × 1000.</summary>
    internal static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:F1}");

    private static ReadOnlySpan<byte> ReadAll(string path)
    {
        using var file = File.OpenHandle(path);
        var length = 0;
        int read;
        while ((read = RandomAccess.Read(file, Buffer.AsSpan(length), length)) > 0)
        {
            length += read;
        }

        return Buffer.AsSpan(0, length);
    }

    private static long FirstBytes(string path, ReadOnlySpan<byte> name)
    {
        foreach (var line in new Lines(ReadAll(path)))
        {
            if (TryBytes(line, name, out var bytes))
            {
                return bytes;
            }
        }

        throw new InvalidOperationException($"{path} lacks a line that the sample needs.");
    }

    private static bool TryBytes(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name, out long bytes)
    {
        bytes = 0;
        if (!line.StartsWith(name))
        {
            return false;
        }

        foreach (var character in line[name.Length..])
        {
            if (char.IsAsciiDigit((char)character))
            {
                bytes = (bytes * 10) + (character - '0');
            }
        }

        bytes *= 1024; // The kernel's "kB" are of 1024 bytes.
        return true;
    }

    private ref struct Lines(ReadOnlySpan<byte> text)
    {
        private ReadOnlySpan<byte> _rest = text;

        public ReadOnlySpan<byte> Current { get; private set; }

        public readonly Lines GetEnumerator() => this;

        public bool MoveNext()
        {
            if (_rest.IsEmpty)
            {
                return false;
            }

            var end = _rest.IndexOf((byte)'\n');
            end = end < 0 ? _rest.Length : end;
            Current = _rest[..end];
            _rest = _rest[Math.Min(end + 1, _rest.Length)..];
            return true;
        }
    }
}
