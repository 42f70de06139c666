using ForkLint.Heap;
using ForkLint.Heap.Isolation;
using ForkLint.Linux;
using ForkLint.Tool.Processes;
using ForkLint.TrialFork;
using Microsoft.Win32.SafeHandles;

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

    /// <summary>What a reader of a small heap takes, as commit charge of its data: compiled ahead of time, and as this tool once more.</summary>
    private const long CompiledReaderBytes = 88L << 20;

    private const long ReaderBytes = 128L << 20;

    /// <summary>One look in three at a busy heap is spoilt by a collection: so many in a row hardly ever are, unless it does nothing but collect.</summary>
    private const int MostLooks = 6;

    /// <summary>No application waits for a dump to be read, and a disk may be slow.</summary>
    private static readonly TimeSpan CorePatience = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);

    private HeapReaderProcess? _reader;
    private bool _mayBeCompiled = true;

    /// <summary>Starts a reader beside what else is to be done before there is a child: once it is known that there is room for it.</summary>
    public void Begin()
    {
        try
        {
            _reader ??= Start(ref _mayBeCompiled);
        }
        catch (HeapReadException)
        {
            // It is tried again when there is something to read, and reported then.
        }
    }

    /// <summary>Starts a reader for other work than a measurement's.</summary>
    /// <exception cref="HeapReadException">It could not be started.</exception>
    public static HeapReaderProcess StartReader()
    {
        bool mayBeCompiled = true;
        return Start(ref mayBeCompiled);
    }

    /// <summary>What was found in the child of a measurement; null where none was read.</summary>
    public HeapReport? Found { get; private set; }

    /// <summary>What can be freed in a program that has no managed heap to read; null for others.</summary>
    public IReadOnlyList<Saving>? Native { get; private set; }

    /// <summary>What a measurement calls with its child; it sets <see cref="Found"/>, or <see cref="Native"/>.</summary>
    /// <param name="applicationPid">The application.</param>
    /// <param name="progress">Receives the progress of the read; null if it is not shown.</param>
    public Action<FrozenChild, CancellationToken> Of(int applicationPid, IMeasureObserver? progress) => (child, cancellation) =>
    {
        if (NativeFindings.OfOther(child, applicationPid, cancellation) is { } native)
        {
            Native = native;
            return;
        }

        try
        {
            Found = Read(child, applicationPid, progress, cancellation);
        }
        catch (HeapReadException exception) when (exception.IsSnapshotUnusable)
        {
            // Whether it crashed or met what makes no sense: the next copy gets a reader that knows nothing of this one.
            Dispose();
            throw new UnusableChildException(exception.Message, exception);
        }
    };

    /// <summary>Why the heap of a running application is better not read here; null where there is room.</summary>
    /// <param name="room">What the reader may take.</param>
    /// <param name="swappedBytes">What of the application is in swap, and comes back into memory when it is read.</param>
    public string? WhyNoRoom(ReaderRoom? room, long swappedBytes)
    {
        long needed = (File.Exists(Compiled) && _mayBeCompiled ? CompiledReaderBytes : ReaderBytes) + swappedBytes;
        return room is null || room.Bytes >= needed
            ? null
            : $"the reader needs {ByteSize.Format(needed)}{(swappedBytes > 0 ? $", {ByteSize.Format(swappedBytes)} of it for what is in swap" : "")}, and {room.Limit} leaves {ByteSize.Format(Math.Max(0, room.Bytes))} for it";
    }

    /// <summary>Ends the reader.</summary>
    public void Dispose()
    {
        _reader?.Dispose();
        _reader = null;
    }

    /// <summary>
    /// Reads the heap of the application itself, which runs on: what was read is thrown away where a collection moved objects meanwhile, and read again.
    /// </summary>
    /// <param name="process">The application.</param>
    /// <param name="room">What the reader may take of the machine's memory; null for all it needs.</param>
    /// <param name="progress">Receives the progress of the read; null if it is not shown.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>The heap, and at which look.</returns>
    /// <exception cref="HeapReadException">It could not be read.</exception>
    public (HeapReport Report, int Looks) ReadRunning(FrozenProcess process, long? room, IMeasureObserver? progress, CancellationToken cancellation)
    {
        for (int look = 1; ; look++)
        {
            try
            {
                return (Read(process, new HeapReadOptions { MostMemoryBytes = room }, progress, cancellation), look);
            }
            catch (HeapReadException exception) when (exception.IsSnapshotUnusable && look < MostLooks)
            {
                progress?.Progress("a collection ran meanwhile, reading again");
                if (_reader?.HasEnded == true)
                {
                    Dispose();
                }

                cancellation.WaitHandle.WaitOne(FirstPause * look);
                cancellation.ThrowIfCancellationRequested();
            }
        }
    }

    /// <summary>Reads the heap in a core dump.</summary>
    /// <param name="file">The dump.</param>
    /// <param name="progress">Told how far the read is.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="HeapReadException">It could not be read.</exception>
    public HeapReport ReadCore(SafeFileHandle file, IMeasureObserver progress, CancellationToken cancellation) =>
        Read(FrozenProcess.OfCore(file), new HeapReadOptions { Patience = CorePatience, MostMemoryBytes = ReaderRoom.Read()?.Bytes }, progress, cancellation);

    private HeapReport Read(FrozenChild child, int applicationPid, IMeasureObserver? progress, CancellationToken cancellation) =>
        Read(new FrozenProcess(child.Pid, applicationPid, child.MemoryHandle), new HeapReadOptions { CopyIsRead = child.Release }, progress, cancellation);

    private HeapReport Read(FrozenProcess process, HeapReadOptions options, IMeasureObserver? progress, CancellationToken cancellation)
    {
        while (true)
        {
            _reader ??= Start(ref _mayBeCompiled);
            try
            {
                return _reader.Read(process, options, progress is null ? null : new Steps(progress), cancellation);
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
    /// <param name="mayBeCompiled">Whether the compiled one may be tried, and then whether it was started.</param>
    private static HeapReaderProcess Start(ref bool mayBeCompiled)
    {
        mayBeCompiled &= File.Exists(Compiled);
        if (mayBeCompiled)
        {
            try
            {
                return HeapReaderProcess.Start([Compiled]);
            }
            catch (HeapReadException)
            {
                mayBeCompiled = false;
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
