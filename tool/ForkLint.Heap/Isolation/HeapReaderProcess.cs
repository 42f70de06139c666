using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace ForkLint.Heap.Isolation;

/// <summary>
/// Reads copies in a process of its own and answers as <see cref="HeapSnapshot"/> does. Where that process crashes, one copy was in vain, and nothing else.
/// </summary>
public sealed class HeapReaderProcess : IDisposable
{
    private const int Killed = 128 + 9;

    private readonly Process _process;
    private readonly ReaderSocket _socket;
    private volatile bool _isHung;
    private volatile bool _hasStarted;

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

    /// <summary>Starts a reader, which then waits for work: before the copy is made, so that the copy need not wait for a runtime to start.</summary>
    /// <param name="command">A command line that calls <see cref="HeapReaderService.Run"/> with the last argument, which is added here.</param>
    /// <exception cref="HeapReadException">It could not be started.</exception>
    public static HeapReaderProcess Start(IReadOnlyList<string> command)
    {
        ReaderSocket? ours = null;
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

                // It is nobody to be measured, and its crash dump would be the application's memory.
                start.Environment["DOTNET_EnableDiagnostics"] = "0";
                start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
                Process process = Process.Start(start)!;
                process.OutputDataReceived += static (_, _) => { };
                process.ErrorDataReceived += static (_, _) => { };
                process.BeginOutputReadLine();
                process.BeginErrorReadLine();
                return new HeapReaderProcess(process, ours);
            }
        }
        catch (Exception exception) when (exception is Win32Exception or IOException)
        {
            ours?.Dispose();
            throw new HeapReadException($"The process that reads the heap could not be started: {exception.Message}", exception);
        }
    }

    /// <summary>Reads a copy, as <see cref="HeapSnapshot.Read"/> does. One read at a time.</summary>
    /// <exception cref="HeapReadException">It could not be read; <see cref="HeapReadException.IsSnapshotUnusable"/> says whether another copy may, by another reader.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public HeapReport Read(FrozenProcess process, HeapReadOptions options, IProgress<HeapReadProgress>? progress = null, CancellationToken cancellation = default)
    {
        ReadRequest request = new(process.Pid, process.ApplicationPid, options.RuntimeFolder, options.MicrosecondsPerPage, options.SmallestSavingBytes, progress is not null);
        using Timer patience = new(_ => GiveUp(), null, options.Patience, Timeout.InfiniteTimeSpan);
        byte[] text = Ask(ReaderMessageKind.Read, ReaderJson.Write(request, ReaderJson.Default.ReadRequest), process.Memory, Beside, cancellation);
        ReadAnswer answer = ReaderJson.Read(text, ReaderJson.Default.ReadAnswer);
        return new HeapReport(new Remote(this))
        {
            Objects = answer.Objects,
            Bytes = answer.Bytes,
            UnreadableObjects = answer.UnreadableObjects,
            IsServerGC = answer.IsServerGC,
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

    /// <summary>Ends the reader; reports that came from it can be asked nothing more.</summary>
    public void Dispose()
    {
        Kill();
        _process.WaitForExit();
        _process.Dispose();
        _socket.Dispose();
    }

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
            return new HeapReadException("The runtime's data-access library came to no end on the copy.", another: true);
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
    }
}
