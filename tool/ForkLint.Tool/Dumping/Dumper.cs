using System.Globalization;
using System.Runtime.InteropServices;
using ForkLint.Dumps;
using ForkLint.Heap.Native;
using ForkLint.Linux;
using ForkLint.Linux.Files;
using ForkLint.Tool.CommandLine;
using ForkLint.Tool.Rendering;
using ForkLint.TrialFork;

namespace ForkLint.Tool.Dumping;

/// <summary>What became of a dump.</summary>
/// <param name="Path">The file.</param>
/// <param name="LengthBytes">Its length.</param>
/// <param name="Threads">How many threads it has.</param>
/// <param name="Stood">How long the application stood still.</param>
internal sealed record WrittenDump(string Path, long LengthBytes, int Threads, TimeSpan Stood)
{
    /// <summary>What was asked for.</summary>
    public required DumpWishes Wishes { get; init; }
}

/// <summary>What is dumped, and how.</summary>
/// <param name="Type">How much.</param>
/// <param name="Path">The file.</param>
internal sealed record DumpWishes(DumpType Type, string Path)
{
    /// <summary>Whether the file is compressed.</summary>
    public DumpCompression Compression { get; init; }

    /// <summary>Whether the registers of the threads are in it, so that stacks can be walked: it takes the right to trace the process.</summary>
    public bool HasStacks { get; init; } = true;
}

/// <summary>Dumps a frozen copy of a process to a file, while the process runs on.</summary>
internal static class Dumper
{
    private const int MostAuxiliaryBytes = 64 << 10;
    private const long ShownEveryBytes = 16 << 20;

    /// <summary>Writes the dump.</summary>
    /// <param name="request">The process, and how long it may stand still.</param>
    /// <param name="wishes">What is dumped, and how.</param>
    /// <param name="cancellation">The user's interruption.</param>
    /// <exception cref="ToolException">The process cannot be frozen, or the file cannot be written.</exception>
    public static WrittenDump Write(MeasureRequest request, DumpWishes wishes, CancellationToken cancellation)
    {
        RequireFile(wishes.Path);
        using var limit = FileSizeLimit.Report();
        using var progress = ProgressLine.ForStandardError();
        WrittenDump? written = null;
        try
        {
            var observed = request with { Observer = new FollowedStages(progress, request.Observer) };
            void Use(FrozenApplication frozen, CancellationToken stop) => written = Write(request.Pid, wishes, frozen, progress, stop);
            if (wishes.HasStacks)
            {
                Freezer.Run(observed, Use, cancellation);
            }
            else
            {
                Freezer.RunByAgent(observed, Use, cancellation);
            }
        }
        catch (DumpException failure)
        {
            throw new ToolException(ExitReason.MeasurementFailed, failure.Message, failure.Advice);
        }
        catch (MeasureException failure)
        {
            throw new ToolException(failure.Reason, failure.Message, DumpAdvice.Of(failure, request.Pid, wishes));
        }

        return written!;
    }

    private static WrittenDump Write(int pid, DumpWishes wishes, FrozenApplication frozen, ProgressLine progress, CancellationToken cancellation)
    {
        var child = new ProcessFiles(frozen.ChildPid);
        var text = child.MappingsText();
        var mappings = text.Then(static text => SmapsParser.Parse(text));
        if (!mappings.IsOk)
        {
            throw new DumpException($"the mappings of the copy cannot be read: {mappings.Detail}", "try again");
        }

        using var pages = PageMap.Open(frozen.ChildPid).ValueOr(null!);
        var memory = new FrozenMemory(frozen.Memory, pages, () => frozen.IsAlive);
        var dump = CoreDump.Plan(wishes.Type, Describe(pid, frozen) with { MappingsText = text.Value }, mappings.Value, memory, CollectorReserve.Find(mappings.Value));
        string target = AtomicFile.Target(wishes.Path);
        if (wishes.Compression == DumpCompression.None)
        {
            // How far it can be compressed is not known before.
            RequireRoom(target, dump.DiskBytes);
        }

        long shown = 0;
        long length = dump.Write(target, wishes.Compression, frozen.Release, done =>
        {
            if (done - shown >= ShownEveryBytes)
            {
                shown = done;
                progress.Progress($"{ByteSize.Format(done)} of {ByteSize.Format(dump.MemoryBytes)}");
            }
        }, cancellation);
        return new WrittenDump(wishes.Path, length, frozen.Threads.Count, frozen.Stood) { Wishes = wishes };
    }

    private static CoreProcess Describe(int pid, FrozenApplication frozen)
    {
        var files = new ProcessFiles(pid);
        var status = files.Status();
        if (!status.TryGet(out var process))
        {
            throw new DumpException($"the process cannot be read: {status.Detail}", "dump it while it runs");
        }

        int own = process.NamespacePids.Count > 0 ? process.NamespacePids[^1] : pid;
        return new CoreProcess
        {
            Pid = own,
            ParentPid = process.NamespacePids.Count > 1 ? 0 : process.ParentPid,
            Name = process.Name,
            CommandLine = string.Join(' ', files.CommandLine().ValueOr([])),
            UserId = process.RealUid,
            GroupId = process.RealGid,
            AuxiliaryVector = ReadAuxiliaryVector(frozen.ChildPid),
            Threads = frozen.Threads.Count == 0 ? WithoutRegisters(files, process, own) : [.. frozen.Threads.OrderByDescending(thread => thread.Id == own).ThenBy(static thread => thread.Id).Select(thread => new CoreThread(thread.Id, thread.General, thread.Floating) { Name = NameOf(files, thread.Id) })],
            IsArm64 = RuntimeInformation.ProcessArchitecture == Architecture.Arm64,
        };
    }

    /// <summary>The threads with registers of zero: without any thread, debuggers do not open a core. Threads in another pid namespace are one, the main thread.</summary>
    private static IReadOnlyList<CoreThread> WithoutRegisters(ProcessFiles process, ProcessStatus status, int own)
    {
        IEnumerable<int> threads = status.NamespacePids.Count > 1 ? [own] : process.Threads().ValueOr([own]).OrderByDescending(thread => thread == own);
        var registers = new byte[(RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 34 : 27) * sizeof(ulong)];
        return [.. threads.Select(thread => new CoreThread(thread, registers, default) { Name = NameOf(process, thread) })];
    }

    /// <summary>The name of a thread; empty where it has ended, or is numbered in another pid namespace.</summary>
    private static string NameOf(ProcessFiles process, int thread)
    {
        try
        {
            return File.ReadAllText(process.PathOf(string.Create(CultureInfo.InvariantCulture, $"task/{thread}/comm"))).Trim('\n').Replace('\n', ' ');
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static byte[] ReadAuxiliaryVector(int child)
    {
        using var file = File.OpenRead(string.Create(CultureInfo.InvariantCulture, $"/proc/{child}/auxv"));
        var bytes = new byte[MostAuxiliaryBytes];
        int got = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return bytes[..got];
    }

    /// <summary>A dump becomes a file of its own: a pipe or a device cannot be given its contents at once, or hold their holes.</summary>
    public static void RequireFile(string path)
    {
        OutputFile.Check(path, "the dump");
        if (FileNature.Of(path) is var kind and not (FileKind.Missing or FileKind.Regular))
        {
            throw new ToolException(ExitReason.MeasurementFailed, $"the dump could not be written to '{path}': it is {FileNature.Describe(kind)}", "name a file");
        }
    }

    private static void RequireRoom(string path, long neededBytes)
    {
        string directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        long free = new DriveInfo(directory).AvailableFreeSpace;
        if (free < neededBytes)
        {
            throw new DumpException(
                $"the dump may need {ByteSize.Format(neededBytes)}, and {directory} has {ByteSize.Format(free)} free",
                "name a file on a larger disk (--output), or a smaller --type");
        }
    }

    /// <summary>Shows the stages, and tells of them who asked.</summary>
    private sealed class FollowedStages(ProgressLine progress, IMeasureObserver? other) : IMeasureObserver
    {
        public void Entered(MeasureStage stage)
        {
            progress.Entered(stage);
            other?.Entered(stage);
        }

        public void Progress(string what) => progress.Progress(what);
    }
}
