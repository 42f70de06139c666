using System.Runtime.InteropServices;
using ForkLint.Heap.GcDump;
using Microsoft.Win32.SafeHandles;

namespace ForkLint.Heap;

/// <summary>Answers from the heap that this process has read.</summary>
internal sealed class HeapAnswers(HeapModel model) : IHeapQuestions
{
    private const int FileTooLarge = 25; // SIGXFSZ, the same on x86-64 and arm64

    /// <inheritdoc/>
    public bool IsHolder(string holder) => model.IsHolder(holder);

    /// <inheritdoc/>
    public long BytesFreedWithout(IReadOnlyCollection<string> holders, CancellationToken cancellation) => model.BytesFreedWithout(holders, cancellation);

    /// <inheritdoc/>
    public GcDumpSummary WriteGcDump(SafeFileHandle file, GcDumpFacts facts, CancellationToken cancellation)
    {
        // At a limit on file sizes the kernel sends a signal that ends a process; ignored, the write fails and says why (setrlimit(2), RLIMIT_FSIZE).
        using var tooLarge = PosixSignalRegistration.Create((PosixSignal)FileTooLarge, static context => context.Cancel = true);
        try
        {
            // Without a buffer: the stream of the format has its own. The file belongs to the caller, who may write to it after this.
            using FileStream output = new(new SafeFileHandle(file.DangerousGetHandle(), ownsHandle: false), FileAccess.Write, bufferSize: 0);
            GcDumpSummary summary = GcDumpWriter.Write(output, model, facts, cancellation);
            GC.KeepAlive(file);
            return summary;
        }
        catch (IOException failure)
        {
            throw new HeapReadException($"The file could not be written: {failure.Message}", failure);
        }
    }
}
