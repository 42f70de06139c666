using ForkLint.Heap;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Commands;

/// <summary>Reads the heap of the child that a measurement holds, and lets the child go as soon as its memory is copied.</summary>
internal static class HeapReading
{
    private const long MegabyteBytes = 1_000_000;

    /// <summary>What a measurement calls with its child.</summary>
    /// <param name="applicationPid">The application.</param>
    /// <param name="progress">Told how far the read is; null where nobody looks.</param>
    public static Func<FrozenChild, CancellationToken, object?> For(int applicationPid, IMeasureObserver? progress) => (child, cancellation) =>
    {
        try
        {
            return HeapSnapshot.Read(
                new FrozenProcess(child.Pid, applicationPid, child.MemoryHandle),
                new HeapReadOptions { CopyIsRead = child.Release },
                progress is null ? null : new Steps(progress),
                cancellation);
        }
        catch (HeapReadException exception) when (exception.IsSnapshotUnusable)
        {
            throw new UnusableChildException(exception.Message, exception);
        }
    };

    private sealed class Steps(IMeasureObserver observer) : IProgress<HeapReadProgress>
    {
        private readonly object _one = new();

        public void Report(HeapReadProgress value)
        {
            string what = value.Step switch
            {
                HeapReadStep.Opening => "opening",
                HeapReadStep.Objects => "objects",
                HeapReadStep.References => "references",
                HeapReadStep.Roots => "roots",
                _ => "who holds what",
            };
            lock (_one)
            {
                observer.Progress(value.Total == 0 ? what : $"{what}, {value.Done / MegabyteBytes} of {value.Total / MegabyteBytes} MB");
            }
        }
    }
}
