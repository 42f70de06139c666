using ForkLint.Heap.GcDump;
using ForkLint.Linux.Files;
using Microsoft.Win32.SafeHandles;

namespace ForkLint.Heap;

/// <summary>Answers from the heap that this process has read.</summary>
internal sealed class HeapAnswers(HeapModel model) : IHeapQuestions
{
    /// <inheritdoc/>
    public bool IsHolder(string holder) => model.IsHolder(holder);

    /// <inheritdoc/>
    public long BytesFreedWithout(IReadOnlyCollection<string> holders, CancellationToken cancellation) => model.BytesFreedWithout(holders, cancellation);

    /// <inheritdoc/>
    public GcDumpSummary WriteGcDump(SafeFileHandle file, GcDumpFacts facts, CancellationToken cancellation)
    {
        using var limit = FileSizeLimit.Report();
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
