using ForkLint.Heap;
using ForkLint.Heap.Isolation;
using ForkLint.Tool.Processes;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Commands;

/// <summary>
/// Reads the heap of the child that a measurement holds, and lets the child go as soon as its memory is copied. The reading is done by a process of its own, which
/// starts beside the measurement's own preparations and must live as long as its report is asked questions.
/// </summary>
internal sealed class HeapReading : IDisposable
{
    /// <summary>The first argument of a heap reader's command line; the second is the descriptor it inherits.</summary>
    public const string ReaderName = "heap-reader";

    private static readonly string Compiled = Path.Combine(AppContext.BaseDirectory, "forklint-heap-reader");

    private const long MegabyteBytes = 1_000_000;

    private HeapReaderProcess? _reader;
    private bool _mayBeCompiled = true;

    /// <summary>Starts a reader beside what else is to be done before there is a child.</summary>
    /// <param name="isExpected">Whether there will be one: an estimate makes none.</param>
    public HeapReading(bool isExpected = true)
    {
        if (!isExpected)
        {
            return;
        }

        try
        {
            _reader = Start();
        }
        catch (HeapReadException)
        {
            // It is tried again when there is something to read, and reported then.
        }
    }

    /// <summary>What a measurement calls with its child.</summary>
    /// <param name="applicationPid">The application.</param>
    /// <param name="progress">Told how far the read is; null where nobody looks.</param>
    public Func<FrozenChild, CancellationToken, object?> Of(int applicationPid, IMeasureObserver? progress) => (child, cancellation) =>
    {
        try
        {
            return Read(child, applicationPid, progress, cancellation);
        }
        catch (HeapReadException exception) when (exception.IsSnapshotUnusable)
        {
            // Whether it crashed or met what makes no sense: the next copy gets a reader that knows nothing of this one.
            Dispose();
            throw new UnusableChildException(exception.Message, exception);
        }
    };

    /// <summary>Ends the reader.</summary>
    public void Dispose()
    {
        _reader?.Dispose();
        _reader = null;
    }

    private HeapReport Read(FrozenChild child, int applicationPid, IMeasureObserver? progress, CancellationToken cancellation)
    {
        while (true)
        {
            _reader ??= Start();
            try
            {
                return _reader.Read(
                    new FrozenProcess(child.Pid, applicationPid, child.MemoryHandle),
                    new HeapReadOptions { CopyIsRead = child.Release },
                    progress is null ? null : new Steps(progress),
                    cancellation);
            }
            catch (HeapReadException exception) when (exception.IsSnapshotUnusable && _mayBeCompiled && !_reader.HasStarted)
            {
                // A program that this system cannot run has done nothing to the copy.
                Dispose();
                _mayBeCompiled = false;
            }
        }
    }

    /// <summary>
    /// Starts the reader that is compiled ahead of time where it lies beside the tool, and the tool itself as one elsewhere, or where this user or
    /// this system cannot run that one.
    /// </summary>
    private HeapReaderProcess Start()
    {
        _mayBeCompiled &= File.Exists(Compiled);
        if (_mayBeCompiled)
        {
            try
            {
                return HeapReaderProcess.Start([Compiled]);
            }
            catch (HeapReadException)
            {
                _mayBeCompiled = false;
            }
        }

        return HeapReaderProcess.Start(OwnCommandLine.With(ReaderName));
    }

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
