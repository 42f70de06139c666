using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using ForkLint.Heap.Frames;
using ForkLint.Linux;
using Microsoft.Win32.SafeHandles;

namespace ForkLint.Heap.Isolation;

/// <summary>
/// Reads copies in a process of its own and answers as <see cref="HeapSnapshot"/> does. Where that process crashes, one copy was in vain, and nothing else.
/// </summary>
public sealed class HeapReaderProcess : IDisposable
{
    private const int Killed = 128 + 9;
    private const int DrainStackBytes = 128 << 10;
    private const int Aborted = 128 + 6;

    private readonly Process _process;
    private readonly ReaderSocket _socket;
    private volatile bool _isHung;
    private volatile bool _hasStarted;
    private long? _mostMemoryBytes;

    private HeapReaderProcess(Process process, ReaderSocket socket)
    {
        _process = process;
        _socket = socket;
    }

    /// <summary>The process id of the reader.</summary>
    public int Pid => _process.Id;

    /// <summary>
    /// Whether it is known to run here: false before the first read, and after one that failed because the program cannot be run by this system at all
    /// (compiled for a newer C library, say).
    /// </summary>
    public bool HasStarted => _hasStarted;

    /// <summary>Whether it reads nothing any more.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>Starts a reader, which then waits for work: before the copy is made, so that the copy need not wait for a runtime to start.</summary>
    /// <param name="command">A command line that calls <see cref="HeapReaderService.Run"/> with the last argument, which is added here.</param>
    /// <exception cref="HeapReadException">It could not be started.</exception>
    public static HeapReaderProcess Start(IReadOnlyList<string> command)
    {
        ReaderSocket? ours = null;
        Process? process = null;
        try
        {
            (ours, ReaderSocket theirs) = ReaderSocket.Pair();
            using (theirs)
            {
                ProcessStartInfo start = new(command[0], [.. command.Skip(1), theirs.Inherit().ToString(CultureInfo.InvariantCulture)])
                {
                    UseShellExecute = false,

                    // It says nothing but over its socket; what a crashing runtime writes is no output of this tool's.
                    RedirectStandardInput = true,
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                };

                // It must not be measured, and its crash dump would be the application's memory.
                start.Environment["DOTNET_EnableDiagnostics"] = "0";
                start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
                using (ReaderLimits.WithSmallStacks())
                {
                    process = Process.Start(start)!;
                }

                Drain(process.StandardOutput.BaseStream);
                Drain(process.StandardError.BaseStream);
                return new HeapReaderProcess(process, ours);
            }
        }
        catch (Exception exception) when (exception is Win32Exception or IOException or OutOfMemoryException)
        {
            // It ends with its end of the socket.
            ours?.Dispose();
            process?.Dispose();
            throw new HeapReadException($"The process that reads the heap could not be started: {exception.Message}", exception);
        }
    }

    /// <summary>Reads a copy, as <see cref="HeapSnapshot.Read"/> does. One read at a time.</summary>
    /// <exception cref="HeapReadException">It could not be read; <see cref="HeapReadException.IsSnapshotUnusable"/> says whether another copy may, by another reader.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public HeapReport Read(FrozenProcess process, HeapReadOptions options, IProgress<HeapReadProgress>? progress = null, CancellationToken cancellation = default)
    {
        _mostMemoryBytes = options.MostMemoryBytes;
        ReadRequest request = new(process.Pid, process.ApplicationPid, options.RuntimeFolder, options.MicrosecondsPerPage, options.SmallestSavingBytes, options.MostMemoryBytes, progress is not null, process.IsCore);
        using Timer patience = new(_ => GiveUp(), null, options.Patience, Timeout.InfiniteTimeSpan);
        byte[] text = Ask(ReaderMessageKind.Read, ReaderJson.Write(request, ReaderJson.Default.ReadRequest), process.Memory, Beside, cancellation);
        ReadAnswer answer = ReaderJson.Read(text, ReaderJson.Default.ReadAnswer);
        return new HeapReport(new Remote(this))
        {
            Objects = answer.Objects,
            Bytes = answer.Bytes,
            UnreadableObjects = answer.UnreadableObjects,
            IsServerGC = answer.IsServerGC,
            IsOfRunningProcess = process.IsRunning,
            ReadMilliseconds = answer.ReadMilliseconds,
            TotalMilliseconds = answer.TotalMilliseconds,
            Savings = answer.Savings,
            Kept = answer.Kept,
            Members = answer.Members,
        };

        void Beside(ReaderMessageKind kind, byte[] said)
        {
            if (kind == ReaderMessageKind.Progress)
            {
                progress?.Report(ReaderJson.Read(said, ReaderJson.Default.HeapReadProgress));
            }
            else
            {
                patience.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                options.CopyIsRead?.Invoke();
            }
        }
    }

    /// <summary>Names addresses in the code of a living process. It reads memory only.</summary>
    /// <param name="pid">The process, which this user must be allowed to attach to.</param>
    /// <param name="addresses">Addresses of its code, as a call chain has them.</param>
    /// <param name="options">Where runtimes are looked for, and for how long to wait.</param>
    /// <returns>A name for each address, in their order.</returns>
    /// <exception cref="HeapReadException">The process has no readable runtime, or its methods could not be read.</exception>
    public IReadOnlyList<NamedFrame> NameFrames(int pid, IReadOnlyList<ulong> addresses, HeapReadOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        using Timer patience = new(_ => GiveUp(), null, options.Patience, Timeout.InfiniteTimeSpan);
        byte[] request = ReaderJson.Write(new FramesRequest(pid, options.RuntimeFolder, [.. addresses]), ReaderJson.Default.FramesRequest);
        return ReaderJson.Read(Ask(ReaderMessageKind.NameFrames, request, null, null, default), ReaderJson.Default.NamedFrameArray);
    }

    /// <summary>Ends the reader; reports that came from it can be asked nothing more.</summary>
    public void Dispose()
    {
        Kill();
        _process.WaitForExit();
        _process.Dispose();
        _socket.Dispose();
    }

    /// <summary>
    /// Reads what it prints and forgets it, on a small thread that blocks: the framework's own way needs an engine of sockets with threads of its own, which cannot be
    /// made where memory is short.
    /// </summary>
    /// <exception cref="OutOfMemoryException">There is no thread for it.</exception>
    private static void Drain(Stream stream) => new Thread(
        () =>
        {
            byte[] forgotten = new byte[512];
            try
            {
                while (stream.Read(forgotten) > 0)
                {
                }
            }
            catch (Exception exception) when (exception is IOException or ObjectDisposedException)
            {
                // The reader is ended.
            }
        },
        DrainStackBytes)
    { IsBackground = true }.Start();

    private byte[] Ask(ReaderMessageKind question, byte[] text, SafeFileHandle? file, Action<ReaderMessageKind, byte[]>? beside, CancellationToken cancellation)
    {
        using CancellationTokenRegistration registration = cancellation.Register(Kill);
        ReaderMessageKind answer = question == ReaderMessageKind.Read ? ReaderMessageKind.Report : question;

        // Where it has ended, what it said before can still be read.
        _ = _socket.Send((byte)question, text, file);
        while (_socket.Receive(out _) is { } message)
        {
            ReaderMessageKind kind = (ReaderMessageKind)message.Kind;
            if (kind == answer)
            {
                return message.Text;
            }

            switch (kind)
            {
                case ReaderMessageKind.Started:
                    _hasStarted = true;
                    break;
                case ReaderMessageKind.Failure:
                    ReadFailure failure = ReaderJson.Read(message.Text, ReaderJson.Default.ReadFailure);
                    throw new HeapReadException(failure.Message, failure.IsSnapshotUnusable);
                default:
                    beside?.Invoke(kind, message.Text);
                    break;
            }
        }

        cancellation.ThrowIfCancellationRequested();
        throw Ended();
    }

    private HeapReadException Ended()
    {
        Kill();
        _process.WaitForExit();
        if (_isHung)
        {
            return new HeapReadException("The runtime's data-access library did not finish reading the copy.", another: true);
        }

        if (_process.ExitCode == Aborted && _mostMemoryBytes is { } most)
        {
            // Where the runtime itself gets no memory any more, it can only abort.
            return new HeapReadException($"The process that reads the heap most likely ran out of memory: it may use {ByteSize.Format(most)} here.");
        }

        return _process.ExitCode == Killed
            ? new HeapReadException("The process that reads the heap was killed, as the kernel does when memory runs out.")
            : new HeapReadException(
                string.Create(CultureInfo.InvariantCulture, $"The runtime's data-access library crashed on the copy (exit code {_process.ExitCode})."),
                another: true);
    }

    private void GiveUp()
    {
        _isHung = true;
        Kill();
    }

    private void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }
    }

    private sealed class Remote(HeapReaderProcess reader) : IHeapQuestions
    {
        public bool IsHolder(string holder) =>
            ReaderJson.Read(reader.Ask(ReaderMessageKind.IsHolder, ReaderJson.Write(holder, ReaderJson.Default.String), null, null, default), ReaderJson.Default.Boolean);

        public long BytesFreedWithout(IReadOnlyCollection<string> holders, CancellationToken cancellation) =>
            ReaderJson.Read(
                reader.Ask(ReaderMessageKind.FreedWithout, ReaderJson.Write([.. holders], ReaderJson.Default.StringArray), null, null, cancellation),
                ReaderJson.Default.Int64);

        public GcDumpSummary WriteGcDump(SafeFileHandle file, GcDumpFacts facts, CancellationToken cancellation) =>
            ReaderJson.Read(
                reader.Ask(ReaderMessageKind.WriteGcDump, ReaderJson.Write(facts, ReaderJson.Default.GcDumpFacts), file, null, cancellation),
                ReaderJson.Default.GcDumpSummary);
    }
}
