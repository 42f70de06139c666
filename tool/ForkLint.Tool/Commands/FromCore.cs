using System.CommandLine;
using ForkLint.Heap;
using ForkLint.Linux;
using ForkLint.Linux.Files;
using ForkLint.Tool.CommandLine;
using ForkLint.Tool.Processes;
using ForkLint.Tool.Rendering;
using ForkLint.Tool.Report;
using ForkLint.TrialFork;
using Microsoft.Win32.SafeHandles;

namespace ForkLint.Tool.Commands;

/// <summary><c>measure --from</c>: the report of a process that has ended, from its core dump.</summary>
internal static class FromCore
{
    /// <summary>Refuses what only a living process can answer.</summary>
    /// <param name="parsed">The line.</param>
    /// <param name="target">The argument that names a process.</param>
    /// <param name="ofProcess">The options that are about one.</param>
    /// <exception cref="ToolException">One of them was given.</exception>
    public static void Check(ParseResult parsed, Argument<string[]> target, IReadOnlyList<Option> ofProcess)
    {
        if (parsed.GetValue(target) is { Length: > 0 })
        {
            throw new ToolException(ExitReason.Usage, "--from reads a dump, and a process was named as well", "leave out one of them");
        }

        if (ofProcess.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } given)
        {
            throw new ToolException(ExitReason.Usage, $"{given.Name} is for a living process, and --from reads a dump", $"leave out {given.Name}");
        }
    }

    /// <summary>Reads a dump and completes its report.</summary>
    /// <param name="path">The file.</param>
    /// <param name="heap">What is asked of the heap.</param>
    /// <param name="asIf">A machine to judge for; null for none.</param>
    /// <param name="outcome">Keeps what could not be done beside the report.</param>
    /// <param name="cancellation">The user's interruption.</param>
    /// <exception cref="ToolException">It is not a core dump, or cannot be used.</exception>
    public static MeasurementReport Measure(string path, HeapWishes heap, AsIf? asIf, Outcome outcome, CancellationToken cancellation)
    {
        using var file = Open(path);
        var reading = CoreFile.Read(file);
        if (!reading.TryGet(out var core))
        {
            throw Unusable(path, reading.Detail);
        }

        if (core.IsMini)
        {
            throw Unusable(path, "it is a mini dump, which holds threads and their stacks and not the memory that a report is about");
        }

        using var reader = heap.Read ? new HeapReading() : null;
        return heap.Complete(Read(core, file, path, reader, cancellation), asIf, outcome, cancellation);
    }

    private static SafeFileHandle Open(string path)
    {
        var file = FileNature.Open(path, out var kind, out var error);
        if (file is not null && kind == FileKind.Regular)
        {
            return file;
        }

        file?.Dispose();
        throw Unusable(path, kind is FileKind.Regular or FileKind.Missing ? $"it cannot be opened: {error}" : $"it is {FileNature.Describe(kind)}");
    }

    private static MeasuredCore Read(CoreFile core, SafeFileHandle file, string path, HeapReading? reader, CancellationToken cancellation)
    {
        var name = ProcessName.Of(core.CommandLine.Split(' '), core.Name);
        List<string> warnings = [];
        if (!core.HasFigures)
        {
            warnings.Add("the charge is that of all private writable memory in the dump: what was mapped with MAP_NORESERVE, as malloc's arenas are, counts although a kernel counts it with overcommit_memory=2 only, so does shared memory that the dump does not name, and what the dump leaves out is missing");
        }

        if (reader is null)
        {
            return new MeasuredCore(core, path, name, null, null, warnings) { Runtime = CoreReportBuilder.RuntimeVersion(core, file) };
        }

        using var progress = ProgressLine.ForStandardError();
        HeapReport? heap = null;
        var hasRuntime = CoreReportBuilder.HasRuntime(core);
        if (hasRuntime)
        {
            try
            {
                progress.Entered(MeasureStage.ReadHeap);
                heap = reader.ReadCore(file, progress, cancellation);
            }
            catch (HeapReadException exception)
            {
                warnings.Add($"the managed heap was not read, only native memory: {exception.Message}");
            }
        }

        var runtime = CoreReportBuilder.RuntimeVersion(core, file);
        var options = new HeapReadOptions { IsDotNet = hasRuntime, RuntimeMajor = RuntimeAdvice.MajorOf(runtime) };
        var savings = heap?.Savings ?? NativeSnapshot.Read(FrozenProcess.OfCore(file), core.Mappings, options, cancellation);
        return new MeasuredCore(core, path, name, heap, SavingsOrder.Sort(savings, ShortCost.CommitCharge), warnings) { Runtime = runtime };
    }

    private static ToolException Unusable(string path, string why) =>
        new(ExitReason.Usage, $"'{path}' cannot be used: {why}", "name a core dump of the kernel, of createdump (types 2 and 4), or of 'dotnet-forklint dump'");
}
