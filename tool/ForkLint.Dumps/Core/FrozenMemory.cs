using ForkLint.Linux;
using Microsoft.Win32.SafeHandles;

namespace ForkLint.Dumps;

/// <summary>The memory of a process that stands still.</summary>
/// <param name="handle">Its <c>/proc/PID/mem</c>.</param>
/// <param name="pages">Its page map; null where it may not be read, and every page is read then.</param>
/// <param name="isAlive">Whether the process is still there: a dead one's memory ends as an empty file does.</param>
public sealed unsafe class FrozenMemory(SafeFileHandle handle, PageMap? pages, Func<bool> isAlive)
{
    /// <summary>Its page map; null where it may not be read.</summary>
    public PageMap? Pages => pages;

    /// <summary>Reads up to the first page that cannot be read.</summary>
    /// <param name="address">Where from.</param>
    /// <param name="buffer">Where to.</param>
    /// <returns>How many bytes were read; 0 where the first page cannot be.</returns>
    /// <exception cref="DumpException">The process is gone.</exception>
    public int Read(ulong address, Span<byte> buffer)
    {
        int got = 0;
        fixed (byte* start = buffer)
        {
            while (got < buffer.Length)
            {
                nint count = Core.Libc.ReadAt((int)handle.DangerousGetHandle(), start + got, buffer.Length - got, (long)address + got);
                if (count <= 0 && !(count < 0 && Core.Libc.LastError == Core.Libc.ErrorInterrupted))
                {
                    break;
                }

                got += (int)Math.Max(0, count);
            }
        }

        return got > 0 || isAlive() ? got : throw new DumpException("the copy of the process was ended before all of it was written", "try again");
    }
}
