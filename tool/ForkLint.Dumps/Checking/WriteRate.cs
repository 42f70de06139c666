using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using ForkLint.Dumps.Core;
using ForkLint.Linux;

namespace ForkLint.Dumps;

/// <summary>How fast a dump is written to a directory, from a short write that leaves nothing.</summary>
public static unsafe class WriteRate
{
    private const int PieceBytes = 16 << 10; // createdump's own buffer (dumpwriter.h, m_tempBuffer)
    private const long MostBytes = 16 << 20;
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(500);

    /// <summary>createdump loads the runtime's data access library and enumerates memory first: measured 0.7 to 1.1 s on .NET 10, whatever the size.</summary>
    private static readonly TimeSpan Preparation = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Reads and writes in pieces as createdump does: through /proc/PID/mem, to a file without a name. It ends after half a second.
    /// </summary>
    /// <param name="process">The process whose directory it is.</param>
    /// <param name="directory">The directory, as that process sees it.</param>
    /// <param name="mostBytes">What may be written at most.</param>
    /// <returns>Bytes a second; null where no file can be made there.</returns>
    public static double? Measure(ProcessFiles process, string directory, long mostBytes)
    {
        ArgumentNullException.ThrowIfNull(process);
        ArgumentNullException.ThrowIfNull(directory);
        int opened = PlaceReader.Open(process, directory, out _);
        if (opened < 0)
        {
            return null;
        }

        using var handle = new Microsoft.Win32.SafeHandles.SafeFileHandle(opened, ownsHandle: true);
        int file = Libc.OpenAt(Libc.CurrentDirectory, string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{opened}"), Libc.WriteOnly | Libc.TemporaryFile | Libc.CloseOnExec, Libc.OwnerOnly);
        if (file < 0)
        {
            return null;
        }

        using var written = new Microsoft.Win32.SafeHandles.SafeFileHandle(file, ownsHandle: true);
        return Write(file, Math.Min(mostBytes, MostBytes));
    }

    /// <summary>How long createdump stops a process to write so much: an estimate.</summary>
    /// <param name="sizeBytes">The size of the dump.</param>
    /// <param name="bytesInSecond">What <see cref="Measure"/> gave.</param>
    public static TimeSpan Stop(long sizeBytes, double bytesInSecond) => Preparation + TimeSpan.FromSeconds(sizeBytes / bytesInSecond);

    private static double? Write(int file, long bytes)
    {
        int memory = Libc.OpenAt(Libc.CurrentDirectory, "/proc/self/mem", Libc.CloseOnExec, 0);
        if (memory < 0)
        {
            return null;
        }

        using var handle = new Microsoft.Win32.SafeHandles.SafeFileHandle(memory, ownsHandle: true);
        byte* source = (byte*)NativeMemory.AllocZeroed(PieceBytes);
        byte* target = (byte*)NativeMemory.Alloc(PieceBytes);
        try
        {
            long start = Stopwatch.GetTimestamp();
            long done = 0;
            while (done < bytes && Stopwatch.GetElapsedTime(start) < Longest)
            {
                if (Libc.ReadAt(memory, target, PieceBytes, (long)source) != PieceBytes || Libc.WriteAt(file, target, PieceBytes, done) != PieceBytes)
                {
                    return null;
                }

                done += PieceBytes;
            }

            return done == 0 ? null : done / Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        finally
        {
            NativeMemory.Free(source);
            NativeMemory.Free(target);
        }
    }
}
