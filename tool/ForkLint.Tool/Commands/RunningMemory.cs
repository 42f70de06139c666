using ForkLint.Heap;
using ForkLint.Tool.Report;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Commands;

/// <summary>
/// What can be freed where no copy was made: the kernel refused the fork, or the engine makes none. The memory can still be read: the managed heap of the
/// application while it runs on, and its native memory, which needs no heap.
/// </summary>
internal static class RunningMemory
{
    /// <summary>Reads it.</summary>
    /// <param name="result">What was measured; its heap was not read.</param>
    /// <param name="reading">Reads the heap.</param>
    /// <param name="progress">Told how far the read is.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>With the heap, if it could be read; with what was found without it, if not.</returns>
    public static Measured Read(MeasureResult result, HeapReading reading, IMeasureObserver progress, CancellationToken cancellation)
    {
        if (reading.Native is { } found)
        {
            return new Measured(result with { HeapCopies = 0 }, null, found);
        }

        var process = FrozenProcess.Running(result.Process.Pid);
        if (!result.Process.IsDotNet)
        {
            return new Measured(result, null, NativeSnapshot.Read(process, result.ParentMappings, new HeapReadOptions { IsDotNet = false }, cancellation));
        }

        var room = ReaderRoom.Read();
        var swapped = result.ParentMappings.Sum(static mapping => mapping.SwapBytes);
        string? whyNot = null;
        if (result.HeapCopies > 0)
        {
            // There were copies, and a warning says why none was any good.
        }
        else if (reading.WhyNoRoom(room, swapped) is { } reason)
        {
            whyNot = reason;
        }
        else
        {
            try
            {
                progress.Entered(MeasureStage.ReadHeap);
                var (heap, looks) = reading.ReadRunning(process, room?.Bytes, progress, cancellation);
                const string said = "the heap was read from the application itself, which ran on: later changes are not in it, and objects that only a running thread's registers held count as garbage";
                return new Measured(result with { HeapCopies = looks, Warnings = [.. result.Warnings, said] }, heap, null);
            }
            catch (HeapReadException exception)
            {
                whyNot = exception.Message;
            }
        }

        // The mappings that were measured are those whose fork was judged: what is found is part of them.
        var native = NativeSnapshot.Read(process, result.ParentMappings, new HeapReadOptions { RuntimeMajor = RuntimeAdvice.MajorOf(result.Process.Runtime) }, cancellation);
        return new Measured(whyNot is null ? result : result with { Warnings = [.. result.Warnings, $"the managed heap was not read, only native memory: {whyNot}"] }, null, native);
    }
}
