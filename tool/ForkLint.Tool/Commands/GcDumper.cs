using ForkLint.Dumps;
using ForkLint.Dumps.Core;
using ForkLint.Heap;
using ForkLint.Tool.Checking;
using ForkLint.Tool.CommandLine;
using ForkLint.Tool.Dumping;
using ForkLint.Tool.Processes;
using ForkLint.Tool.Rendering;
using ForkLint.Tool.Report;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Commands;

/// <summary>
/// Writes what <c>dotnet-gcdump</c> does, of a frozen copy: the application is not made to collect and to send its whole heap as events, which is what stops it there.
/// </summary>
internal static class GcDumper
{
    /// <summary>Writes the file.</summary>
    /// <param name="request">The process, and what may be done to it.</param>
    /// <param name="path">The file.</param>
    /// <param name="cancellation">The user's interruption.</param>
    /// <exception cref="ToolException">There is no managed heap, it cannot be read, or the file cannot be written.</exception>
    public static WrittenGcDump Write(MeasureRequest request, string path, CancellationToken cancellation)
    {
        Dumper.RequireFile(path);
        if (!NativeFindings.HasHeap(request.Pid))
        {
            throw new ToolException(ExitReason.NotDotNet, $"{ProcessName.Of(request.Pid)} has no managed heap, which is what a gcdump is made of", "leave out --gcdump for a dump of its memory");
        }

        using var reading = new HeapReading();
        using var progress = ProgressLine.ForStandardError();
        try
        {
            var result = Measurer.Run(request with { MaxTrials = 1, Observer = progress, ReadHeap = reading.Of(request.Pid, progress), Admitted = reading.Begin }, cancellation);
            var measured = reading.Found is { } found ? new Measured(result, found, null) : RunningMemory.Read(result, reading, progress, cancellation);
            var heap = measured.Heap
                ?? throw new ToolException(ExitReason.MeasurementFailed, $"no gcdump was written: {(measured.Result.Warnings is [.., var why] ? why : "the heap could not be read")}", "see 'dotnet-forklint measure' for what it reads of this process");
            string target = AtomicFile.Target(path);
            using var file = PendingFile.Create(target);
            var facts = new GcDumpFacts(
                ProcessName.Of(request.Pid),
                request.Pid,
                DateTimeOffset.Now,
                result.Parent.ResidentBytes ?? 0,
                result.Fork.PredictedChargeBytes ?? 0,
                $"ForkLint {ToolVersion.Current}");
            var summary = heap.WriteGcDump(file.Handle, facts, cancellation);
            file.Publish();
            return new WrittenGcDump(path, new FileInfo(target).Length, summary)
            {
                Stood = heap.IsOfRunningProcess ? null : result.Fork.LongestStallMicroseconds,
                IsOfRunningProcess = heap.IsOfRunningProcess,
            };
        }
        catch (DumpException failure)
        {
            throw new ToolException(ExitReason.MeasurementFailed, failure.Message, failure.Advice);
        }
        catch (MeasureException failure)
        {
            throw new ToolException(failure.Reason, failure.Message, DumpAdvice.Of(failure.Advice));
        }
        catch (HeapReadException failure)
        {
            throw new ToolException(ExitReason.MeasurementFailed, $"no gcdump was written to '{path}': {failure.Message}", "name a file on a disk with enough room that you may write to");
        }
    }
}
