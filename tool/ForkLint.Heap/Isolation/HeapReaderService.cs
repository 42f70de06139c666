using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ForkLint.Heap.Child;
using ForkLint.Heap.Frames;
using ForkLint.Linux;
using Microsoft.Win32.SafeHandles;

namespace ForkLint.Heap.Isolation;

/// <summary>
/// The heap reader's own side: reads copies in a process of its own, because the data-access library it takes for that is native code that a copy of the wrong
/// moment can crash. Ends with the tool that started it, whatever it is doing.
/// </summary>
public sealed class HeapReaderService
{
    private readonly ReaderSocket _socket;
    private HeapReport? _report;
    private long? _mostMemoryBytes;

    private HeapReaderService(ReaderSocket socket) => _socket = socket;

    /// <summary>Serves the tool at the other end of a socket until it closes it; does not return.</summary>
    /// <param name="descriptor">The number of the inherited descriptor.</param>
    public static void Run(int descriptor)
    {
        // Ctrl-C goes to the whole group; the tool decides what it means.
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, static context => context.Cancel = true);
        ReaderLimits.NoCore();
        ReaderLimits.OfferToOutOfMemoryKiller();
        using ReaderSocket socket = new(descriptor);
        HeapReaderService service = new(socket);
        socket.Send((byte)ReaderMessageKind.Started, []);
        if (RuntimeFeature.IsDynamicCodeSupported)
        {
            new Thread(Prepare) { IsBackground = true }.Start();
        }

        while (socket.Receive(out SafeFileHandle? file) is { } message)
        {
            // This thread goes on listening: it is how the end of the tool is noticed. None of the pool's is taken, which the read itself needs.
            new Thread(() => service.Answer((ReaderMessageKind)message.Kind, message.Text, file)) { IsBackground = true }.Start();
        }

        // The read in progress is no longer needed. No handlers, no waiting for threads inside a native library.
        using Process self = Process.GetCurrentProcess();
        self.Kill();
    }

    /// <summary>
    /// Compiles the code that is compiled for this processor as it runs, before there is a copy to read: a waiting copy costs memory. Nothing depends on it.
    /// </summary>
    internal static void Prepare()
    {
        const BindingFlags all = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        foreach (MethodInfo method in typeof(HeapSnapshot).Assembly.GetTypes().Where(static type => !type.ContainsGenericParameters).SelectMany(static type => type.GetMethods(all)))
        {
            if ((method.MethodImplementationFlags & MethodImplAttributes.AggressiveOptimization) != 0 && !method.ContainsGenericParameters)
            {
                RuntimeHelpers.PrepareMethod(method.MethodHandle);
            }
        }

        ClrMdDependencies.AreFound();
        RuntimeHelpers.RunClassConstructor(typeof(ReaderJson).TypeHandle);
    }

    private void Answer(ReaderMessageKind kind, byte[] text, SafeFileHandle? file)
    {
        try
        {
            byte[] answer = kind switch
            {
                ReaderMessageKind.Read => Read(ReaderJson.Read(text, ReaderJson.Default.ReadRequest), file),
                ReaderMessageKind.NameFrames => NameFrames(ReaderJson.Read(text, ReaderJson.Default.FramesRequest)),
                ReaderMessageKind.FreedWithout => ReaderJson.Write(_report!.BytesFreedWithout(ReaderJson.Read(text, ReaderJson.Default.StringArray)), ReaderJson.Default.Int64),
                ReaderMessageKind.WriteGcDump => ReaderJson.Write(_report!.WriteGcDump(file!, ReaderJson.Read(text, ReaderJson.Default.GcDumpFacts)), ReaderJson.Default.GcDumpSummary),
                _ => ReaderJson.Write(_report!.IsHolder(ReaderJson.Read(text, ReaderJson.Default.String)), ReaderJson.Default.Boolean),
            };
            _socket.Send((byte)(kind == ReaderMessageKind.Read ? ReaderMessageKind.Report : kind), answer);
        }
        catch (HeapReadException exception)
        {
            Fail(exception.Message, exception.IsSnapshotUnusable);
        }
        catch (OutOfMemoryException)
        {
            Fail("There was not enough memory for the heap reader.", isSnapshotUnusable: false);
        }
#pragma warning disable CA1031 // Whatever a torn copy makes of the library's assumptions: this process is here so that it ends here.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            // A library that is refused memory fails in its own way.
            string limited = _mostMemoryBytes is { } most ? $" (the reader may use only {ByteSize.Format(most)} of memory here, which is a possible cause)" : "";
            Fail($"The runtime's data-access library could not interpret the heap: {exception.GetType().Name}, {exception.Message}{limited}", isSnapshotUnusable: true);
        }
        finally
        {
            file?.Dispose();
        }
    }

    private static byte[] NameFrames(FramesRequest request) => ReaderJson.Write(
        FrameNames.Read(FrozenProcess.Running(request.Pid), request.RuntimeFolder, request.Addresses),
        ReaderJson.Default.NamedFrameArray);

    private byte[] Read(ReadRequest request, SafeFileHandle? memory)
    {
        if (request.MostMemoryBytes is { } most)
        {
            _mostMemoryBytes = most;
            ReaderLimits.NoMoreThan(most);
        }

        HeapReadOptions options = new()
        {
            RuntimeFolder = request.RuntimeFolder,
            MicrosecondsPerPage = request.MicrosecondsPerPage,
            SmallestSavingBytes = request.SmallestSavingBytes,
            CopyIsRead = () => _socket.Send((byte)ReaderMessageKind.CopyIsRead, []),
        };
        HeapReport report = HeapSnapshot.Read(request.IsCore ? FrozenProcess.OfCore(memory!) : new FrozenProcess(request.Pid, request.ApplicationPid, memory), options, request.WantsProgress ? new Steps(_socket) : null);
        _report = report;
        return ReaderJson.Write(
            new ReadAnswer(
                report.Objects,
                report.Bytes,
                report.UnreadableObjects,
                report.IsServerGC,
                report.ReadMilliseconds,
                report.TotalMilliseconds,
                report.Savings,
                report.Kept,
                report.Members),
            ReaderJson.Default.ReadAnswer);
    }

    private void Fail(string message, bool isSnapshotUnusable) =>
        _socket.Send((byte)ReaderMessageKind.Failure, ReaderJson.Write(new ReadFailure(message, isSnapshotUnusable), ReaderJson.Default.ReadFailure));

    private sealed class Steps(ReaderSocket socket) : IProgress<HeapReadProgress>
    {
        public void Report(HeapReadProgress value) =>
            socket.Send((byte)ReaderMessageKind.Progress, ReaderJson.Write(value, ReaderJson.Default.HeapReadProgress));
    }
}
